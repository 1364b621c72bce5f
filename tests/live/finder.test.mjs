// What a typed text means.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../ui/shell/words.js";
import { meanings } from "../../ui/explore/live/finder.js";

const charts = [
  { key: "pvtt", label: "PVTT grade", names: ["none", "Vp3", "Vp4"], selected: [12, 38, 27] },
  { key: "thrombus", label: "Vp4 at surgery", names: ["no", "yes"], selected: [70, 12] },
  { key: "sex", label: "Sex", names: ["F", "M"], selected: [12, 70] },
  { key: "afp", label: "AFP", unit: "ng/mL", edges: [1, 10], names: ["a"], selected: [82] },
];
const words = (text) => meanings(charts, text).map((one) => one.words);

test("a level comes before a factor of that name", () => {
  assert.deepEqual(words("vp4"), ["PVTT grade: Vp4", "Vp4 at surgery: no", "Vp4 at surgery: yes"]);
  assert.deepEqual(meanings(charts, "VP4")[0].action, { kind: "toggle", key: "pvtt", level: "Vp4" });
  assert.equal(meanings(charts, "vp4")[0].count, "27");
});

test("all words must be there, of factor or level", () => {
  assert.deepEqual(words("pvtt vp"), ["PVTT grade: Vp3", "PVTT grade: Vp4"]);
  assert.deepEqual(words("sex m"), ["Sex: M"]);
  assert.deepEqual(words("pvtt yes"), []);
  assert.deepEqual(words("  "), []);
});

test("a bound is of a number", () => {
  assert.deepEqual(meanings(charts, "afp > 400"), [
    { words: "AFP > 400 ng/mL", count: "", action: { kind: "typed", key: "afp", sign: "gt", at: 400 } }]);
  assert.equal(meanings(charts, "afp<=1,000")[0].action.at, 1000);
  assert.equal(meanings(charts, "AFP ≥ 2.5")[0].action.sign, "ge");
  assert.deepEqual(meanings(charts, "sex > 3"), []);
  for (const none of ["afp > 1.2.3", "afp > 1,5", "afp > ,", "afp > 4x", "afp > 1,00"]) assert.deepEqual(meanings(charts, none), []);
});
