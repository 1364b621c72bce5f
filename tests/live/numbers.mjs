// How the browser writes p-values, ratios with their limits, and bounds: arrays in, arrays of text out.

import { readFileSync } from "node:fs";
import "../../ui/shell/words.js";
import { exact, pPhrase, ratioWithLimits } from "../../ui/shell/numbers.js";

const [ps, ratios, bounds] = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify([
  ps.map(pPhrase), ratios.map(([ratio, low, high]) => ratioWithLimits({ ratio, low, high })), bounds.map(exact)]));
