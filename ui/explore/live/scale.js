// The horizontal scale of a small histogram, linear or logarithmic, in shares of its width.

/**
 * @typedef {object} Scale
 * @property {(value: number) => number} share where a value lies, 0 to 1
 * @property {{at: number, text: string}[]} ticks
 */

const TICKS = 5;

/** @param {number} low @param {number} high @param {boolean} log @returns {Scale} */
export function scaleOf(low, high, log) {
  const into = log ? Math.log : (v) => v, start = into(low), length = into(high) - start || 1;
  const share = (value) => (into(value) - start) / length;
  const values = log ? logTicks(low, high) : linearTicks(low, high);
  return { share, ticks: values.map((v) => ({ at: share(v), text: short(v) })) };
}

function linearTicks(low, high) {
  const rough = (high - low) / TICKS, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rough * 0.999);
  const out = [];
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i++) out.push(i * step);
  return out;
}

function logTicks(low, high) {
  const out = [];
  for (let d = Math.floor(Math.log10(low)); d <= Math.ceil(Math.log10(high)); d++) {
    for (const m of Math.log10(high / low) < 2 ? [1, 2, 5] : [1]) {
      if (m * 10 ** d >= low && m * 10 ** d <= high) out.push(m * 10 ** d);
    }
  }
  return out;
}

/** 12000 as 12k. @param {number} value @returns {string} */
export function short(value) {
  const size = Math.abs(value);
  if (size >= 1e6) return `${trimmed(value / 1e6)}M`;
  return size >= 1e4 ? `${trimmed(value / 1e3)}k` : trimmed(value);
}

const trimmed = (value) => String(Number(value.toPrecision(4)));
