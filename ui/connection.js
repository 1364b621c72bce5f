// Say at once that the app does not answer; once it does again, ask for a run; say when that is a new session's.
(() => {
  if (window.cohortscopeWatches) return;
  window.cohortscopeWatches = true;
  let lost = false, known = null;
  const press = (key) => {
    const button = document.querySelector(`.st-key-${key} button`);
    if (button) button.click();
    return button !== null;
  };
  setInterval(() => {
    const app = document.querySelector("[data-testid=stApp]");
    const state = app && app.getAttribute("data-test-connection-state");
    if (!state) return;
    if (state !== "CONNECTED") lost = true;
    else if (lost && press("still-there")) lost = false;
    document.body.classList.toggle("cs-lost", lost);
    const session = document.querySelector("[data-session]")?.dataset.session;
    if (session && known && session !== known && !press("begun-anew")) return;
    known = session ?? known;
  }, 400);
})();
