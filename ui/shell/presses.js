// The buttons of the page that are pressed beside its components: in one run the server knows neither their order nor
// their number.

const counts = new Map();  // by the cohort and the button: how often it was pressed
const BY_THE_PAGE = ["still-there", "begun-anew"];  // buttons that connection.js presses, and no person
const FORGOTTEN = 3000;  // milliseconds after which a press that the server has not heard was none

/** The presses of the page's buttons; one that came while nothing waited is kept until the next thing that is done. */
export class Presses {
  /** Return the press of a button outside `roots`, null of anything else: of a dialog, too, which stands apart from the page's parts. */
  of(target, roots, cohort, heard) {
    if (target.closest?.("[role=dialog]")) return null;
    const place = !roots.some((root) => root.contains(target)) && !target.closest?.("a") && target.closest?.("button, svg, canvas")?.closest("[class*='st-key-']");
    const button = place && /st-key-(\S+)/.exec(place.className)?.[1];
    if (!button || BY_THE_PAGE.includes(button)) return null;
    const key = `${cohort} ${button}`, before = heard[button] ?? 0, nth = Math.max(counts.get(key) ?? 0, before) + 1;
    return { key, before, at: performance.now(), action: { kind: "button", key: "", button, nth } };
  }

  /** Count a press; keep it where it came alone. */
  count(press, alone) {
    counts.set(press.key, press.action.nth);
    this.alone = alone ? press : null;
  }

  /** Whether the server may not have heard the button that was pressed alone. */
  unheard(heard) {
    return Boolean(this.alone) && (heard[this.alone.action.button] ?? 0) <= this.alone.before
      && performance.now() - this.alone.at < FORGOTTEN;
  }

  /** Whether a button was pressed alone within some milliseconds. */
  within(milliseconds) {
    return Boolean(this.alone) && performance.now() - this.alone.at < milliseconds;
  }

  /** Give the press that came alone away, to be sent; null where there is none, or the server has heard it since. */
  take(heard) {
    const press = this.alone, unheard = this.unheard(heard);
    this.alone = null;
    if (!press || unheard) return press?.action ?? null;
    counts.set(press.key, heard[press.action.button] ?? 0);
    return null;
  }
}
