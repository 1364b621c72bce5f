// A small chart of levels: a button per level, which a click keeps or lets go.

import { element } from "./dom.js";
import { whole } from "./numbers.js";

/** Draws the levels of one variable. */
export class Bars {
  /**
   * @param {any} chart as core/charts/composition.py describes it
   * @param {(level: string) => void} toggle
   */
  constructor(chart, toggle) {
    this.rows = chart.names.map((name) => {
      const bar = element("span", "cs-all"), strong = element("span", "cs-here"), count = element("span", "cs-count", {}, [" "]);
      const button = element("button", "cs-level", { type: "button", tabindex: "-1" }, [
        element("span", "cs-name", { title: name }, [name]), element("span", "cs-track", {}, [bar, strong, count])]);
      button.addEventListener("click", () => toggle(name));
      return { name, button, bar, strong, count };
    });
    this.root = element("div", "cs-levels", { role: "group", "aria-label": chart.label },
                        this.rows.map((r) => r.button));
    this.root.addEventListener("keydown", (event) => this.#move(event));
    this.rows[0]?.button.setAttribute("tabindex", "0");
  }

  /** Show counts and which levels the filter keeps. @param {any} chart @param {Set<string>} chosen */
  update(chart, chosen) {
    this.chart = chart;
    const most = Math.max(1, ...chart.whole);
    this.rows.forEach((row, i) => {
      row.bar.style.width = `calc((100% - var(--cs-counts)) * ${chart.whole[i] / most})`;
      row.count.style.left = `calc((100% - var(--cs-counts)) * ${chart.whole[i] / most} + 5px)`;
      row.button.setAttribute("aria-pressed", String(chosen.has(row.name)));
      row.button.classList.toggle("cs-out", chosen.size > 0 && !chosen.has(row.name));
    });
    this.counts(chart.selected);
  }

  /** Show how many of each level are selected. @param {ArrayLike<number>} selected */
  counts(selected) {
    const most = Math.max(1, ...this.chart.whole);
    this.rows.forEach((row, i) => {
      if (row.shown === `${selected[i]} ${this.chart.whole[i]}`) return;
      row.shown = `${selected[i]} ${this.chart.whole[i]}`;
      row.strong.style.width = `calc((100% - var(--cs-counts)) * ${selected[i] / most})`;
      row.count.firstChild.data = `${whole(selected[i])} / ${whole(this.chart.whole[i])}`;
      row.button.setAttribute("aria-label",
                              `${row.name}: ${whole(selected[i])} of ${whole(this.chart.whole[i])} selected`);
    });
  }

  /** Go from level to level with the arrow keys; one of them is reached by Tab. */
  #move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    const at = this.rows.findIndex((r) => r.button === document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    const next = this.rows[Math.max(0, Math.min(this.rows.length - 1, at + step))].button;
    this.rows.forEach((r) => r.button.setAttribute("tabindex", r.button === next ? "0" : "-1"));
    next.focus();
  }
}
