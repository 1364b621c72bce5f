// What a person means while the server has not heard of it yet.

/** @typedef {{chosen: Set<string | null>, missing: boolean, negated: boolean, ranged: boolean, any: boolean, asked: any}} Meant */

/**
 * A variable's condition as the server has it, with the actions that this does not know yet.
 * @param {{key: string, chosen?: string[], negated: boolean, withMissing: boolean, ranges?: any[], edges?: number[]}} field
 * @param {any[]} pending @returns {Meant} `asked`: the last range of a histogram
 */
export function meant(field, pending) {
  let { negated, withMissing: missing } = field, ranged = Boolean(field.ranges?.length), asked = null;
  const chosen = new Set(field.chosen ?? []);
  for (const action of pending.filter((one) => one.key === field.key && one.kind !== "split")) {
    const { kind } = action;
    if (action.exclude && !negated && !["range", "typed"].includes(kind)) { chosen.clear(); missing = ranged = false; negated = true; }
    if (action.exclude && !chosen.size && !missing && !ranged) negated = true;
    if (kind === "missing") missing = !missing;
    else if (kind === "invert") negated = !negated;
    else if (kind === "typed" || kind === "quarter" || kind === "bounds") ranged = true;
    else if (kind === "range") {
      asked = action;
      ranged = action.low > 0 || action.high < field.edges?.length - 1;
    } else if (!chosen.delete(action.level)) chosen.add(action.level);
    if (!chosen.size && !missing && !ranged) negated = false;
  }
  return { chosen, missing, negated, ranged, any: chosen.size > 0 || missing || ranged, asked };
}
