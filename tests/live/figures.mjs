// What a browser would show of selections: reads cases from standard input, one JSON object a line, and answers each.
// A case: {index: base64, kept: [[true, false, ...] ...], reference}: which bins are kept, each time.

import { createInterface } from "node:readline";
import "../../ui/shell/words.js";
import { indexOf, levelCounts, patients, selectionAndRest, strataWithin } from "../../ui/explore/live/brush_index.js";
import { runsOf } from "../../ui/explore/live/runs.js";
import { hazardRatios, kaplanMeier, logRank, median } from "../../ui/explore/live/survival.js";

const finite = (value) => (Number.isFinite(value) ? value : null);

for await (const line of createInterface({ input: process.stdin })) {
  const { index: packed, kept, reference } = JSON.parse(line);
  const index = indexOf(Uint8Array.from(Buffer.from(packed, "base64")));
  console.log(JSON.stringify(kept.map((bins) => {
    const runs = runsOf(bins);
    const tables = index.selection ? selectionAndRest(index, runs) : strataWithin(index, runs);
    const curves = tables.map(kaplanMeier);
    return {
      n: patients(index, runs),
      strata: tables.map((table, i) => ({
        n: table.n, events: table.events, atRisk: [...table.atRisk], survival: [...curves[i]],
        median: finite(median(index.times, table, curves[i])) })),
      logRank: logRank(tables), ratios: hazardRatios(tables, reference),
      levels: Object.fromEntries(Object.keys(index.slots).map((key) => [key, [...levelCounts(index, key, runs)]])),
    };
  })));
}
