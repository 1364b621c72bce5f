// Numbers as text, as core/format.py writes them.

/** @param {number} p @returns {string} */
export function pPhrase(p) {
  if (!Number.isFinite(p)) return "p not estimable";
  if (p < 0.001) return "p < .001";
  if (p > 0.99) return "p > .99";
  const digits = p < 0.01 || (p >= 0.045 && p < 0.05) ? 3 : 2;
  return `p = ${p.toFixed(digits).replace(/^0/, "")}`;
}

/** @param {{ratio: number, low: number, high: number} | null} ratio @returns {string} */
export function ratioWithLimits(ratio) {
  if (!ratio) return "not estimable";
  const [value, low, high] = [ratio.ratio, ratio.low, ratio.high].map((v) => v.toFixed(2));
  return `${value} (${low}–${high})`;
}

const ROUNDED = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const EXACT = new Intl.NumberFormat("en", { maximumFractionDigits: 10 });

/** @param {number} n @returns {string} */
export const whole = (n) => ROUNDED.format(n);

/** A number with as many digits as it has, and thousands apart. @param {number} value @returns {string} */
export function exact(value) {
  return EXACT.format(value);
}
