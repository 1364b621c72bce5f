// Say at once that the app does not answer, and when it answers again ask whether this session is still there.
(() => {
  if (window.cohortscopeWatches) return;
  window.cohortscopeWatches = true;
  let lost = false;
  setInterval(() => {
    const app = document.querySelector("[data-testid=stApp]");
    const state = app && app.getAttribute("data-test-connection-state");
    if (!state) return;
    if (state !== "CONNECTED") {
      lost = true;
    } else if (lost) {
      const button = document.querySelector(".st-key-still-there button");
      if (button) {
        lost = false;
        button.click();
      }
    }
    document.body.classList.toggle("cs-lost", lost);
  }, 400);
})();
