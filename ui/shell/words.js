// The page's texts in its language; English, which stands in the code, where the page has brought no other.
globalThis.cohortscopeSay ??= (text, values = {}) =>
  (globalThis.cohortscopeWords?.[text] ?? text).replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
