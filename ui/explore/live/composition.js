// The composition: a small chart per variable, that filters by a click or a drag.
//
// What a person does is noted in the page's list of actions (ui/shell/actions.js); until the server has acknowledged
// them the charts show what was meant.

import { element, say, withWords } from "../../shell/dom.js";
import { meant } from "../../shell/meant.js";
import { Bars } from "./bars.js";
import { Finder } from "./finder.js";
import { Histogram } from "./histogram.js";
import { runsOf } from "./runs.js";

const RESTS = 40;  // milliseconds that the mouse rests on bars before their counts are asked for
const SWEEP = 6000;  // milliseconds from the lowest values to the highest

/** One composition on the page. */
class Composition {
  constructor(root) {
    this.root = root;
    this.charts = new Map();
    this.actions = globalThis.cohortscopeActions;
    this.asks = 0;
    this.finder = new Finder(() => [...this.charts.values()].map(({ chart }) => chart), (action) => this.#typed(action));
  }

  /** Show what the server sent, and what was done since. */
  show(data, send, want) {
    Object.assign(this, { want, data });
    this.actions.take(this.root, data, send, (key) => {
      if (this.charts.has(key)) this.#update(this.charts.get(key).chart);
    });
    if (data.charted !== this.charted) this.#build(data);
    for (const chart of data.charts) this.#update(chart);
    const held = [...this.charts].find(([, { drawn }]) => drawn.single);
    if (held && held[1].view !== this.#view(held[0])) this.#search(held[0], false);  // of other patients, or another endpoint
    const busy = this.sweeping || [...this.charts.values()].some(({ drawn }) => drawn.busy);
    if (!this.#pending.length && !busy) window.cohortscope?.live?.settle();
  }

  get #pending() {
    return this.actions.since(this.root);
  }

  #build(data) {
    this.charted = data.charted;
    this.charts.clear();
    const columns = [0, 1].map(() => element("div", "cs-column")), heights = [0, 0];
    for (const chart of data.charts) {
      const drawn = chart.edges ? this.#histogram(chart) : new Bars(
        chart, (level, exclude) => this.#toggle(chart.key, level, exclude), () => this.#rests(chart.key));
      const section = element("section", "cs-chart", { "data-key": chart.key, "aria-label": chart.heading }, [
        element("h3", "cs-heading", {}, [element("span", "", {}, [chart.heading]), ...this.#tools(chart, drawn),
                                         element("span", "cs-reading")]),
        drawn.root]);
      const place = heights[0] <= heights[1] ? 0 : 1;
      heights[place] += chart.edges ? 130 : 34 + 19 * chart.names.length;
      columns[place].append(section);
      this.charts.set(chart.key, { drawn, reading: section.querySelector(".cs-reading"), chart });
    }
    this.root.replaceChildren(element("h2", "cs-hidden", {}, [say("Composition")]), this.finder.root, ...columns);
    this.root.classList.toggle("cs-wide", Boolean(data.wide));
    this.visibility?.disconnect();
    this.visibility = new IntersectionObserver((changes) => changes.forEach(({ target, isIntersecting }) => {
      this.charts.get(target.dataset.key).visible = isIntersecting;
    }));
    this.root.querySelectorAll(".cs-chart").forEach((section) => this.visibility.observe(section));
  }

  #histogram(chart) {
    const key = chart.key;
    return new Histogram(chart, {
      near: () => this.#near(key),
      cut: () => this.#cut(key, false),
      part: (edge) => this.#part(key, edge),
      move: (low, high) => this.#ask(key, low, high),
      end: (low, high, how, before = []) => {
        this.#read(key, null);
        this.#act({ kind: "range", key, low, high, how, before: before.slice(0, 2), exclude: this.#excluding(key), looks: window.cohortscope?.live?.looks() ?? 0 });
      },
      cancel: () => this.#cancelled(key),
    });
  }

