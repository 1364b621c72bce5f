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
    this.list = [];  // actions that a component shows what was meant by, though the server may have done them
    this.done = 0;  // the number of the last that the server acknowledged
    this.next = 1;
    this.sent = -Infinity;  // when, in milliseconds
    this.heard = {};
    this.components = new Map();  // by their roots: of which cohort each is, what it has acknowledged, how it sends and shows
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
    this.components.set(root, { of, acknowledged, send, show });
    if (this.of !== of) Object.assign(this, { of, heard: {}, done: acknowledged });
    for (const [button, times] of Object.entries(heard)) this.heard[button] = Math.max(times, this.heard[button] ?? 0);
    this.done = Math.max(this.done, acknowledged);
    this.next = Math.max(this.next, acknowledged + 1);
    const least = Math.min(...[...this.components.values()].map((one) => one.acknowledged));
    this.list = this.list.filter(({ id }) => id > least);
    if (isNew && this.#waiting.length) this.#send(root);  // that by which they were sent may be no more
    this.#waits();
    if (!this.#waiting.length) this.leaving.go();
  }

  /** What was done of which a component does not show the outcome yet: parts of a page are drawn one after the other. */
  since(root) {
    const acknowledged = this.components.get(root)?.acknowledged ?? this.done;
    return this.list.filter(({ id }) => id > acknowledged);
  }

  /** Note what was done in a component, send all that is not acknowledged, and let it be shown. */
  act(root, action) {
    const { of } = this.components.get(root) ?? this;
    this.#remember();
    this.#push(action, of);
    atOnce(() => this.#send(root));
    for (const { show } of this.components.values()) show(action.key);
  }

  /** Whether a button was pressed of which the server may not know yet: it may put a filter on. */
  get unsure() {
    return this.presses.unheard(this.heard) || this.#waiting.some(({ kind }) => kind === "button");
  }

  /** What the server has not acknowledged. */
  get #waiting() {
    return this.list.filter(({ id }) => id > this.done);
  }

  #push(action, of = this.of) {
    this.list.push({ id: this.next++, of, ...action });
  }

  #send(root) {
    this.#waits();
    this.sent = performance.now();
    const by = this.components.get(root) ?? [...this.components.values()][0];
    by?.send(this.#waiting);
  }

  /** Say whether something that was done waits for the server. */
  #waits() {
    for (const root of this.components.keys()) root.setAttribute("aria-busy", String(this.#waiting.length > 0));
  }

  #clicked(event) {
    const roots = [...this.components.keys()].filter((root) => root.isConnected);
    if (roots.length) this.#pressed(event.target, roots);
    const sends = performance.now() - this.sent < SENDS || this.presses.within(SENDS);
    this.leaving.hold(event, roots.length > 0 && this.#waiting.length > 0, sends);
  }

  /** Note which button of the page was pressed, and after what; it goes to the server in one message with the press itself. */
  #pressed(target, roots) {
    const press = this.presses.of(target, roots, this.of, this.heard);
    if (!press) return;
    this.#remember();
    this.presses.count(press, !this.#waiting.length);
    if (!this.#waiting.length) return;
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
