// The live view: curves and figures of a range while it moves, and of levels from the click on, over the exact ones, which
// the server sends when the range is let go or has heard of the click.

import { belowAndAbove, indexOf, levelCounts, patients, selectionAndRest, strataOfAll, strataWithin } from "./brush_index.js";
import { drawn, element, say, withWords } from "../../shell/dom.js";
import { pPhrase, ratioWithLimits, whole } from "../../shell/numbers.js";
import { clipped } from "./runs.js";
import { baseOf, hazardRatios, kaplanMeier, lastTime, logRank, median } from "./survival.js";

const YEAR = 12;  // months
const LINGERS = 60;  // milliseconds that the exact curves need to be drawn

/** The live view of one page. */
class Live {
  constructor(root) {
    this.root = root;
    this.seen = new Set();
  }

  /** Take an index. What was clicked stays shown until the exact figures have come. */
  take(bytes) {
    this.index = bytes?.length ? indexOf(bytes) : null;
    this.drawing = null;
    if (!this.clicked) this.leave();
  }

  /** Whether the index of a variable is there, of the patients that are shown. */
  has(key, view) {
    return this.index?.key === key && this.index.view === view;
  }

  /** The search for a cut of a variable: undefined until it is there. */
  search(key, view) {
    return this.has(key, view) ? this.index.search : undefined;
  }

  /**
   * Show survival below and above a cut, until it is closed.
   * @param {number} edge @param {[string, string]} names @param {() => void} close
   */
  part(edge, names, close) {
    const { index } = this;
    if (!index.endpoint) return;
    this.seen.add(`cut ${edge}`);
    clearTimeout(this.leaving);
    this.root.hidden = false;
    if (!this.parting) this.drawing = null;
    this.parting = true;
    this.drawing ??= new Drawing(this.root, { ...index, names, selection: true });
    this.drawing.cut(edge, names, index.search, close);
  }

  /** How many ranges have been looked at since this was asked last. */
  looks() {
    const many = this.seen.size;
    this.seen.clear();
    return many;
  }

  /** Whether the curves of ranges of bins can be drawn: the rest is not known where missing values are kept. */
  able(runs) {
    const { index } = this;
    if (!index.selection) return true;
    if (patients(index, runs) === patients(index, [[0, index.bins]])) return false;  // the variable is no filter then
    return index.grouped || !patients(index, clipped(runs, index.bins - 1, index.bins));
  }

  /**
   * Show the patients in ranges of bins; return what counts the levels of other variables, or the patients in a part of the bins.
   * @param {import("./runs.js").Runs} runs @param {string} words @param {boolean} moving whether a range moves, else a
   * level was clicked
   */
  follow(runs, words, moving) {
    const { index } = this;
    if (moving) this.seen.add(String(runs));
    if (this.parting) this.drawing = null;
    this.parting = false;
    this.clicked = !moving;
    this.root.hidden = !index.endpoint;
    if (index.endpoint) {
      this.drawing ??= new Drawing(this.root, index);
      this.drawing.show(runs, words, moving);
    }
    clearTimeout(this.leaving);
    return (key, from, to) => (key === null ? patients(index, clipped(runs, from, to)) : levelCounts(index, key, runs));
  }

  /** The exact figures have come: give them the time to be drawn. */
  settle() {
    if (this.root.hidden || this.parting) return;
    clearTimeout(this.leaving);
    this.leaving = setTimeout(() => this.leave(), LINGERS);
  }

  /** Show the exact figures again. */
  leave() {
    clearTimeout(this.leaving);
    this.root.hidden = true;
    this.parting = this.clicked = false;
    this.drawing = null;
  }
}

