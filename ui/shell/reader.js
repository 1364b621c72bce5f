// For the keyboard and a screen reader: a first link that leads past menu and bar to the charts, and a region that
// reads the selection aloud once it has changed and rests. A panel that was asked for elsewhere on the page comes into sight. A table or list that is wider than its place scrolls by the keyboard.
(() => {
  if (window.cohortscopeReader) return;
  window.cohortscopeReader = true;
  const skip = document.createElement("a");
  skip.className = "cs-skip";
  skip.href = "#after-bar";
  const named = () => { skip.textContent = cohortscopeSay("Skip to the charts"); };
  named();
  skip.addEventListener("focus", named);
  skip.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("after-bar")?.focus();
  });
  const told = document.createElement("div");
  told.className = "cs-hidden";
  told.setAttribute("role", "status");
  document.body.prepend(skip, told);
  let summary = null, waits = 0;
  const look = () => {
    const words = document.querySelector("[data-testid=summary]")?.textContent;
    if (!words || words === summary) return;
    clearTimeout(waits);
    const first = summary === null;
    summary = words;
    if (!first) waits = setTimeout(() => { told.textContent = words; }, 600);
  };
  const tables = () => document.querySelectorAll(".cs-scroll:not(.cs-tall), .st-key-model, .st-key-forest, .st-key-published").forEach((place) => {
    const scrolls = place.scrollWidth > place.clientWidth;
    if (scrolls === place.hasAttribute("tabindex")) return;
    for (const [name, value] of [["tabindex", "0"], ["role", "region"], ["aria-label", cohortscopeSay("Wider than its place: it scrolls sideways")]]) {
      if (scrolls) place.setAttribute(name, value);
      else place.removeAttribute(name);
    }
  });
  let calls = 0;
  const come = () => {
    const place = document.querySelector("[data-called]"), called = Number(place?.dataset.called ?? 0);
    if (called > calls) place.scrollIntoView({ block: "center", behavior: "smooth" });
    calls = Math.max(calls, called);
  };
  let due = 0;  // measuring a page that is being drawn would cost a layout each time: this waits until it rests
  const changed = () => {
    clearTimeout(due);
    due = setTimeout(() => { look(); tables(); come(); }, 300);
  };
  new MutationObserver(changed).observe(document.body, { subtree: true, childList: true, characterData: true });
  addEventListener("resize", changed);
  changed();
})();
