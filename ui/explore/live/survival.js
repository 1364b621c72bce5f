// Survival statistics of a selection, from counts: Kaplan-Meier, log-rank, Cox. No DOM, no state.
//
// A table is one group's counts at T common times: how many die, how many are at risk. Groups are arrays of tables.
// The formulas are core's (core/survival, core/likelihood), which are checked against R; tests/live compares the two.

/** @typedef {{deaths: Float64Array, atRisk: Float64Array, n: number, events: number}} Table */

const TOLERANCE = 1.4901161193847656e-8;  // R's sqrt(.Machine$double.eps)
const RANK_TOLERANCE = 1e-9;  // of a correlation: what varies less follows from the other groups
const ITERATIONS = 40, STEP = 1e-10, DIVERGED = 16;  // of Newton's method; e^16 is no hazard ratio
const NODES_FROM = 64, SMALL_PART = 2e-2;  // tied deaths that three nodes stand for, and their part of each group

/**
 * Put a group's counts into a table.
 * @param {Float64Array} deaths @param {Float64Array} leaving deaths and censored at each time
 * @param {Float64Array | null} entering first at risk at each time; null where all are from the start
 * @returns {Table}
 */
export function tableOf(deaths, leaving, entering) {
  const times = deaths.length, atRisk = new Float64Array(times);
  let n = 0, events = 0, waiting = 0;
  for (let j = times - 1; j >= 0; j--) {
    n += leaving[j];
    events += deaths[j];
    atRisk[j] = n - waiting;
    if (entering) waiting += entering[j];
  }
  return { deaths, atRisk, n, events };
}

/**
 * The Kaplan-Meier estimate after each time.
 * @param {Table} table @returns {Float64Array}
 */
export function kaplanMeier(table) {
  const out = new Float64Array(table.deaths.length);
  let survival = 1;
  for (let j = 0; j < out.length; j++) {
    if (table.deaths[j] > 0) survival *= 1 - table.deaths[j] / table.atRisk[j];
    out[j] = survival;
  }
  return out;
}

/**
 * When half have had the event (R: quantile.survfit): the midpoint where the curve runs exactly at one half.
 * @param {Float64Array} times @param {Table} table @param {Float64Array} estimate @returns {number} NaN: not reached
 */
export function median(times, table, estimate) {
  const last = lastTime(table);
  let lower = -1;
  for (let j = 0; j <= last; j++) {
    if (table.deaths[j] === 0 && j !== last) continue;
    if (lower < 0 && 1 - estimate[j] >= 0.5 - TOLERANCE) lower = j;
    if (1 - estimate[j] >= 0.5 + TOLERANCE) return (times[lower] + times[j]) / 2;
  }
  return lower >= 0 && Math.abs(estimate[last] - 0.5) < TOLERANCE ? (times[lower] + times[last]) / 2 : NaN;
}

/**
 * The place of the last time at which one of a group leaves; -1 where it has nobody.
 * @param {Table} table @returns {number}
 */
export function lastTime(table) {
  let last = table.atRisk.length - 1;
  while (last >= 0 && table.atRisk[last] === 0) last--;
  return last;
}

/**
 * The log-rank test of the groups that have patients (R: survdiff, rho = 0).
 * @param {Table[]} tables @returns {{statistic: number, df: number, p: number} | null} null: nothing to compare
 */
export function logRank(tables) {
  const groups = tables.filter((t) => t.n > 0), k = groups.length;
  if (k < 2) return null;
  const score = new Float64Array(k - 1), variance = matrix(k - 1);
  for (let j = 0; j < groups[0].deaths.length; j++) {
    let died = 0, n = 0;
    for (const group of groups) { died += group.deaths[j]; n += group.atRisk[j]; }
    if (died === 0 || n === 0) continue;
    const spread = n > 1 ? died * (n - died) / (n - 1) : 0;
    for (let a = 0; a < k - 1; a++) {
      const part = groups[a].atRisk[j] / n;
      score[a] += groups[a].deaths[j] - died * part;
      variance[a][a] += spread * part;
      for (let b = 0; b < k - 1; b++) variance[a][b] -= spread * part * groups[b].atRisk[j] / n;
    }
  }
  const { statistic, df } = quadratic(variance, score);
  return df ? { statistic, df, p: chiSquareTail(statistic, df) } : null;
}

