"""R code that gives the page's numbers, and the file that it reads.

The file holds what the figures rest on and nothing else: time, event and the group's number, no id.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.cohort import Cohort, entry_months, reference_place, strata, stratification, timeline
from core.format import number, plain_number
from core.survival import SurvivalOptions, Weight, longest_tau

_WEIGHT: dict[Weight, str] = {"log-rank": "1", "Peto": "S", "Gehan-Wilcoxon": "n", "Tarone-Ware": "sqrt(n)"}


@dataclass(frozen=True, kw_only=True, eq=False)
class RCode:
    """R code in two parts, before and after it reads the patients, and these: time (months), event, group, s1, ...

    `statistic` is the R expression of the test's chi-squared once the code has run, "" where nothing is tested.
    """

    before: str
    after: str
    data: pd.DataFrame
    statistic: str = ""

    def reading(self, file: str) -> str:
        """Return the code that reads the patients from a file of this name."""
        return (f"{self.before}\nlibrary(survival)\n"
                f'd <- read.csv({quoted(file)}, fileEncoding = "UTF-8-BOM", comment.char = "#")\n{self.after}\n')


def r_code(cohort: Cohort, options: SurvivalOptions) -> RCode:
    """Write R code for the figures that are asked for."""
    line, groups = timeline(cohort, options.endpoint), strata(cohort, options.by)
    used = cohort.rows & (line.index >= 0) & (groups.codes >= 0)
    data = {"time": line.times[line.index[used]], "event": line.event[used].astype(int),
            "group": groups.codes[used] + 1}
    entry = entry_months(cohort, options.endpoint)
    data |= {} if entry is None else {"entry": entry[used]}
    data |= {f"s{i}": stratification(cohort, key).codes[used]
             for i, key in enumerate(options.test.stratify_by, start=1)}
    several = np.unique(groups.codes[used]).size > 1
    parts = [_groups(options, groups.levels), _curves(cohort, options)]
    surv, late, statistic = surv_of(cohort, options.endpoint), entry is not None, ""
    if several and options.by:
        reference = groups.levels[reference_place(cohort, options.by, groups.levels)]
        test = _tests(options, late=late)
        statistic = f"{test}$chisq" if test.startswith("survdiff(") else "chisq"
        parts += [test, _hazard_ratio(reference, surv)]
    by = cohort.variable(options.by).label if options.by else "nothing"
    return RCode(before=described(cohort, f"{options.endpoint} by {by}"), after="\n\n".join(parts),
                 data=pd.DataFrame(data), statistic=statistic)


def surv_of(cohort: Cohort, endpoint: str, event: str = "event") -> str:
    """Write R's survival object, with late entry where the endpoint has it."""
    return f"Surv({'' if entry_months(cohort, endpoint) is None else 'entry, '}time, {event})"


def quoted(text: str) -> str:
    """Write a text as R writes it in code."""
    inner = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{inner}"'


def described(cohort: Cohort, what: str) -> str:
    """Say in R's comments what the code computes, of which patients."""
    start = cohort.whole.landmark
    clock = f"\n# Times run from the landmark at {number(start[1])} months." if start else ""
    text = f"{what}: {cohort.n} of {cohort.whole.n} patients, {cohort.words() or 'no filter'}"
    return f"# {' '.join(text.split())}.{clock}"  # on one line, whatever a label holds


def _groups(options: SurvivalOptions, levels: tuple[str, ...]) -> str:
    names = ", ".join(quoted(level) for level in levels)
    missing = "".join(f"d$s{i}[d$s{i} < 0] <- NA\n" for i in range(1, len(options.test.stratify_by) + 1))
    return (f"{missing}"
            f"d$group <- factor(d$group, levels = 1:{len(levels)}, labels = c({names}))")


def _curves(cohort: Cohort, options: SurvivalOptions) -> str:
    tau = options.tau or longest_tau(cohort, endpoint=options.endpoint, by=options.by)
    times, shares = (", ".join(plain_number(v) for v in values) for values in (options.times, options.shares))
    surv, reverse = (surv_of(cohort, options.endpoint, event) for event in ("event", "1 - event"))
    return (f"fit <- survfit({surv} ~ group, data = d, conf.type = \"{options.conf_type}\")\n"
            "quantile(fit, 0.5)                               # medians\n"
            f"summary(fit, times = c({times}), extend = TRUE)\n"
            f"quantile(fit, c({shares}))\n"
            f"print(fit, rmean = {tau!r})                # restricted means\n"
            f"quantile(survfit({reverse} ~ group, data = d, conf.type = \"{options.conf_type}\"), 0.5)"
            "  # follow-up")


def _tests(options: SurvivalOptions, *, late: bool) -> str:
    """Write the test; survdiff takes no late entry, so that its test is then written out."""
    test = options.test
    columns = [f"s{i}" for i in range(1, len(test.stratify_by) + 1)]
    inside = f" + strata({', '.join(columns)})" if columns else ""
    plain = {"log-rank": 0.0, "Peto": 1.0}.get(test.weight)
    if plain is None and test.weight == "Fleming-Harrington" and test.q == 0:
        plain = test.p
    if plain is not None and not late:
        return f"survdiff(Surv(time, event) ~ group{inside}, data = d, rho = {plain_number(plain)})"
    weight = _WEIGHT.get(test.weight, f"S^{plain_number(test.p)} * (1 - S)^{plain_number(test.q)}")
    under = "e$entry < t - 1e-8 & e$time >= t" if late else "e$time >= t"
    by = f"interaction({', '.join(f'd${column}' for column in columns)})" if columns else "1"
    lacks = "takes no late entry" if late else "has no such weight"
    return f"""# {test.words()}: survdiff {lacks}
d$group <- droplevels(d$group); k <- nlevels(d$group); z <- numeric(k); v <- matrix(0, k, k)
for (e in split(d, {by})) {{
  S <- 1
  for (t in sort(unique(e$time[e$event == 1]))) {{
    risk <- as.numeric(table(e$group[{under}])); dead <- as.numeric(table(e$group[e$time == t & e$event == 1]))
    n <- sum(risk); m <- sum(dead); w <- {weight}
    z <- z + w * (dead - m * risk / n)
    if (n > 1) v <- v + w^2 * m * (n - m) / (n - 1) * (diag(risk / n, k) - outer(risk, risk) / n^2)
    S <- S * (1 - m / n)
  }}
}}
chisq <- as.numeric(t(z[-1]) %*% solve(v[-1, -1]) %*% z[-1])
c(chisq = chisq, p = pchisq(chisq, k - 1, lower.tail = FALSE))"""


def _hazard_ratio(reference: str, surv: str) -> str:
    return (f"d$group <- relevel(d$group, ref = {quoted(reference)})\n"
            f"summary(coxph({surv} ~ group, data = d, ties = \"efron\",\n"
            "              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))")
