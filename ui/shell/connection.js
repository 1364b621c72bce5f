// Say at once that the app does not answer; once it does again, ask for a run; say when that is a new session's.
// After data were cleared ask for a run, too: the server keeps the last message, and what it says, until the next.
(() => {
  if (window.cohortscopeWatches) return;
  window.cohortscopeWatches = true;
  let lost = false, known = null, cleared = null;
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
    document.body.style.setProperty("--cs-lost", JSON.stringify(cohortscopeSay(
      "The app does not answer. What you see here can no longer be changed; if it was restarted, your session has ended.")));
    document.body.classList.toggle("cs-lost", lost);
    const here = document.querySelector("[data-session]")?.dataset;
    if (!here || app.getAttribute("data-test-script-state") !== "notRunning") return;
    if (known && here.session !== known && !press("begun-anew")) return;
    if (known === here.session && here.cleared !== cleared && !press("still-there")) return;
    [known, cleared] = [here.session, here.cleared];
  }, 400);
})();
