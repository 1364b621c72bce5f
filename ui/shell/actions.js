// What a person does in the page's components (the composition, the conditions of the sidebar and of a chip) goes to the
// server as numbered actions, all those that it has not acknowledged yet: each counts once and in order, however runs
// overlap, and whichever component it was done in. Until then the components show what was meant.

import { Leaving, SENDS } from "./leaving.js";
import { Presses } from "./presses.js";

/**
 * Call without the pause of Streamlit's `setTimeout(..., 0)`: after a click Chromium puts such work off until it has drawn
 * the next frame, up to 16 ms.
 * @param {() => void} call
 */
function atOnce(call) {
  const later = window.setTimeout;
  window.setTimeout = (work, wait, ...rest) => (wait ? later(work, wait, ...rest) : queueMicrotask(() => work(...rest)));
  try {
    call();
  } finally {
    window.setTimeout = later;
  }
}

/** The one list of actions of a page. */
export class Actions {
  constructor() {
    this.pending = [];
    this.heard = {};
    this.next = 1;
    this.components = new Map();  // by their roots: how each sends, and how it shows what is meant
    this.presses = new Presses();
    this.leaving = new Leaving();
    document.addEventListener("click", (event) => this.#clicked(event), true);
  }

  /**
   * Take in what the server sent to a component.
   * @param {HTMLElement} root of the component
   * @param {{of: string, acknowledged: number, heard: Record<string, number>}} data `of`: the cohort that is shown;
   * `acknowledged`: the number of the last action that the server did; `heard`: how often it heard each button
   * @param {(actions: object[]) => void} send @param {(key: string) => void} show called after each action, with its variable
   */
  take(root, { of, acknowledged, heard }, send, show) {
    const isNew = !this.components.has(root);
    for (const one of this.components.keys()) if (!one.isConnected && one !== root) this.components.delete(one);
    this.components.set(root, { send, show });
    if (this.of !== of) Object.assign(this, { of, heard: {} });
    for (const [button, times] of Object.entries(heard)) this.heard[button] = Math.max(times, this.heard[button] ?? 0);
    this.pending = this.pending.filter((action) => action.id > acknowledged);
    this.next = Math.max(this.next, acknowledged + 1);
    if (isNew && this.pending.length) this.#send(root);  // that by which they were sent may be no more
    this.#waits();
    if (!this.pending.length) this.leaving.go();
  }

  /** Note what was done in a component, send all that is not acknowledged, and let it be shown. */
  act(root, action) {
    this.#remember();
    this.#push(action);
    this.#send(root);
    for (const { show } of this.components.values()) show(action.key);
  }

  /** Whether a button was pressed of which the server may not know yet: it may put a filter on. */
  get unsure() {
    return this.presses.unheard(this.heard) || this.pending.some(({ kind }) => kind === "button");
  }

  #push(action) {
    this.pending.push({ id: this.next++, of: this.of, ...action });
  }

  #send(root) {
    this.#waits();
    atOnce(() => this.components.get(root).send([...this.pending]));
  }

  /** Say whether something that was done waits for the server. */
  #waits() {
    for (const root of this.components.keys()) root.setAttribute("aria-busy", String(this.pending.length > 0));
  }

  #clicked(event) {
    const roots = [...this.components.keys()].filter((root) => root.isConnected);
    if (!roots.length) return;
    this.#pressed(event.target, roots);
    this.leaving.hold(event, this.pending.length > 0, this.presses.within(SENDS));
  }

  /** Note which button of the page was pressed, and after what. */
  #pressed(target, roots) {
    const press = this.presses.of(target, roots, this.of, this.heard);
    if (!press) return;
    this.#remember();
    this.presses.count(press, !this.pending.length);
    if (!this.pending.length) return;
    this.#push(press.action);
    this.#send(roots[0]);
  }

  /** Name the button that was pressed while nothing waited, too, unless the server has heard it since. */
  #remember() {
    const action = this.presses.take(this.heard);
    if (action) this.#push(action);
  }
}

globalThis.cohortscopeActions ??= new Actions();
