// A small chart of levels: a button per level, which a click keeps or lets go.

import { element, say } from "../../shell/dom.js";
import { whole } from "../../shell/numbers.js";

/** Draws the levels of one variable. */
export class Bars {
  /**
   * @param {any} chart as core/charts/composition.py describes it
   * @param {(level: string | null, exclude: boolean) => void} toggle null: those whose value is missing
   * @param {() => void} near called when the mouse or the focus comes to it
   */
  constructor(chart, toggle, near) {
    this.rows = [...chart.names, ...(chart.missing[1] ? [null] : [])].map((level) => {
      const name = level ?? chart.absent;
      const bar = element("span", "cs-all"), strong = element("span", "cs-here"), count = element("span", "cs-count", {}, [" "]);
      const button = element("button", `cs-level${level === null ? " cs-absent" : ""}`, { type: "button", tabindex: "-1" }, [
        element("span", "cs-name", { title: name }, [name]), element("span", "cs-track", {}, [bar, strong, count])]);
      button.addEventListener("click", (event) => toggle(level, event.altKey));
      return { level, name, button, bar, strong, count };
    });
    this.root = element("div", "cs-levels", { role: "group", "aria-label": chart.label },
                        this.rows.map((r) => r.button));
    this.root.addEventListener("keydown", (event) => this.#move(event));
    for (const comes of ["pointerenter", "pointermove", "focusin"]) this.root.addEventListener(comes, near);
    this.rows[0]?.button.setAttribute("tabindex", "0");
  }

  /**
   * Show counts and what the filter says.
   * @param {any} chart @param {Set<string | null>} chosen the levels that it names @param {boolean} negated whether it
   * leaves them out
   */
  update(chart, chosen, negated) {
    this.chart = chart;
    this.negated = negated;
    const { whole: all } = this.#counted(chart.selected), most = Math.max(1, ...all);
    this.root.classList.toggle("cs-negated", negated);
    this.rows.forEach((row, i) => {
      const named = chosen.has(row.level);
      row.bar.style.width = `calc((100% - var(--cs-counts)) * ${all[i] / most})`;
      row.count.style.left = `calc((100% - var(--cs-counts)) * ${all[i] / most} + 5px)`;
      if (row.named !== named || row.negated !== negated) row.shown = null;
      Object.assign(row, { named, negated });
      row.button.setAttribute("aria-pressed", String(named));
      row.button.classList.toggle("cs-out", chosen.size > 0 && named === negated);
    });
    this.counts(chart.selected);
  }

  /** Counts row by row, with those whose value is missing. @param {ArrayLike<number>} selected @param {number} [absent] */
  #counted(selected, absent = this.chart.missing[0]) {
    const { chart } = this, last = chart.missing[1] ? 1 : 0;
    return { selected: [...Array.from(selected), ...[absent].slice(0, last)],
             whole: [...chart.whole, ...[chart.missing[1]].slice(0, last)] };
  }

  /** Show how many of each level are selected. @param {ArrayLike<number>} selected */
  counts(selected, absent) {
    const counted = this.#counted(selected, absent), most = Math.max(1, ...counted.whole);
    this.rows.forEach((row, i) => {
      const [n, of] = [counted.selected[i], counted.whole[i]];
      if (row.shown === `${n} ${of}`) return;
      row.shown = `${n} ${of}`;
      row.strong.style.width = `calc((100% - var(--cs-counts)) * ${n / most})`;
      row.count.firstChild.data = `${whole(n)} / ${whole(of)}`;
      row.button.setAttribute("aria-label", say(row.named && this.negated
        ? "{name}: {n} of {all} selected, excluded" : "{name}: {n} of {all} selected",
        { name: row.name, n: whole(n), all: whole(of) }));
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
