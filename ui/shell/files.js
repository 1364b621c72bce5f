// Remember in this browser which files were given last, their names and order, never what is in them: after a restart,
// or in a second tab, a person is told what to give again. "Clear my data" forgets them.
(() => {
  if (window.cohortscopeFiles) return;
  window.cohortscopeFiles = true;
  const PLACE = "cohortscope-files";
  const names = () => {
    try {
      const kept = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
      return Array.isArray(kept) ? kept.filter((name) => typeof name === "string").slice(0, 20) : [];
    } catch { return []; }
  };
  setInterval(() => {
    const session = document.querySelector("[data-files]")?.dataset;
    if (!session) return;
    try {
      if (session.files !== "[]") localStorage.setItem(PLACE, session.files);
      else if (session.cleared !== "0") localStorage.removeItem(PLACE);
    } catch { return; }
    const kept = session.files === "[]" ? names() : [];
    const words = kept.length ? cohortscopeSay("Given last in this browser: {names}. Give the same again to go on.",
                                             { names: kept.join(cohortscopeSay(", then ")) }) : "";
    for (const place of document.querySelectorAll(".cs-remembered")) if (place.textContent !== words) place.textContent = words;
  }, 500);
})();
