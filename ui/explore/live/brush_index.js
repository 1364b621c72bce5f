// The index of counts that the server sends for a brush: any range of the brushed variable is a difference of two sums.
// The format is that of core/cohort/brush_index.py; docs/decisions/0013-live-brush.md describes it.

import { tableOf } from "./survival.js";

/**
 * @typedef {object} Index
 * @property {string} key the brushed variable
 * @property {number} bins
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

/** What lies between two edges: part of a row of sums, `from` in it, `size` long. */
function between(array, width, low, high, from, size) {
  const out = new Float64Array(size), start = low * width + from, end = high * width + from;
  for (let i = 0; i < size; i++) out[i] = array[end + i] - array[start + i];
  return out;
}

/**
 * The strata of those between two edges.
 * @param {Index} index @param {number} low @param {number} high @returns {import("./survival.js").Table[]}
 */
export function strataBetween(index, low, high) {
  const t = index.times.length, k = index.levels.length, width = 2 * k * t;
  return index.levels.map((_, i) => {
    const deaths = between(index.leaving, width, low, high, (k + i) * t, t);
    const leaving = between(index.leaving, width, low, high, i * t, t).map((censored, j) => censored + deaths[j]);
    return tableOf(deaths, leaving, index.entering && between(index.entering, k * t, low, high, i * t, t));
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
 * All others of the whole cohort, and those between two edges, without regard to strata.
 * @param {Index} index @param {number} low @param {number} high @returns {import("./survival.js").Table[]}
 */
export function selectionAndRest(index, low, high) {
  const [inside] = strataBetween(index, low, high), [all] = strataOfAll(index);
  const minus = (one, other) => one.map((v, j) => v - other[j]);
  return [{ deaths: minus(all.deaths, inside.deaths), atRisk: minus(all.atRisk, inside.atRisk),
            n: all.n - inside.n, events: all.events - inside.events }, inside];
}

/**
 * Those below an edge and those above it, of an index without strata.
 * @param {Index} index @param {number} edge @returns {import("./survival.js").Table[]}
 */
export function belowAndAbove(index, edge) {
  return [[0, edge], [edge, index.bins]].map(([low, high]) => strataBetween(index, low, high)[0]);
}

/**
 * How many of those between two edges have each level of another variable.
 * @param {Index} index @param {string} key @param {number} low @param {number} high @returns {Float64Array}
 */
export function levelCounts(index, key, low, high) {
  const [start, size] = index.slots[key];
  return between(index.levelsOf, index.slotsInAll, low, high, start, size);
}

/**
 * How many patients lie between two edges.
 * @param {Index} index @param {number} low @param {number} high @returns {number}
 */
export function patients(index, low, high) {
  return between(index.levelsOf, index.slotsInAll, low, high, 0, 1)[0];
}