/**
 * The place of the group that the others are compared with: the reference, or of those that have patients the first.
 * @param {Table[]} tables @param {number} reference @returns {number} -1 where nobody is left
 */
export function baseOf(tables, reference) {
  return tables[reference]?.n > 0 ? reference : tables.findIndex((t) => t.n > 0);
}

/**
 * Hazard ratios against the reference, by Cox's model with Efron's rule for ties (R: coxph).
 * @param {Table[]} tables @param {number} reference place of the reference; of those left the first if it is empty
 * @returns {({ratio: number, low: number, high: number, p: number} | null)[]} null: the reference, or not estimable
 */
export function hazardRatios(tables, reference) {
  const out = tables.map(() => null), estimable = (table) => table.n > 1 && table.events > 0;
  const base = baseOf(tables, reference);
  if (base < 0 || !estimable(tables[base])) return out;
  const fitted = finiteAgainst(tables, base);
  const fit = fitted.length ? newton(nodesOf([tables[base], ...fitted.map((i) => tables[i])])) : null;
  if (!fit) return out;
  fitted.forEach((i, place) => {
    const { coef, error } = fit[place], z = 1.959963984540054;
    if (Number.isFinite(error) && estimable(tables[i])) {
      out[i] = { ratio: Math.exp(coef), low: Math.exp(coef - z * error), high: Math.exp(coef + z * error),
                 p: chiSquareTail((coef / error) ** 2, 1) };
    }
  });
  return out;
}

/**
 * The groups that have a finite hazard ratio against one: losses lead from each to it and back, where a group loses to
 * another when one of its patients dies while one of the other is at risk (Ford 1957; core/likelihood/monotone.py).
 * @param {Table[]} tables @param {number} base @returns {number[]}
 */
function finiteAgainst(tables, base) {
  const loses = tables.map((one) => tables.map((other) => one.deaths.some((d, j) => d > 0 && other.atRisk[j] > 0)));
  const from = reached(base, (i, j) => loses[i][j], tables.length);
  const to = reached(base, (i, j) => loses[j][i], tables.length);
  return tables.map((_, i) => i).filter((i) => i !== base && from.has(i) && to.has(i));
}

/** The places that steps lead to from one. */
function reached(start, leads, size) {
  const seen = new Set([start]);
  for (const at of seen) for (let next = 0; next < size; next++) if (leads(at, next)) seen.add(next);
  return seen;
}

/**
 * The groups at risk at each death by Efron's rule: the l-th of d tied deaths counts 1 - l/d of those who die.
 * @param {Table[]} groups
 */
function nodesOf(groups) {
  const left = groups.map(() => /** @type {number[]} */ ([])), weight = /** @type {number[]} */ ([]);
  const add = (j, share, of) => {
    groups.forEach((g, i) => left[i].push(g.atRisk[j] - share * g.deaths[j]));
    weight.push(of);
  };
  for (let j = 0; j < groups[0].deaths.length; j++) {
    const died = groups.reduce((sum, g) => sum + g.deaths[j], 0);
    if (died === 0) continue;
    const part = Math.max(...groups.map((g) => g.deaths[j] / Math.max(g.atRisk[j], 1)));
    if (died < NODES_FROM || part >= SMALL_PART) {
      for (let l = 0; l < died; l++) add(j, l / died, 1);
    } else {
      for (const [share, of] of gauss(died)) add(j, share, of);
    }
  }
  return { left, weight, deaths: groups.map((g) => g.events) };
}

/**
 * Three nodes and weights that stand for l/d, l = 0 ... d - 1 (Gram's polynomials; core/likelihood/efron_nodes.py).
 * @param {number} died @returns {[number, number][]}
 */
function gauss(died) {
  const square = 1 / (died * died), middle = (1 - 1 / died) / 2, spread = 3 - 7 * square;
  const reach = Math.sqrt(spread / 20), outer = died * (5 / 6) * (1 - square) / spread;
  return [[middle - reach, outer], [middle + reach, outer], [middle, died - 2 * outer]];
}

