// The Export dialog's preview as a picture, its table as one that Word and Excel take, or a text, into the clipboard.
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
    const texts = { ...(table && { "text/html": table }), ...(plain && { "text/plain": plain }) };
    try {
      const kinds = plain ? Object.fromEntries(Object.entries(texts).map(([type, text]) => [type, new Blob([text], { type })]))
        : { "image/png": await pixels(image) };
      await navigator.clipboard.write([new ClipboardItem(kinds)]);
      answer(button, cohortscopeSay("Copied"));
    } catch {
      answer(button, cohortscopeSay("The browser does not allow it"));  // without https, or where it was refused
    }
  });
})();
