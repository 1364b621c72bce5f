// A small histogram with a range over it: drawn over with the mouse or a finger, moved by its ends or as a whole.

import { drawn, element, say } from "../../shell/dom.js";
import { exact, whole } from "../../shell/numbers.js";
import { scaleOf } from "./scale.js";

const REACH = 9, STILL = 3;  // pixels: of an end that can be taken; of a movement that is none
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -1e9, End: 1e9 };
const COMMIT = 400;  // milliseconds after the last key

/**
 * @typedef {object} Listener
 * @property {() => void} cut a single cut is looked for, or no more
 * @property {(edge: number) => void} part the cut while it moves, as the place of its edge
 * @property {() => void} near the mouse or the focus comes to the histogram
 * @property {(low: number, high: number) => void} move the range while it moves, as places of edges
 * @property {(low: number, high: number, how: "replace" | "add" | "move", before?: any[]) => void} end the range that
 *   is let go, and what becomes of the others: they go, it joins them, or it was one of them, with these ends before
 * @property {() => void} cancel nothing was meant
 */

/** Draws the distribution of one number. */
export class Histogram {
  /** @param {any} chart as core/charts/composition.py describes it @param {Listener} listener */
  constructor(chart, listener) {
    this.chart = chart;
    this.listener = listener;
    this.edges = chart.edges;
    this.closedRight = new Set(chart.closedRight);
    this.scale = scaleOf(this.edges[0], this.edges.at(-1), chart.log);
    this.shares = this.edges.map(this.scale.share);
    this.bars = chart.names.map((name) => {
      const out = { all: element("i", "cs-all"), here: element("i", "cs-here"), title: name };
      return out;
    });
    this.range = element("div", "cs-range");
    this.ends = ["from", "to"].map((side) => element("div", `cs-end cs-${side}`, {
      role: "slider", tabindex: "0", "aria-label": `${chart.label}, ${say(side)}`, "aria-orientation": "horizontal",
      "aria-valuemin": String(this.edges[0]), "aria-valuemax": String(this.edges.at(-1)) }));
    this.plot = element("div", "cs-plot", {}, [...this.bars.flatMap((b) => [b.all, b.here]), ...this.#cuts(),
                                               this.range, ...this.ends]);
    this.axis = element("div", "cs-axis", { "aria-hidden": "true" }, this.#ticks());
    this.line = element("div", "cs-end cs-line", {
      role: "slider", tabindex: "0", hidden: "", "aria-label": `${chart.label}, ${say("cut")}`, "aria-orientation": "horizontal" });
    this.plot.append(this.line);
    this.search = element("div", "cs-search");
    this.root = element("div", "cs-hist", {}, [this.plot, this.axis, this.search]);
    this.beside = element("div", "cs-beside");
    this.plot.append(this.beside);
    this.low = 0;
    this.high = this.edges.length - 1;
    this.#place();
    this.#listen();
  }

  /**
   * Look for a single cut in place of a range, or for a range again.
   * @param {boolean} on @param {number} [edge] where the cut begins
   */
  cutting(on, edge = this.edges.length >> 1) {
    this.single = on;
    this.line.hidden = !on;
    this.root.classList.toggle("cs-cutting", on);
    this.ends.forEach((end) => { end.hidden = on; });
    this.search.replaceChildren();
    if (on) this.cutAt(edge);
  }

  /** Put the cut at an edge. @param {number} edge */
  cutAt(edge) {
    this.edge = Math.max(1, Math.min(this.edges.length - 2, edge));
    this.line.style.left = `${100 * this.shares[this.edge]}%`;
    this.line.setAttribute("aria-valuemin", String(this.edges[1]));
    this.line.setAttribute("aria-valuemax", String(this.edges.at(-2)));
    this.line.setAttribute("aria-valuenow", String(this.edges[this.edge]));
    this.line.setAttribute("aria-valuetext", this.words(0, this.edge));
  }

  /** Draw the statistic over all cuts under the axis. @param {{edges: number[], statistic: number[], best: number}} search */
  draw(search) {
    const top = Math.max(...search.statistic, 1);
    const points = search.edges.map((edge, i) => `${(100 * this.shares[edge]).toFixed(2)},${(30 - 28 * search.statistic[i] / top).toFixed(2)}`);
    const svg = drawn("svg", { viewBox: "0 0 100 30", preserveAspectRatio: "none", role: "img",
                               "aria-label": say("The log-rank statistic over {n} cuts; the largest {most}",
                                   { n: points.length, most: search.statistic[search.best].toFixed(2) }) });
    svg.append(drawn("polyline", { points: points.join(" "), "vector-effect": "non-scaling-stroke" }));
    const best = element("i", "cs-best", { style: `left: ${100 * this.shares[search.edges[search.best]]}%`, title: say("the largest") });
    this.search.replaceChildren(svg, best);
  }

  /** Whether the range is being moved. */
  get busy() {
    return Boolean(this.drag) || Boolean(this.waiting);
  }

  /** Show counts and the filter's ranges. @param {any} chart @param {boolean} negated whether it leaves them out */
  update(chart, negated) {
    this.chart = chart;
    const last = this.edges.length - 1;
    const [first, ...further] = chart.ranges.map(([from, to]) => [this.#placeOf(from, 0), this.#placeOf(to, last)]);
    if (!this.busy) this.set(first?.[0] ?? 0, first?.[1] ?? last, Boolean(first));
    this.beside.replaceChildren(...further.map(([from, to]) => this.#band(from, to)));
    this.root.classList.toggle("cs-negated", negated);
    const top = chart.top || 1;
    this.bars.forEach((bar, i) => {
      bar.all.style.height = `${100 * chart.whole[i] / top}%`;
      bar.all.title = bar.here.title = say("{name}: {n} of {all} selected",
        { name: bar.title, n: whole(chart.selected[i]), all: whole(chart.whole[i]) });
      bar.here.classList.toggle("cs-out", !chart.kept[i]);
    });
    this.counts(chart.selected);
  }

  /** Show how many of each bin are selected. @param {ArrayLike<number>} selected */
  counts(selected) {
    const top = this.chart.top || 1;
    this.bars.forEach((bar, i) => {
      if (bar.shown === selected[i]) return;
      bar.shown = selected[i];
      bar.here.style.height = `${100 * selected[i] / top}%`;
    });
  }

  /** Put the range between two edges. @param {number} low @param {number} high @param {boolean} on */
  set(low, high, on = true) {
    [this.low, this.high, this.on] = [low, high, on];
    const [from, to] = [this.shares[low], this.shares[high]];
    this.range.style.left = `${100 * from}%`;
    this.range.style.width = `${100 * (to - from)}%`;
    this.root.classList.toggle("cs-ranged", on);
    this.ends.forEach((end, i) => {
      const at = i ? high : low;
      end.style.left = `${100 * this.shares[at]}%`;
      end.setAttribute("aria-valuenow", String(this.edges[at]));
      end.setAttribute("aria-valuetext", this.words(low, high));
    });
  }

  /** The range in words: ≥ 50 and < 1,000 ng/mL. @param {number} low @param {number} high */
  words(low, high) {
    const { edges, closedRight } = this, parts = [];
    if (low > 0) parts.push(`${closedRight.has(low) ? ">" : "≥"} ${exact(edges[low])}`);
    if (high < edges.length - 1) parts.push(`${closedRight.has(high) ? "≤" : "<"} ${exact(edges[high])}`);
    const both = parts.length > 1 ? say("{low} and {high}", { low: parts[0], high: parts[1] }) : parts[0];
    return both ? `${both} ${this.chart.unit}`.trim() : say("all values");
  }

  /** A range that stands beside the one that can be moved. */
  #band(low, high) {
    const [from, to] = [this.shares[low], this.shares[high]];
    return element("i", "cs-range cs-further", { style: `left: ${100 * from}%; width: ${100 * (to - from)}%` });
  }

  #place() {
    this.bars.forEach((bar, i) => {
      const [from, to] = [this.chart.bins[i], this.chart.bins[i + 1]].map((place) => this.shares[place]);
      for (const mark of [bar.all, bar.here]) {
        mark.style.left = `${100 * from}%`;
        mark.style.width = `calc(${100 * (to - from)}% - 1px)`;
      }
    });
  }

  #cuts() {
    return this.chart.cuts.map((cut) => element("div", "cs-cut", {
      style: `left: ${100 * this.scale.share(cut)}%` }, [element("span", "", {}, [exact(cut)])]));
  }

  #ticks() {
    return this.scale.ticks.map(({ at, text }) => element("span", "", { style: `left: ${100 * at}%` }, [text]));
  }

  /** The place of the edge that is nearest to a value; `otherwise` where there is none. */
  #placeOf(value, otherwise) {
    if (value === null) return otherwise;
    const at = this.scale.share(value);
    return this.#nearest(at);
  }