  /**
   * What a chart offers beside a click and a drag: leave out in place of keeping, split the curves by it; of a number also to
   * keep missing values, to play the range over all values, to look for a single cut.
   */
  #tools(chart, drawn) {
    const tool = (text, label, act) => {
      const out = element("button", "cs-tool", { type: "button", title: label, "aria-label": `${chart.label}: ${label}` }, [text]);
      out.addEventListener("click", act);
      return out;
    };
    const split = tool(say("split"), say("split the curves by it"), () => {
      this.#act({ kind: "split", key: chart.key });
      for (const [key, held] of this.charts) held.drawn.splitTool.setAttribute("aria-pressed", String(this.#by() === key));
    });
    split.setAttribute("aria-pressed", "false");
    drawn.splitTool = split;
    const not = tool(say("not"), say("exclude what is named, in place of keeping it"), () => this.#invert(chart.key));
    not.setAttribute("aria-pressed", "false");
    drawn.notTool = not;
    if (!chart.edges) return [split, not];
    const absent = tool(say("missing"), say("keep patients whose value is missing"), (event) => this.#toggle(chart.key, null, event.altKey));
    absent.setAttribute("aria-pressed", "false");
    drawn.absentTool = absent;
    const sweep = tool("▶", say("sweep the range over all values"), () => this.#sweep(chart.key));
    const cut = tool(say("cut"), say("look for a single cut"), () => this.#cut(chart.key, !drawn.single));
    cut.setAttribute("aria-pressed", "false");
    drawn.cutTool = cut;
    return [sweep, cut, split, not, ...(chart.missing[1] ? [absent] : [])];
  }

  /** The variable that splits the curves, with what the server does not know yet; "" where it is none that was asked for. */
  #by() {
    return this.#pending.filter((action) => action.kind === "split").reduce((by, { key }) => (by === key ? "" : key), this.data.by);
  }

  /** Name a level of a variable, or those without a value, or no more; exclude what is named where this is asked for. */
  #toggle(key, level, exclude) {
    const excludes = exclude || this.#excluding(key);
    this.#act(level === null ? { kind: "missing", key, exclude: excludes } : { kind: "toggle", key, level, exclude: excludes });
    this.#shown(key);
  }

  /** Whether a filter that begins now is to exclude; one that is on goes on as the server has it, which a button may have ended. */
  #excluding(key) {
    const held = this.charts.get(key);
    this.#meant(held.chart);  // an excluding that was used is none any more
    return Boolean(held.excluding);
  }

  /** Filter by what was typed, and bring its chart into sight. */
  #typed(action) {
    if (action.kind === "toggle") this.#toggle(action.key, action.level, false);
    else this.#act({ ...action, exclude: this.#excluding(action.key) });
    this.charts.get(action.key).drawn.root.scrollIntoView({ block: "nearest" });
  }

  /** Exclude what a variable's filter names, or keep it; without a filter this is how the next one begins. */
  #invert(key) {
    const held = this.charts.get(key);
    if (this.#meant(held.chart).any || this.actions.unsure) {
      this.#act({ kind: "invert", key });
      this.#shown(key);
    } else {
      held.excluding = !held.excluding;
      this.#update(held.chart);
    }
  }

  /** What is meant of a variable; one that is to exclude from its first level on, before there is any. */
  #meant(chart) {
    const held = this.charts.get(chart.key), out = meant(chart, this.#pending);
    if (out.any) held.excluding = false;
    return { ...out, negated: out.negated || Boolean(held.excluding) };
  }

  /** Move the range, or a fifth of the values where there is none, from the lowest to the highest; then put it back. */
  #sweep(key) {
    const { drawn } = this.charts.get(key), before = [drawn.low, drawn.high, drawn.on], last = drawn.edges.length - 1;
    if (this.sweeping) { this.sweeping = false; return; }
    if (drawn.single) this.#cut(key, false);
    const width = drawn.on ? drawn.high - drawn.low : Math.max(1, Math.round(last / 5));
    let low = 0, due = 0;
    this.sweeping = drawn.sweeping = true;
    this.#near(key);
    const step = (time) => {
      if (!this.sweeping || low + width > last || !drawn.root.isConnected || drawn.drag) {
        this.sweeping = drawn.sweeping = false;
        if (drawn.drag) return;
        drawn.set(...before);
        this.#cancelled(key);
        return;
      }
      if (time >= due && window.cohortscope?.live?.has(key, this.#view(key))) {
        due = time + SWEEP / last;
        drawn.set(low, low + width);
        this.#follow(key, low, low + width);
        low++;
      }
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  /** Look for a single cut of a number, or no more. */
  #cut(key, on) {
    const { drawn } = this.charts.get(key);
    for (const [other, held] of this.charts) if (other !== key && held.drawn.single) this.#cut(other, false);
    drawn.cutting(on);
    drawn.cutTool.setAttribute("aria-pressed", String(on));
    this.#read(key, null);
    if (on) this.#search(key, true);
    else this.#cancelled(key);
  }

  /** Ask for the search of a cut, and show the cut once it is there; the best one at first. */
  #search(key, first) {
    const held = this.charts.get(key), { drawn } = held, view = this.#view(key);
    held.view = view;
    this.wanted = null;
    this.want(key, ++this.asks, true);
    const wait = () => {
      if (!drawn.single || !drawn.root.isConnected || held.view !== view) return;
      const search = window.cohortscope?.live?.search(key, view);
      if (!search) { requestAnimationFrame(wait); return; }
      if (search.edges) drawn.draw(search);
      if (search.edges && first) drawn.cutAt(search.edges[search.best]);
      this.#part(key, drawn.edge);
    };
    wait();
  }

