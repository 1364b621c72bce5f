// A search box over the charts: a level or a bound is typed, and Enter filters.

import { element, say } from "../../shell/dom.js";
import { numberIn, whole } from "../../shell/numbers.js";

const MOST = 8;
const BOUND = /^(.*?)\s*(>=|<=|≥|≤|>|<)\s*(\S+)$/;
const SIGNS = { ">": "gt", ">=": "ge", "≥": "ge", "<": "lt", "<=": "le", "≤": "le" };
const SHOWN = { gt: ">", ge: "≥", lt: "<", le: "≤" };
let boxes = 0;

/**
 * Return what a text can mean: levels whose words it holds, those first that begin with it; bounds of a number.
 * @param {any[]} charts as core/charts/composition.py describes them @param {string} text
 * @returns {{words: string, count: string, action: any}[]}
 */
export function meanings(charts, text) {
  const bound = BOUND.exec(text.trim());
  if (bound) {
    const at = numberIn(bound[3]), sign = SIGNS[bound[2]], asked = bound[1].toLowerCase();
    return Number.isNaN(at) ? [] : charts.filter((c) => c.edges && c.label.toLowerCase().includes(asked)).slice(0, MOST)
      .map((c) => ({ words: `${c.label} ${SHOWN[sign]} ${bound[3]}${c.unit ? ` ${c.unit}` : ""}`, count: "",
                     action: { kind: "typed", key: c.key, sign, at } }));
  }
  const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (!parts.length) return [];
  const out = [];
  for (const chart of charts.filter((c) => !c.edges)) {
    chart.names.forEach((name, i) => {
      const all = `${chart.label} ${name}`.toLowerCase(), level = name.toLowerCase();
      if (!parts.every((part) => all.includes(part))) return;
      const rank = level === parts.join(" ") ? 0 : level.startsWith(parts[0]) ? 1 : parts.some((p) => level.includes(p)) ? 2 : 3;
      out.push({ rank, words: `${chart.label}: ${name}`, count: whole(chart.selected[i]),
                 action: { kind: "toggle", key: chart.key, level: name } });
    });
  }
  return out.sort((a, b) => a.rank - b.rank).slice(0, MOST);
}

/** The box and its list. */
export class Finder {
  /** @param {() => any[]} charts @param {(action: any) => void} choose */
  constructor(charts, choose) {
    const id = `cs-finder-${++boxes}`;
    this.charts = charts;
    this.choose = choose;
    this.at = 0;
    this.list = element("div", "cs-meanings", { id, role: "listbox", "aria-label": say("Matches"), hidden: "" });
    this.box = element("input", "cs-typed", {
      type: "text", role: "combobox", "aria-label": say("Find a level or a bound"), "aria-controls": id, "aria-expanded": "false",
      "aria-autocomplete": "list", autocomplete: "off", placeholder: say("Find: vp4, afp > 400 … Enter filters") });
    this.root = element("div", "cs-finder", {}, [this.box, this.list]);
    this.box.addEventListener("input", () => { this.at = 0; this.#show(); });
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.box.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
    this.box.addEventListener("focus", () => this.#show());
  }

  #show() {
    this.shown = meanings(this.charts(), this.box.value);
    const rows = this.shown.map((one, i) => {
      const row = element("div", "cs-meaning", { role: "option", id: `${this.list.id}-${i}`, "aria-selected": String(i === this.at) }, [
        element("span", "", {}, [one.words]), element("span", "cs-count", {}, [one.count])]);
      row.addEventListener("pointerdown", (event) => { event.preventDefault(); this.#take(i); });
      return row;
    });
    if (!rows.length && this.box.value.trim()) {
      rows.push(element("div", "cs-meaning", { role: "option", "aria-selected": "false", "aria-disabled": "true" }, [say("Nothing is called so.")]));
    }
    this.list.replaceChildren(...rows);
    this.list.hidden = !rows.length;
    this.box.setAttribute("aria-expanded", String(rows.length > 0));
    if (this.shown.length) this.box.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else this.box.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.isComposing) return;  // Enter ends a Chinese word
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.shown?.length) {
      event.preventDefault();
      this.at = (this.at + step + this.shown.length) % this.shown.length;
      this.#show();
    } else if (event.key === "Enter") this.#take(this.at);
    else if (event.key === "Escape") { this.box.value = ""; this.#close(); }
  }

  #take(place) {
    this.shown = meanings(this.charts(), this.box.value);
    const one = this.shown[place];
    if (!one) return;
    this.box.value = "";
    this.#close();
    this.choose(one.action);
  }

  #close() {
    this.list.hidden = true;
    this.box.setAttribute("aria-expanded", "false");
    this.box.removeAttribute("aria-activedescendant");
  }
}
