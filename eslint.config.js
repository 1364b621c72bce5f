// The rules of the browser's modules: what is unused, undeclared or shadowed is a mistake.
const browser = Object.fromEntries(["window", "document", "getComputedStyle", "requestAnimationFrame", "performance",
  "setTimeout", "clearTimeout", "queueMicrotask", "setInterval", "IntersectionObserver", "MutationObserver", "addEventListener", "ResizeObserver", "TextDecoder", "Intl", "Blob", "ClipboardItem", "navigator", "cohortscopeSay"].map((n) => [n, "readonly"]));
const node = Object.fromEntries(["process", "console", "Buffer"].map((n) => [n, "readonly"]));
const rules = { "no-undef": "error", "no-unused-vars": "error", "no-shadow": "error", "prefer-const": "error", "no-var": "error",
                eqeqeq: "error", "no-unreachable": "error", "no-dupe-keys": "error", "no-implied-eval": "error",
                "no-restricted-properties": ["error", { property: "innerHTML" }, { property: "outerHTML" },
                                             { property: "insertAdjacentHTML" }],
                "no-restricted-globals": ["error", "fetch", "XMLHttpRequest", "WebSocket", "localStorage", "sessionStorage"] };

export default [
  { ignores: [".venv/"] },
  { files: ["ui/**/*.js"], languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: browser }, rules },
  // The one thing that a browser keeps: the names of the files that were given last.
  { files: ["ui/shell/files.js"], languageOptions: { globals: { localStorage: "readonly" } }, rules: { "no-restricted-globals": "off" } },
  { files: ["tests/live/*.mjs"], languageOptions: { ecmaVersion: 2022, sourceType: "module", globals: { ...browser, ...node } }, rules },
];
