// Ctrl-Z and Ctrl-Shift-Z (on a Mac with the command key; Ctrl-Y, too) press Undo and Redo, but not while one types or a dialog is open.
(() => {
  if (window.cohortscopeKeys) return;
  window.cohortscopeKeys = true;
  const typing = (place) => place?.matches?.("input, textarea, [contenteditable=true]");
  document.addEventListener("keydown", (event) => {
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || event.altKey || (key !== "z" && key !== "y") || typing(event.target)) return;
    if (document.querySelector("[data-testid=stDialog]")) return;  // it shows the figures of the patients that it was opened for
    const button = document.querySelector(`.st-key-${key === "y" || event.shiftKey ? "redo" : "undo"} button`);
    if (!button) return;
    event.preventDefault();
    button.click();
  });
})();
