// Which bins of a variable are kept, as ranges between their edges.

/** @typedef {[number, number][]} Runs ranges of bins that do not overlap: from an edge to an edge */

/**
 * What two edges leave of ranges.
 * @param {Runs} runs @param {number} from @param {number} to @returns {Runs}
 */
export function clipped(runs, from, to) {
  return runs.map(([low, high]) => [Math.max(low, from), Math.min(high, to)]).filter(([low, high]) => low < high);
}

/**
 * The ranges of the bins that are kept.
 * @param {boolean[]} kept by bin @returns {Runs}
 */
export function runsOf(kept) {
  const runs = [];
  kept.forEach((is, i) => {
    if (!is) return;
    if (i > 0 && kept[i - 1]) runs.at(-1)[1] = i + 1;
    else runs.push([i, i + 1]);
  });
  return runs;
}
