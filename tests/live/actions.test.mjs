// What is done on a page is one list of numbered actions, whichever component it is done in.

import assert from "node:assert/strict";
import test from "node:test";

globalThis.window = globalThis;
globalThis.document = { addEventListener: () => {} };
const { Actions } = await import("../../ui/shell/actions.js");
const { meant } = await import("../../ui/shell/meant.js");
const { exact, numberIn } = await import("../../ui/shell/numbers.js");

const root = () => ({ isConnected: true, busy: null, setAttribute(_, value) { this.busy = value; } });
const known = (acknowledged, heard = {}) => ({ of: "this", acknowledged, heard });

test("each component sends all that is not acknowledged, and each shows it", () => {
  const actions = new Actions(), [bars, side] = [root(), root()], sent = [], shown = [];
  for (const one of [bars, side]) actions.take(one, known(4), (list) => sent.push(list.map(({ id }) => id)), (key) => shown.push(key));
  actions.act(bars, { kind: "toggle", key: "sex", level: "F" });
  actions.act(side, { kind: "toggle", key: "pvtt", level: "Vp3" });
  assert.deepEqual([sent, shown], [[[5], [5, 6]], ["sex", "sex", "pvtt", "pvtt"]]);
  assert.deepEqual(actions.since(bars).map(({ of }) => of), ["this", "this"]);
  assert.deepEqual([bars.busy, side.busy], ["true", "true"]);
  actions.take(bars, known(6), () => {}, (key) => shown.push(key));
  assert.deepEqual([actions.since(bars), actions.since(side).length, bars.busy, side.busy], [[], 2, "false", "false"]);
  actions.act(side, { kind: "toggle", key: "pvtt", level: "Vp4" });  // while the sidebar still shows what was before both
  assert.deepEqual([sent.at(-1), actions.since(side).map(({ id }) => id)], [[7], [5, 6, 7]]);
  actions.take(side, known(7), () => {}, () => {});
  assert.deepEqual([actions.since(side), actions.list.map(({ id }) => id), bars.busy], [[], [7], "false"]);
  actions.take(bars, known(7), () => {}, () => {});
  assert.deepEqual(actions.list, []);
});

test("an action is of the cohort that its component shows", () => {
  const actions = new Actions(), [former, newer] = [root(), root()];
  actions.take(former, known(3), () => {}, () => {});
  actions.take(newer, { ...known(0), of: "new" }, () => {}, () => {});
  actions.act(former, { kind: "toggle", key: "sex", level: "F" });
  assert.equal(actions.list.at(-1).of, "this");
});

test("what a component that is no more had sent is sent by the next", () => {
  const actions = new Actions(), first = root(), second = root(), sent = [];
  actions.take(first, known(0), () => {}, () => {});
  actions.act(first, { kind: "toggle", key: "sex", level: "F" });
  first.isConnected = false;
  actions.take(second, known(0), (list) => sent.push(list.length), () => {});
  assert.deepEqual([sent, actions.components.size], [[1], 1]);
});

test("an action is sent within the click, not after the browser's next frame", async () => {
  const actions = new Actions(), one = root(), order = [];
  actions.take(one, known(0), () => setTimeout(() => order.push("sent"), 0), () => {});
  setTimeout(() => order.push("later"), 0);
  actions.act(one, { kind: "toggle", key: "sex", level: "F" });
  await new Promise((done) => setTimeout(done, 5));
  assert.deepEqual(order, ["sent", "later"]);
});

test("the name of a button that is pressed while something waits goes with the press, not before it", async () => {
  const clicked = [], listen = document.addEventListener;
  document.addEventListener = (_, does) => clicked.push(does);
  const actions = new Actions(), one = { ...root(), contains: () => false }, order = [];
  document.addEventListener = listen;
  actions.take(one, known(0), (list) => setTimeout(() => order.push(list.length), 0), () => {});
  actions.act(one, { kind: "toggle", key: "sex", level: "F" });
  const button = { className: "st-key-undo", closest: (selector) => (/^button|st-key/.test(selector) ? button : null) };
  setTimeout(() => order.push("the press"), 0);
  clicked[0]({ target: button });
  assert.deepEqual(actions.list.map(({ kind }) => kind), ["toggle", "button"]);
  await new Promise((done) => setTimeout(done, 5));
  assert.deepEqual(order, [1, "the press", 2]);
});

test("what is meant before the server knows", () => {
  const field = { key: "pvtt", chosen: ["Vp3"], negated: true, withMissing: false };
  const does = (...pending) => meant(field, pending.map((one) => ({ key: "pvtt", ...one })));
  assert.deepEqual([...does({ kind: "toggle", level: "Vp4" }).chosen], ["Vp3", "Vp4"]);
  assert.equal(does({ kind: "toggle", level: "Vp3" }).negated, false);  // nothing is named any more
  assert.equal(does({ kind: "invert" }).negated, false);
  assert.equal(does({ kind: "missing" }).missing, true);
  assert.deepEqual([...meant(field, [{ key: "sex", kind: "toggle", level: "F" }]).chosen], ["Vp3"]);
});

test("a number that is typed", () => {
  assert.deepEqual(["400", " 7.5 ", "-3", "1,000", "４００", "−2"].map(numberIn), [400, 7.5, -3, 1000, 400, -2]);
  assert.deepEqual([1e-12, 0.12345678901, 1000, 0.1].map(exact), ["0.000000000001", "0.12345678901", "1,000", "0.1"]);
  for (const text of ["1,5", "x", "", "0,500", "-0,001", "007,500", "9".repeat(310), "1e3", "1 000", "4 00", "∞"]) assert.ok(Number.isNaN(numberIn(text)), text);
});