/** Climb to the maximum of the partial likelihood; null where it has none within reach. */
function newton({ left, weight, deaths }) {
  const k = left.length - 1, coef = new Float64Array(k);
  for (let round = 0; round < ITERATIONS; round++) {
    const score = Float64Array.from(deaths.slice(1)), information = matrix(k);
    const risk = coef.map(Math.exp), share = new Float64Array(k);
    for (let s = 0; s < weight.length; s++) {
      let sum = left[0][s];
      for (let a = 0; a < k; a++) sum += share[a] = left[a + 1][s] * risk[a];
      for (let a = 0; a < k; a++) {
        share[a] /= sum;
        score[a] -= weight[s] * share[a];
        information[a][a] += weight[s] * share[a];
      }
      for (let a = 0; a < k; a++) for (let b = 0; b < k; b++) information[a][b] -= weight[s] * share[a] * share[b];
    }
    const inverse = inverted(information);
    if (!inverse) return null;
    let longest = 0;
    for (let a = 0; a < k; a++) {
      const step = inverse[a].reduce((sum, v, b) => sum + v * score[b], 0);
      const taken = Math.max(-2, Math.min(2, step));
      coef[a] += taken;
      longest = Math.max(longest, Math.abs(step));
    }
    if (coef.some((c) => !(Math.abs(c) < DIVERGED))) return null;
    if (longest < STEP) return Array.from(coef, (c, a) => ({ coef: c, error: Math.sqrt(inverse[a][a]) }));
  }
  return null;
}

/** @param {number} k @returns {Float64Array[]} */
function matrix(k) {
  return Array.from({ length: k }, () => new Float64Array(k));
}

/** Invert a small symmetric matrix by Gauss and Jordan; null where it is singular. */
function inverted(given) {
  const k = given.length, rows = given.map((row, i) => [...row, ...row.map((_, j) => Number(i === j))]);
  for (let i = 0; i < k; i++) {
    const pivot = rows[i][i];
    if (!(pivot > RANK_TOLERANCE * RANK_TOLERANCE * Math.max(given[i][i], 1e-300))) return null;
    rows[i] = rows[i].map((v) => v / pivot);
    for (let other = 0; other < k; other++) {
      if (other !== i) {
        const factor = rows[other][i];
        rows[other] = rows[other].map((v, j) => v - factor * rows[i][j]);
      }
    }
  }
  return rows.map((row) => row.slice(k));
}

/** Return score' variance^-1 score and the rank; what follows from the other groups is left out. */
function quadratic(variance, score) {
  const rows = variance.map((row, i) => [...row, score[i]]), k = rows.length;
  let statistic = 0, df = 0;
  for (let i = 0; i < k; i++) {
    const pivot = rows[i][i];
    if (!(pivot > RANK_TOLERANCE * variance[i][i])) continue;
    statistic += rows[i][k] ** 2 / pivot;
    df++;
    for (let other = i + 1; other < k; other++) {
      const factor = rows[other][i] / pivot;
      for (let j = i; j <= k; j++) rows[other][j] -= factor * rows[i][j];
    }
  }
  return { statistic, df };
}

/**
 * The upper tail of the chi-square distribution (Abramowitz and Stegun 26.4; series, or Lentz's continued fraction).
 * @param {number} x @param {number} df @returns {number}
 */
export function chiSquareTail(x, df) {
  if (!(x > 0)) return 1;
  const a = df / 2, y = x / 2, head = Math.exp(-y + a * Math.log(y) - logGamma(a));
  if (y < a + 1) {
    let term = 1 / a, sum = term;
    for (let i = 1; term > sum * 1e-17; i++) sum += term *= y / (a + i);
    return 1 - head * sum;
  }
  let b = y + 1 - a, c = 1e300, d = 1 / b, out = d;
  for (let i = 1; i < 500; i++) {
    const an = -i * (i - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    out *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return head * out;
}

/** The logarithm of gamma at half the degrees of freedom, an integer or an integer and a half. */
function logGamma(a) {
  let at = a % 1 ? 0.5 : 1, out = a % 1 ? Math.log(Math.PI) / 2 : 0;
  for (; at < a; at++) out += Math.log(at);
  return out;
}
