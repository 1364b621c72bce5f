// What the browser's modules do by themselves, without core: node --test tests/live

import assert from "node:assert/strict";
import test from "node:test";
import "../../ui/shell/words.js";
import { exact, pPhrase, ratioWithLimits } from "../../ui/shell/numbers.js";
import { scaleOf, short } from "../../ui/explore/live/scale.js";
import { chiSquareTail, hazardRatios, kaplanMeier, logRank, median, tableOf } from "../../ui/explore/live/survival.js";

const table = (deaths, leaving) => tableOf(Float64Array.from(deaths), Float64Array.from(leaving), null);

test("a curve ends at zero where the last patient dies", () => {
  const one = table([1, 0, 1, 2], [1, 1, 1, 2]);
  assert.deepEqual([...one.atRisk], [5, 4, 3, 2]);
  assert.deepEqual([...kaplanMeier(one)].map((s) => Number(s.toFixed(6))), [0.8, 0.8, 0.533333, 0]);
});

test("a median that the curve runs along is the middle of the step", () => {
  const one = table([1, 1, 1, 1], [1, 1, 1, 1]);
  assert.equal(median(Float64Array.of(1, 2, 3, 4), one, kaplanMeier(one)), 2.5);
  const none = table([0, 0], [1, 1]);
  assert.ok(Number.isNaN(median(Float64Array.of(1, 2), none, kaplanMeier(none))));
});

test("nothing is compared with nobody, and no ratio is made of no event", () => {
  const some = table([1, 1, 0], [1, 1, 1]), nobody = table([0, 0, 0], [0, 0, 0]), alive = table([0, 0, 0], [1, 1, 1]);
  assert.equal(logRank([some, nobody]), null);
  assert.deepEqual(hazardRatios([some, alive], 0), [null, null]);
  assert.deepEqual(hazardRatios([nobody, some], 0), [null, null]);
});

test("tails of the chi-square distribution", () => {
  assert.ok(Math.abs(chiSquareTail(3.841458820694124, 1) - 0.05) < 1e-15);
  assert.ok(Math.abs(chiSquareTail(2 * Math.log(10), 2) - 0.1) < 1e-15);
  assert.equal(chiSquareTail(0, 3), 1);
});

test("numbers are written as the app writes them", () => {
  assert.deepEqual([0.0004, 0.0042, 0.0471, 0.24, 0.999].map(pPhrase), ["p < .001", "p = .004", "p = .047", "p = .24", "p > .99"]);
  assert.equal(ratioWithLimits({ ratio: 0.4, low: 0.226, high: 0.704 }), "0.40 (0.23–0.70)");
  assert.equal(ratioWithLimits(null), "not estimable");
  assert.deepEqual([38572, 0.5, 12].map(exact), ["38,572", "0.5", "12"]);
});

test("scales", () => {
  assert.deepEqual(scaleOf(2, 50000, true).ticks.map((t) => t.text), ["10", "100", "1000", "10k"]);
  assert.deepEqual(scaleOf(35, 85, false).ticks.map((t) => t.text), ["40", "50", "60", "70", "80"]);
  assert.deepEqual([12000, 1.5e6, 0.25].map(short), ["12k", "1.5M", "0.25"]);
});
