// Numbers as text, as core/format.py writes them; and text as a number.

import { say } from "./dom.js";

const NARROW = 0.03, MOST_DECIMALS = 6;  // of a ratio's interval, in which two decimals would not show where it ends

/** @param {number} p @returns {string} */
export function pPhrase(p) {
  if (p < 0.001) return "p < .001";
  const text = p.toFixed(p < 0.0995 ? 3 : 2);
  return Number(text) >= 1 ? "p > .99" : `p = ${text.replace(/^0/, "")}`;
}

/** @param {{ratio: number, low: number, high: number} | null} given @returns {string} */
export function ratioWithLimits(given) {
  if (!given) return say("not estimable");
  const width = given.high - given.low;
  const digits = width > 0 && width < NARROW ? Math.min(-Math.floor(Math.log10(width / 5)), MOST_DECIMALS) : 2;
  const [value, low, high] = [given.ratio, given.low, given.high].map((v) => ratio(v, digits));
  return `${value} (${low}–${high})`;
}

function ratio(value, digits) {
  if (value > 1000) return ">1000";
  return value < 0.001 ? "<0.001" : value.toFixed(value < 0.005 ? Math.max(digits, 3) : digits);
}

const ROUNDED = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const EXACT = new Intl.NumberFormat("en", { maximumFractionDigits: 20 });

/** @param {number} n @returns {string} */
export const whole = (n) => ROUNDED.format(n);

/** A number with as many digits as it has, and thousands apart. @param {number} value @returns {string} */
export function exact(value) {
  return EXACT.format(value);
}

const NUMBER = /^[-+]?([1-9]\d{0,2}(,\d{3})+|\d+)(\.\d+)?$/;  // 1,5 and 0,500 have a comma before their decimals: they are none

/** The number that was typed, NaN where it is none or could be two. @param {string} text @returns {number} */
export function numberIn(text) {
  const bare = text.normalize("NFKC").replace("\u2212", "-").trim();
  const out = NUMBER.test(bare) ? Number(bare.replaceAll(",", "")) : NaN;
  return Number.isFinite(out) ? out : NaN;
}
