// The conditions of variables by the keyboard and to the digit, in the sidebar and behind a chip: levels, ranges of a
// number, adverse events; and the numbers that the app lets a person set.

import { element, say, withWords } from "./dom.js";
import { meant } from "./meant.js";
import { exact, numberIn } from "./numbers.js";

const SIDES = [["from", ["ge", "gt"]], ["to", ["le", "lt"]]];
const SIGNS = { ge: "≥", gt: ">", le: "≤", lt: "<" };

/** A button that is pressed or not. */
function pill(act, name = "") {
  const out = element("button", `cs-pill ${name}`, { type: "button", "aria-pressed": "false" });
  out.addEventListener("click", act);
  return out;
}

function show(button, text, pressed) {
  if (button.textContent !== text) button.textContent = text;
  button.setAttribute("aria-pressed", String(pressed));
}

let numbers = 0;
const written = (at) => (at === null ? "" : exact(at));
/** Selected / all, as wide whatever is selected: else the buttons of a line would come to stand in the next. */
function aligned(count) {
  const [selected, all] = count.split("/");
  return "\u2007".repeat(all.length - selected.length) + count;
}

const label = (text) => element("div", "cs-label", {}, [text]);

/** Whether what is named is left out, and those whose value is missing are named. */
class Manner {
  constructor(field, act) {
    this.exclude = pill(() => act({ kind: "invert" }), "cs-manner cs-exclude");
    this.missing = pill(() => act({ kind: "missing" }), "cs-manner");
    this.root = element("div", "cs-pills", { role: "group", "aria-label": say("{label}: exclude, missing", { label: field.label }) },
                        [this.exclude, this.missing]);
  }

  update(field, { negated, missing, any }) {
    this.exclude.hidden = !any;
    this.missing.hidden = !field.missing;
    show(this.exclude, say("exclude"), negated);
    show(this.missing, say("missing · {missing}", { missing: field.missing }), missing);
  }
}

/** The levels of a variable, each with how many are selected of how many. */
class Levels {
  constructor(field, act) {
    this.buttons = field.names.map((level) => pill(() => act({ kind: "toggle", level })));
    this.manner = new Manner(field, act);
    this.root = element("div", "cs-field", {}, [
      label(field.label), element("div", "cs-pills", { role: "group", "aria-label": field.label }, this.buttons), this.manner.root]);
  }

  update(field, pending) {
    const is = meant(field, pending);
    this.buttons.forEach((button, i) => show(button, `${field.names[i]} · ${aligned(field.counts[i])}`, is.chosen.has(field.names[i])));
    this.manner.update(field, is);
  }
}

/** Who had an adverse event: a list of terms that opens, for there may be many. */
class Events {
  constructor(field, act) {
    this.buttons = field.names.map((name, i) => pill(() => act({ kind: "event", key: field.keys[i], band: field.band })));
    this.chosen = element("span", "cs-note");
    this.root = element("details", "cs-field", {}, [
      element("summary", "cs-label", {}, [field.label, " ", this.chosen]),
      element("div", "cs-pills cs-many", { role: "group", "aria-label": field.label }, this.buttons)]);
  }

  update(field, pending) {
    const on = field.keys.map((key, i) => {
      const changes = pending.filter((action) => action.kind === "event" && action.key === key);
      return changes.reduce((was, { band }) => band === field.band && !was, field.on[i]);
    });
    this.buttons.forEach((button, i) => show(button, field.names[i], on[i]));
    const names = field.names.filter((_, i) => on[i]);
    this.chosen.textContent = names.length ? `· ${names.join(", ")}` : "";
  }
}

/** A number that is typed: said where it is none; while it is typed nothing else is written into it. */
class Typed {
  constructor(name, act) {
    const id = `cs-wrong-${++numbers}`;
    this.box = element("input", "cs-number", { type: "text", inputmode: "decimal", autocomplete: "off", "aria-label": name });
    this.wrong = element("p", "cs-warn", { id, role: "alert", hidden: "" });
    this.root = element("div", "cs-entered", {}, [this.box, this.wrong]);
    Object.assign(this, { text: "", at: null, edited: false });
    this.box.addEventListener("input", () => { this.edited = true; });
    this.box.addEventListener("change", () => {
      const text = this.box.value.trim(), at = text ? numberIn(text) : null;
      this.edited = false;
      this.#say(Number.isNaN(at) ? say("{text} is no number: write it as 400 or 7.5.", { text }) : "");
      if (Number.isNaN(at)) return;
      Object.assign(this, { at, text: written(at) });
      act();
    });
    this.box.addEventListener("blur", () => { if (this.wrong.hidden) this.box.value = this.text; });
  }

  update(at) {
    const text = written(at), is = this.box === document.activeElement;
    this.at = at;
    if (text === this.text) return;
    this.text = text;
    if (is && this.edited) return;
    this.#say("");
    if (!is || numberIn(this.box.value) !== at) this.box.value = text;
  }

  #say(words) {
    this.wrong.textContent = words;
    this.wrong.hidden = !words;
    this.box.setAttribute("aria-invalid", String(Boolean(words)));
    if (words) this.box.setAttribute("aria-describedby", this.wrong.id);
    else this.box.removeAttribute("aria-describedby");
  }
}

