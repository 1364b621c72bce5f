// Rows of the talk are moved by their grips: a line shows where a row would come to stand.
const FAR = 4;  // pixels from which a press is a drag
const watched = new WeakMap();

/** The rows on the page, in order. */
const rows = () => [...document.querySelectorAll("[class*=st-key-deck-row-]")];

/** Before which row a height lies: as many as there are rows where it lies beneath all. */
function placeAt(y) {
  const below = rows().findIndex((row) => { const box = row.getBoundingClientRect(); return y < box.top + box.height / 2; });
  return below < 0 ? rows().length : below;
}

class Drag {
  constructor(line, send) { this.line = line; this.send = send; this.from = -1; }

  press(event) {
    const grip = event.target.closest?.(".cs-grip");
    if (!grip || event.button) return;
    this.from = rows().findIndex((row) => row.contains(grip));
    this.top = event.clientY;
    this.moves = false;
    event.preventDefault();
  }

  move(event) {
    if (this.from < 0) return;
    this.moves ||= Math.abs(event.clientY - this.top) > FAR;
    if (!this.moves) return;
    const all = rows(), place = placeAt(event.clientY);
    const box = all[Math.min(place, all.length - 1)].getBoundingClientRect();
    Object.assign(this.line.style, { display: "block", left: `${box.left}px`, width: `${box.width}px`,
                                     top: `${place < all.length ? box.top - 4 : box.bottom + 2}px` });
  }

  release(event) {
    const { from, moves } = this;
    this.stop();
    if (from < 0 || !moves) return;
    const place = placeAt(event.clientY), to = place > from ? place - 1 : place;
    if (to !== from) this.send("moved", { from, to });
  }

  stop() { this.from = -1; this.line.style.display = "none"; }
}

export default function deck({ parentElement, setTriggerValue }) {
  const known = watched.get(parentElement);
  if (known) { known.send = setTriggerValue; return undefined; }
  const line = parentElement.querySelector(".cs-drop");
  const drag = new Drag(line, setTriggerValue);
  watched.set(parentElement, drag);
  const heard = { pointerdown: (e) => drag.press(e), pointermove: (e) => drag.move(e),
                  pointerup: (e) => drag.release(e), pointercancel: () => drag.stop(),
                  keydown: (e) => { if (e.key === "Escape") drag.stop(); } };
  for (const [name, hear] of Object.entries(heard)) document.addEventListener(name, hear);
  return () => {
    for (const [name, hear] of Object.entries(heard)) document.removeEventListener(name, hear);
    watched.delete(parentElement);
  };
}