  /** Name what the curves of a variable's range, or of its cut, are drawn from. */
  #view(key) {
    return this.data.views[key] + (this.charts.get(key)?.drawn.single ? "-cut" : "");
  }

  /** Show survival below and above a cut. */
  #part(key, edge) {
    const { drawn } = this.charts.get(key), live = window.cohortscope?.live;
    this.#read(key, drawn.words(0, edge));
    if (live?.has(key, this.#view(key))) {
      live.part(edge, [drawn.words(0, edge), drawn.words(edge, drawn.edges.length - 1)], () => this.#cut(key, false));
    }
  }

  /** Show again what the server sent. */
  #cancelled(key) {
    this.#read(key, null);
    window.cohortscope?.live?.leave();
    for (const one of this.data.charts) if (this.charts.has(one.key)) this.#update(one);
  }

  /** Update one chart from the server's counts and the actions that these do not know yet. */
  #update(chart) {
    const held = this.charts.get(chart.key), { drawn } = held;
    held.chart = chart;
    const { chosen, missing, asked, negated } = this.#meant(chart);
    drawn.notTool.setAttribute("aria-pressed", String(negated));
    drawn.splitTool.setAttribute("aria-pressed", String(this.#by() === chart.key));
    if (!chart.edges) {
      if (missing) chosen.add(null);
      drawn.update(chart, chosen, negated);
      return;
    }
    drawn.absentTool.setAttribute("aria-pressed", String(missing));
    drawn.update(chart, negated);
    if (asked) drawn.set(asked.low, asked.high, asked.low > 0 || asked.high < chart.edges.length - 1);
  }

  #act(action) {
    this.actions.act(this.root, action);
  }

  /** Ask for the counts that let curves follow a variable, unless they are there. */
  #near(key) {
    if (window.cohortscope?.live?.has(key, this.#view(key))) return;
    if (this.wanted === `${key} ${this.#view(key)}`) return;
    this.wanted = `${key} ${this.#view(key)}`;
    this.want(key, ++this.asks, false);
  }

  /** Ask for the counts of a factor's levels once the mouse rests there, unless those of a range or a cut are in use. */
  #rests(key) {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      const inUse = this.sweeping || [...this.charts.values()].some(({ drawn }) => drawn.busy || drawn.single);
      if (!inUse && this.charts.has(key) && !this.#pending.length) this.#near(key);
    }, RESTS);
  }

  /** Let everything follow a range in the next frame. */
  #ask(key, low, high) {
    this.asked = [key, low, high];
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.#follow(...this.asked);
    });
  }

  #follow(key, low, high) {
    const held = this.charts.get(key);
    if (!held?.drawn.busy && !held?.drawn.sweeping) return;
    const { negated } = this.#meant(held.chart), words = negated ? say("not ({text})", { text: held.drawn.words(low, high) }) : held.drawn.words(low, high);
    this.#read(key, words);
    if (held.drawn.drag?.further || held.chart.ranges.length > 1) return;
    const bins = held.chart.edges.length - 1, all = low === 0 && high === bins, { withMissing } = held.chart;  // all: no range
    const named = Array.from({ length: bins + 1 }, (_, i) => (i < bins ? !all && i >= low && i < high : withMissing));
    this.#live(key, runsOf(named.map((is) => (all && !withMissing) || is !== negated)), words, true);
  }

  /** Show what a click on a level leaves, before the server has heard of it. */
  #shown(key) {
    const { chart } = this.charts.get(key);
    if (chart.edges) return;
    const { chosen, missing, any, negated } = this.#meant(chart);
    const named = [...chart.names.map((name) => chosen.has(name)), missing], words = chart.names.filter((name) => chosen.has(name));
    if (missing) words.push(chart.absent);
    const list = `${chart.label} ${words.join(", ")}`;
    this.#live(key, runsOf(named.map((is) => !any || is !== negated)), !any ? say("{label}: all", { label: chart.label }) : negated ? say("not ({text})", { text: list }) : list,
               false);
  }

  /** Let curves, figures and all bars in sight show the patients in ranges of a variable's bins, where their counts are there. */
  #live(key, runs, words, moving) {
    const live = window.cohortscope?.live;
    if (!live?.has(key, this.#view(key))) return;
    if (!live.able(runs)) { live.leave(); return; }
    const counts = live.follow(runs, words, moving);
    for (const [other, { drawn, chart, visible }] of this.charts) {
      if (!visible) continue;
      if (other !== key) {
        const levels = counts(other);
        drawn.counts(levels, counts(null, 0, Infinity) - levels.reduce((a, b) => a + b, 0));
      } else {
        const edges = chart.bins ?? [...chart.names.keys(), chart.names.length];
        drawn.counts(chart.names.map((_, i) => counts(null, edges[i], edges[i + 1])), counts(null, edges.at(-1), Infinity));
      }
    }
  }

  #read(key, words) {
    this.charts.get(key).reading.textContent = words ?? "";
  }
}

const shown = new WeakMap();

export default function composition({ parentElement, data, setStateValue }) {
  withWords(() => {
    const root = parentElement.querySelector(".cs-composition");
    if (!shown.has(root)) shown.set(root, new Composition(root));
    shown.get(root).show(data, (actions) => setStateValue("actions", actions),
                         (key, asked, cut) => setStateValue("wanted", { key, asked, cut }));
  }, data.language);
}
