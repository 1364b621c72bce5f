// The Export dialog's preview as a picture, and its table as one that Word and Excel take, into the clipboard.
(() => {
  if (window.cohortscopeCopy) return;
  window.cohortscopeCopy = true;
  const answer = (button, words) => {
    const before = button.dataset.words ??= button.textContent;
    button.textContent = words;
    setTimeout(() => {
      button.textContent = before;
      delete button.dataset.words;
    }, 2500);
  };
  const pixels = (image) => new Promise((done) => {
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight });
    canvas.getContext("2d").drawImage(image, 0, 0);
    canvas.toBlob(done, "image/png");
  });
  document.addEventListener("click", async ({ target }) => {
    const button = target.closest?.(".cs-copy");
    if (!button) return;
    const image = button.closest("[role=dialog]")?.querySelector(".cs-preview img"), { table, plain } = button.dataset;
    try {
      const kinds = table ? { "text/html": new Blob([table], { type: "text/html" }), "text/plain": new Blob([plain], { type: "text/plain" }) }
        : { "image/png": await pixels(image) };
      await navigator.clipboard.write([new ClipboardItem(kinds)]);
      answer(button, cohortscopeSay("Copied"));
    } catch {
      answer(button, cohortscopeSay("The browser does not allow it"));  // without https, or where it was refused
    }
  });
})();
