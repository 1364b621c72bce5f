// The index of counts that the server sends for a variable: any range of its bins is a difference of two sums. The bins are
// those of a number or the levels of a factor; the last one holds the patients whose value is missing.
// The format is that of core/cohort/brush_index.py; docs/decisions/0013-live-brush.md describes it.

import { tableOf } from "./survival.js";

/**
 * @typedef {object} Index
 * @property {string} key the variable
 * @property {number} bins with that of missing values, the last one
 * @property {string[]} levels the strata
 * @property {boolean} binned whether times are ends of intervals
 * @property {boolean} selection whether the curves are of the selection and of all others
 * @property {Record<string, [number, number]>} slots of each other variable its first slot and how many it has
 * @property {Float64Array} times months
 * @property {Uint32Array[]} whole per stratum deaths, then departures, then (with late entry) arrivals
 * @property {Uint32Array} leaving sums over the bins below each edge: (bins + 1) x 2 x strata x times
 * @property {Uint32Array | null} entering such sums: (bins + 1) x strata x times
 * @property {Uint32Array} levelsOf such sums: (bins + 1) x slotsInAll
 */

/** @typedef {import("./runs.js").Runs} Runs */

const TYPES = { times: Float64Array };

/**
 * Read an index.
 * @param {Uint8Array} bytes @returns {Index}
 */
export function indexOf(bytes) {
  const buffer = bytes.slice().buffer, length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const arrays = {};
  let at = 4 + length;
  for (const [name, size] of head.arrays) {
    arrays[name] = new (TYPES[name] ?? Uint32Array)(buffer, at, size);
    at += arrays[name].byteLength;
  }
  const { bins, slotsInAll } = head, k = head.levels.length, t = arrays.times.length;
  return {
    ...head, times: arrays.times,
    whole: Array.from({ length: k * (head.late ? 3 : 2) }, (_, i) => arrays.whole.subarray(i * t, (i + 1) * t)),
    leaving: sums(arrays.leaving, bins, 2 * k * t),
    entering: arrays.entering ? sums(arrays.entering, bins, k * t) : null,
    levelsOf: sums(arrays.levelsOf, bins, slotsInAll),
  };
}

/** Add up counts over the bins: row i holds the sums of the bins below edge i. */
function sums(cells, bins, width) {
  const out = new Uint32Array((bins + 1) * width), filled = cells.length / 2;
  for (let i = 0; i < filled; i++) out[cells[i] + width] += cells[filled + i];
  for (let i = width; i < out.length; i++) out[i] += out[i - width];
  return out;
}

/** What lies in ranges of bins: part of a row of sums, `from` in it, `size` long. */
function within(array, width, runs, from, size) {
  const out = new Float64Array(size);
  for (const [low, high] of runs) {
    const start = low * width + from, end = high * width + from;
    for (let i = 0; i < size; i++) out[i] += array[end + i] - array[start + i];
  }
  return out;
}

/**
 * The strata of those in ranges of bins.
 * @param {Index} index @param {Runs} runs @returns {import("./survival.js").Table[]}
 */
export function strataWithin(index, runs) {
  const t = index.times.length, k = index.levels.length, width = 2 * k * t;
  return index.levels.map((_, i) => {
    const deaths = within(index.leaving, width, runs, (k + i) * t, t);
    const leaving = within(index.leaving, width, runs, i * t, t).map((censored, j) => censored + deaths[j]);
    return tableOf(deaths, leaving, index.entering && within(index.entering, k * t, runs, i * t, t));
  });
}

/**
 * The strata of the whole cohort.
 * @param {Index} index @returns {import("./survival.js").Table[]}
 */
export function strataOfAll(index) {
  const k = index.levels.length;
  return index.levels.map((_, i) => tableOf(
    Float64Array.from(index.whole[i]), Float64Array.from(index.whole[k + i]),
    index.late ? Float64Array.from(index.whole[2 * k + i]) : null));
}

/**
 * All others of the whole cohort, and those in ranges of bins, without regard to strata. Who has the value missing is in neither.
 * @param {Index} index @param {Runs} runs @returns {import("./survival.js").Table[]}
 */
export function selectionAndRest(index, runs) {
  const [inside] = strataWithin(index, runs), [all] = strataOfAll(index);
  const minus = (one, other) => one.map((v, j) => v - other[j]);
  return [{ deaths: minus(all.deaths, inside.deaths), atRisk: minus(all.atRisk, inside.atRisk),
            n: all.n - inside.n, events: all.events - inside.events }, inside];
}

/**
 * Those below an edge and those above it, of an index without strata.
 * @param {Index} index @param {number} edge @returns {import("./survival.js").Table[]}
 */
export function belowAndAbove(index, edge) {
  return [[0, edge], [edge, index.bins - 1]].map((range) => strataWithin(index, [range])[0]);
}

/**
 * How many of those in ranges of bins have each level of another variable.
 * @param {Index} index @param {string} key @param {Runs} runs @returns {Float64Array}
 */
export function levelCounts(index, key, runs) {
  const [start, size] = index.slots[key];
  return within(index.levelsOf, index.slotsInAll, runs, start, size);
}

/**
 * How many patients are in ranges of bins.
 * @param {Index} index @param {Runs} runs @returns {number}
 */
export function patients(index, runs) {
  return within(index.levelsOf, index.slotsInAll, runs, 0, 1)[0];
}