/** One range of a number: two bounds, each with a sign to choose and a number. */
class Range {
  constructor(field, number, act) {
    const name = number ? say("{label}, range {n}", { label: field.label, n: number + 1 }) : field.label;
    const send = () => {
      const before = this.given;
      const signs = Object.fromEntries(this.bounds.map(({ side, sign }) => [side, sign.value]));
      const at = Object.fromEntries(this.bounds.map(({ side, typed }) => [side, typed.at]));
      this.given = this.bounds.filter(({ typed }) => typed.at !== null).map(({ sign, typed }) => [sign.value, typed.at]);
      act({ kind: "bounds", number, before, signs, at });
    };
    this.given = [];  // its bounds as they were shown or sent last
    this.bounds = SIDES.map(([side, signs]) => {
      const sign = element("select", "cs-sign", { "aria-label": side === "from"
        ? say("{label}: sign of the lower bound", { label: name }) : say("{label}: sign of the upper bound", { label: name }) },
      signs.map((one) => element("option", "", { value: one }, [SIGNS[one]])));
      sign.addEventListener("change", send);
      return { side, signs, sign, typed: new Typed(name, send), name };
    });
    this.root = element("div", "", {}, [
      ...(number ? [label(say("or"))] : []),
      ...this.bounds.map(({ sign, typed }) => element("div", "cs-bound", {}, [sign, typed.root]))]);
  }

  /** @param {[string, number][]} given its bounds @param {{from: string, to: string}} usual the signs of bounds without a number */
  update(given, usual) {
    this.given = given;
    for (const { side, signs, sign, typed, name } of this.bounds) {
      const bound = given.find(([one]) => signs.includes(one));
      sign.value = bound?.[0] ?? usual[side];
      typed.box.setAttribute("aria-label", `${name} ${SIGNS[sign.value]}`);
      typed.box.placeholder = SIGNS[sign.value];
      typed.update(bound?.[1] ?? null);
    }
  }
}

/** The ranges of a number, an empty one in which a further begins, and the quarters of its values. */
class Ranges {
  constructor(field, act) {
    this.act = act;
    this.rows = [];
    this.list = element("div", "");
    this.manner = new Manner(field, act);
    this.quarters = field.quarters.map((_, at) => pill(() => act({ kind: "quarter", at })));
    const all = say("{label}: quarters of the patients", { label: field.label });
    this.root = element("div", "cs-field", { role: "group", "aria-label": field.label }, [
      label(field.unit ? `${field.label} (${field.unit})` : field.label), this.list,
      ...(this.quarters.length ? [label(all), element("div", "cs-pills", { role: "group", "aria-label": all }, this.quarters)] : []),
      this.manner.root]);
  }

  update(field, pending) {
    if (!pending.some(({ key, kind }) => key === field.key && kind === "bounds")) this.#show(field);
    this.quarters.forEach((button, i) => {
      const times = pending.filter(({ key, kind, at }) => key === field.key && kind === "quarter" && at === i).length;
      show(button, field.quarters[i].words, field.quarters[i].on !== (times % 2 === 1));
    });
    this.manner.update(field, meant(field, pending));
  }

  #show(field) {
    const ranges = [...this.#inOrder(field.ranges), []];
    while (this.rows.length > ranges.length) this.rows.pop().root.remove();
    while (this.rows.length < ranges.length) {
      this.rows.push(new Range(field, this.rows.length, this.act));
      this.list.append(this.rows.at(-1).root);
    }
    this.rows.forEach((row, i) => row.update(ranges[i], field.usual[i] ?? field.usual.at(-1)));
  }

  /** Ranges from low to high; while one is typed each stays in the row that it was typed in. */
  #inOrder(ranges) {
    if (!this.list.contains(document.activeElement)) return ranges;
    const left = new Map(ranges.map((range) => [JSON.stringify(range), range]));
    const kept = this.rows.map(({ given }) => JSON.stringify(given)).filter((text) => left.has(text));
    const stay = kept.map((text) => left.get(text));
    kept.forEach((text) => left.delete(text));
    return [...stay, ...left.values()];
  }
}

/** A number that the app lets a person set. */
class Setting {
  constructor(field, act) {
    this.typed = new Typed(field.label, () => act({ kind: "set", name: field.name, at: this.typed.at }));
    this.root = element("div", "cs-field", {}, [label(field.label), this.typed.root, ...(field.help ? [element("p", "cs-note", {}, [field.help])] : [])]);
  }

  update(field, pending) {
    if (!pending.some(({ kind, name }) => kind === "set" && name === field.name)) this.typed.update(field.at);
  }
}

const KINDS = { levels: Levels, ranges: Ranges, events: Events, setting: Setting };

/** All fields of one place. */
class Conditions {
  constructor(root) {
    this.root = root;
    this.drawn = [];
  }

  show(data, send) {
    this.fields = data.fields;
    const actions = globalThis.cohortscopeActions, page = document.querySelector("[data-testid=stApp]");
    this.root.style.colorScheme = getComputedStyle(page).colorScheme;  // what a chip opens stands beside the page
    actions.take(this.root, data, send, () => this.#update());
    const shape = JSON.stringify(this.fields.map(({ kind, key, label: name, names, quarters }) => [kind, key, name, names, quarters?.length]));
    if (this.shape !== shape) {
      this.shape = shape;
      this.drawn = this.fields.map((field) => new KINDS[field.kind](field, (action) => actions.act(this.root, { key: field.key, ...action })));
      this.root.replaceChildren(...this.drawn.map(({ root }) => root));
    }
    this.#update();
  }

  #update() {
    const pending = globalThis.cohortscopeActions.since(this.root);
    this.drawn.forEach((one, i) => one.update(this.fields[i], pending));
  }
}

const shown = new WeakMap();

export default function conditions({ parentElement, data, setStateValue }) {
  withWords(() => {
    const root = parentElement.querySelector(".cs-conditions");
    if (!shown.has(root)) shown.set(root, new Conditions(root));
    shown.get(root).show(data, (actions) => setStateValue("actions", actions));
  }, data.language);
}