  /** The edge that is nearest to a share of the width. */
  #nearest(share) {
    let low = 0, high = this.shares.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.shares[middle] <= share) low = middle; else high = middle;
    }
    return share - this.shares[low] <= this.shares[high] - share ? low : high;
  }

  #listen() {
    const { plot } = this;
    plot.addEventListener("pointerenter", () => this.listener.near());
    plot.addEventListener("focusin", () => this.listener.near());
    plot.addEventListener("pointerdown", (event) => this.#take(event));
    plot.addEventListener("pointermove", (event) => this.#move(event));
    plot.addEventListener("pointerup", (event) => this.#release(event));
    plot.addEventListener("pointercancel", () => this.#cancel());
    plot.addEventListener("lostpointercapture", () => this.#cancel());
    this.line.addEventListener("keydown", (event) => this.#cutKey(event));
    this.ends.forEach((end, i) => end.addEventListener("keydown", (event) => this.#key(event, i)));
    this.ends.forEach((end) => end.addEventListener("blur", () => this.#commit()));
  }

  #share(event) {
    return Math.max(0, Math.min(1, (event.clientX - this.box.left) / this.box.width));
  }

  #take(event) {
    if (event.button !== 0) return;
    this.box = this.plot.getBoundingClientRect();  // read once: reading it while marks move costs a layout each time
    if (this.single) {
      this.drag = { what: "cut", moved: true, before: this.edge };
      this.plot.setPointerCapture(event.pointerId);
      this.#move(event);
      return;
    }
    this.#commit();
    const at = this.#share(event), reach = REACH / this.box.width;
    const further = event.shiftKey && this.on;
    const near = this.on && !further ? [this.low, this.high].map((p) => Math.abs(this.shares[p] - at)) : [1, 1];
    const inside = this.on && !further && at > this.shares[this.low] && at < this.shares[this.high];
    const what = Math.min(...near) <= reach ? (near[0] < near[1] ? "low" : "high") : inside ? "whole" : "new";
    this.drag = { what, at, further, x: event.clientX, moved: false, before: [this.low, this.high, this.on] };
    if (further) this.beside.append(this.#band(this.low, this.high));
    this.plot.setPointerCapture(event.pointerId);
    this.listener.near();
  }

  #move(event) {
    const { drag } = this;
    if (!drag || (!drag.moved && Math.abs(event.clientX - drag.x) < STILL)) return;
    drag.moved = true;
    if (drag.what === "cut") {
      this.cutAt(this.#nearest(this.#share(event)));
      this.listener.part(this.edge);
      return;
    }
    const at = this.#share(event), last = this.edges.length - 1, [low, high] = drag.before;
    let ends;
    if (drag.what === "new") ends = [this.#nearest(Math.min(at, drag.at)), this.#nearest(Math.max(at, drag.at))];
    else if (drag.what === "whole") ends = this.#shifted(low, high, at - drag.at);
    else {
      const fixed = drag.what === "low" ? high : low, moving = this.#nearest(at);
      ends = [Math.min(fixed, moving), Math.max(fixed, moving)];
    }
    if (ends[0] === ends[1]) ends = ends[1] < last ? [ends[0], ends[1] + 1] : [ends[0] - 1, ends[1]];
    if (ends[0] === this.low && ends[1] === this.high && this.on) return;
    this.set(ends[0], ends[1]);
    this.listener.move(ends[0], ends[1]);
  }

  /** A range moved as a whole by a share of the width; it keeps its width on the screen as far as edges allow. */
  #shifted(low, high, by) {
    const width = this.shares[high] - this.shares[low];
    const from = Math.max(0, Math.min(1 - width, this.shares[low] + by));
    return [this.#nearest(from), this.#nearest(from + width)];
  }

  #release(event) {
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    if (this.plot.hasPointerCapture(event.pointerId)) this.plot.releasePointerCapture(event.pointerId);
    if (drag.what === "cut") this.listener.part(this.edge);
    else if (drag.moved) this.listener.end(this.low, this.high, drag.further ? "add" : drag.what === "new" ? "replace" : "move",
                                              drag.before);
    else if (drag.what === "new" && this.on && !drag.further) {  // a click beside the range takes it away
      this.set(0, this.edges.length - 1, false);
      this.listener.end(0, this.edges.length - 1, "replace");
    } else this.listener.cancel();
  }

  #cancel() {
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    if (drag.what === "cut") {
      this.cutAt(drag.before);
      this.listener.part(this.edge);
      return;
    }
    this.set(...drag.before);
    this.listener.cancel();
  }

  #cutKey(event) {
    const step = STEPS[event.key];
    if (event.key === "Escape") this.listener.cut();
    if (!step) return;
    event.preventDefault();
    this.cutAt(this.edge + step);
    this.listener.part(this.edge);
  }

  /** Move an end by a key; the range is taken once no key has been pressed for a moment. */
  #key(event, side) {
    if (event.key === "Escape" && this.waiting) {
      clearTimeout(this.waiting);
      this.waiting = null;
      this.set(...this.before);
      this.listener.cancel();
      return;
    }
    if (event.key === "Enter") { this.#commit(); return; }
    const last = this.edges.length - 1, step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    if (!this.waiting) this.before = [this.low, this.high, this.on];
    const low = side ? this.low : Math.max(0, Math.min(this.high - 1, this.low + step));
    const high = side ? Math.min(last, Math.max(this.low + 1, this.high + step)) : this.high;
    this.set(low, high, low > 0 || high < last);
    this.listener.move(low, high);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#commit(), COMMIT);
  }

  #commit() {
    if (!this.waiting) return;
    clearTimeout(this.waiting);
    this.waiting = null;
    this.listener.end(this.low, this.high, "move", this.before);
  }
}