/** The drawing of one index: laid over the exact chart, at the same scales. */
class Drawing {
  constructor(root, index) {
    this.index = index;
    const { left, top, width, zero, box } = geometry(root);
    const x = (month) => left + width * month / index.longest, y = (survival) => top + (zero - top) * (1 - survival);
    Object.assign(this, { x, y });
    const svg = drawn("svg", { width: box.width, height: box.height, class: "cs-curves" });
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      svg.append(drawn("line", { x1: left, x2: left + width, y1: y(share), y2: y(share), class: "cs-grid" }),
                 drawn("text", { x: left - 14, y: y(share) + 4, "text-anchor": "end" }, `${100 * share}%`));
    }
    svg.append(drawn("line", { x1: left, x2: left + width * 1.015, y1: zero, y2: zero, class: "cs-zero" }));
    for (const month of index.ticks) {
      svg.append(drawn("text", { x: x(month), y: zero + 18, "text-anchor": "middle" }, String(month)));
    }
    svg.append(drawn("text", { x: left + width / 2, y: zero + 34, "text-anchor": "middle", class: "cs-quiet" }, say("Months")));
    if (!index.selection) {
      strataOfAll(index).forEach((table, i) => svg.append(drawn("path", {
        d: this.#path(table, kaplanMeier(table)), stroke: index.colours[i], class: "cs-whole" })));
    }
    svg.append(drawn("text", { x: left - 6, y: zero + 55, class: "cs-quiet" }, say("Number at risk")));
    this.curves = index.names.map((_, i) => drawn("path", {
      stroke: index.colours[i], "stroke-dasharray": index.dashes[i], class: "cs-curve" }));
    this.risks = index.names.map((name, i) => this.#riskRow(svg, name, i, zero + 59));
    svg.append(...this.curves);
    this.year = index.times.at(-1) >= YEAR;
    const heads = [index.strata, "n", say("Events"), ...(this.year ? [say("At 12 months")] : []), say("Median, months"),
                   say("HR (95% CI), Wald p")];
    this.rows = index.names.map((name) => element("tr", "", {}, [
      element("th", "", { scope: "row" }, [name]), ...heads.slice(1).map(() => element("td", "")) ]));
    this.result = element("b", "");
    this.note = element("span", "cs-note");
    this.test = element("p", "cs-p", {}, [this.result, this.note]);
    const table = element("table", "cs-table", {}, [
      element("thead", "", {}, [element("tr", "", {}, heads.map((h) => element("th", "", { scope: "col" }, [h])))]),
      element("tbody", "", {}, this.rows)]);
    const chart = element("div", "cs-live-chart", {}, [svg]);
    chart.style.height = `${box.height}px`;
    root.replaceChildren(chart, table, this.test);
  }

  show(runs, words, moving) {
    const { index } = this;
    const test = this.#tables(index.selection ? selectionAndRest(index, runs) : strataWithin(index, runs));
    const result = test ? say("Log-rank {p}. ", { p: pPhrase(test.p) }) : "";
    const n = patients(index, runs);
    write(this.result, say(n === 1 ? "{words}: 1 patient. {result}" : "{words}: {n} patients. {result}", { words, n: whole(n), result }));
    write(this.note, moving ? say("Exploratory, while the range moves. {looks} Ends are ends of bins.{times}",
                                  { looks: index.looks, times: this.#intervals() })
      : this.#intervals());
  }

  /** Show survival on both sides of a cut, its p and what is left of that after the search. */
  cut(edge, names, search, close) {
    const { index } = this;
    names.forEach((name, i) => { this.rows[i].children[0].textContent = name; });
    this.heads.forEach((head, i) => { head.textContent = names[i]; });
    const test = this.#tables(belowAndAbove(index, edge));
    const before = search?.edges?.findLastIndex((e) => e <= edge) ?? -1;  // with the same patients below it
    const place = before >= 0 && patients(index, [[search.edges[before], edge]]) === 0 ? before : -1;
    const p = test ? say("Log-rank {p}", { p: pPhrase(test.p) }) : say("No log-rank test");
    const corrected = place >= 0 ? say("; corrected for having searched {n} cuts {p}",
                                      { n: search.edges.length, p: pPhrase(search.p[place]) }) : "";
    const best = search?.edges ? say(" The largest statistic is {most}, corrected {p} (maximally selected log-rank; Hothorn and Lausen 2003).",
                                     { most: search.statistic[search.best].toFixed(2), p: pPhrase(search.p[search.best]) })
      : search?.reason ?? "";
    if (!this.done) {
      this.done = element("button", "cs-tool", { type: "button" }, [say("close")]);
      this.done.addEventListener("click", close);
      this.test.append(this.done);
    }
    write(this.result, `${p}${corrected}.`);
    write(this.note, say("{best} Exploratory: a cut that was searched for needs other patients to confirm it. {looks} Ends are ends of bins.{times} ",
                         { best, looks: index.looks, times: this.#intervals() }));
  }

  /** Say what limits the times. */
  #intervals() {
    const { index } = this;
    return index.binned ? say(" Times are in {n} intervals; the exact curves follow.", { n: index.times.length }) : "";
  }

  /** Draw curves, numbers at risk and figures; return the test. */
  #tables(tables) {
    const { index } = this;
    const ratios = hazardRatios(tables, index.reference), base = baseOf(tables, index.reference), test = logRank(tables);
    tables.forEach((table, i) => {
      const estimate = kaplanMeier(table), at = median(index.times, table, estimate), cells = this.rows[i].children;
      this.curves[i].setAttribute("d", this.#path(table, estimate));
      this.risks[i].forEach((text, j) => { write(text, whole(this.#atRisk(table, index.ticks[j]))); });
      const texts = [...cells].slice(1);
      write(texts.shift(), whole(table.n));
      write(texts.shift(), whole(table.events));
      if (this.year) write(texts.shift(), this.#atMonth(table, estimate, YEAR));
      write(texts.shift(), !table.n ? say("no patients") : Number.isFinite(at) ? at.toFixed(1) : say("not reached"));
      write(texts.shift(), i === base && tables.length > 1 ? say("reference") : !table.n || tables.length < 2 ? ""
        : ratios[i] ? `${ratioWithLimits(ratios[i])}, ${pPhrase(ratios[i].p)}` : say("not estimable"));
    });
    return test;
  }

  #path(table, estimate) {
    const { times } = this.index, last = lastTime(table);
    if (last < 0) return "";
    let out = `M${this.x(0)},${this.y(1).toFixed(1)}`;
    let from = -1, level = 1;  // steps within half a pixel are drawn as one
    for (let j = 0; j <= last; j++) {
      if (!(table.deaths[j] > 0)) continue;
      level = estimate[j];
      if (this.x(times[j]) < from + 0.5) continue;
      from = this.x(times[j]);
      out += `H${from.toFixed(1)}V${this.y(level).toFixed(1)}`;
    }
    out += `V${this.y(level).toFixed(1)}`;
    return `${out}H${this.x(times[last]).toFixed(1)}`;
  }

  #riskRow(svg, name, i, top) {
    const { index } = this, several = index.names.length > 1, y = top + i * (several ? 31 : 18);
    if (several) {
      this.heads ??= [];
      this.heads[i] = drawn("text", { x: this.x(0) - 6, y: y + 14, class: "cs-strong", fill: index.colours[i] }, name);
      svg.append(this.heads[i]);
    }
    return index.ticks.map((month) => {
      const text = drawn("text", { x: this.x(month), y: y + (several ? 29 : 14), "text-anchor": "middle", fill: index.colours[i] });
      svg.append(text);
      return text;
    });
  }

  /** Survival at a month; a dash where nobody was followed so long. */
  #atMonth(table, estimate, month) {
    const { times } = this.index, last = lastTime(table);
    if (last < 0 || times[last] < month - 1e-9) return "–";
    let j = 0;
    while (j <= last && times[j] <= month + 1e-9) j++;
    return `${Math.round(100 * (j ? estimate[j - 1] : 1))}%`;
  }

  /** Those whose time is not before a month. */
  #atRisk(table, month) {
    const { times } = this.index, last = lastTime(table);
    let j = 0;
    while (j <= last && times[j] < month - 1e-9) j++;
    return j <= last ? table.atRisk[j] : 0;
  }
}

/** Show a text, unless it is there already: each writing costs a layout. @param {Element} place @param {string} text */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** Where the exact chart has its axes, so that the live one lies over it; the room of the place where there is none. */
function geometry(root) {
  const exact = root.closest(".st-key-board")?.querySelector(".st-key-curves svg.marks");
  if (!exact) return { left: 61, top: 5, width: 530, zero: 300, box: { width: 600, height: 424 } };
  const box = exact.getBoundingClientRect(), around = root.offsetParent.getBoundingClientRect();
  Object.assign(root.style, { top: `${box.top - around.top}px`, left: `${box.left - around.left}px`, width: `${box.width}px`,
                              minHeight: `${around.bottom - box.top}px` });
  const shift = exact.querySelector("g[transform]").transform.baseVal[0].matrix;
  const plot = exact.querySelector(".role-frame path.background").getBBox();
  const labels = [...exact.querySelectorAll(".role-axis-label text")];
  const at = (text, otherwise) => {
    const label = labels.find((t) => t.textContent === text);
    return shift.f + (label ? label.transform.baseVal[0].matrix.f - 3.5 : otherwise);
  };
  return { left: shift.e, top: at("100%", 0), width: plot.width / 1.015, box, zero: at("0%", 0.7 * plot.height) };
}

const shown = new WeakMap();

export default function live({ parentElement, data }) {
  withWords(() => {
    const root = parentElement.querySelector(".cs-live");
    if (!shown.has(root)) shown.set(root, new Live(root));
    const view = shown.get(root);
    view.take(data);
    window.cohortscope = { ...window.cohortscope, live: view };
  });
}
