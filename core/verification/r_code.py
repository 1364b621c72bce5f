"""R code that gives the page's numbers, and the file that it reads.

The file holds what the figures rest on and nothing else: time, event and the group's number, no id.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.cohort import Cohort, reference_place, strata, stratification, timeline
from core.format import number, plain_number
from core.survival import SurvivalOptions, Weight, longest_tau

_WEIGHT: dict[Weight, str] = {"Gehan-Wilcoxon": "n", "Tarone-Ware": "sqrt(n)"}


@dataclass(frozen=True, kw_only=True, eq=False)
class RCode:
    """R code in two parts, before and after it reads the patients, and these: time (months), event, group, s1, ..."""

    before: str
    after: str
    data: pd.DataFrame

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
    data |= {f"s{i}": stratification(cohort, key).codes[used]
             for i, key in enumerate(options.test.stratify_by, start=1)}
    several = len(groups.levels) > 1
    parts = [_groups(options, groups.levels), _curves(cohort, options)]
    if several and options.by:
        reference = groups.levels[reference_place(cohort, options.by, groups.levels)]
        parts += [_tests(options), _hazard_ratio(reference)]
    by = cohort.variable(options.by).label if options.by else "nothing"
    return RCode(before=described(cohort, f"{options.endpoint} by {by}"), after="\n\n".join(parts),
                 data=pd.DataFrame(data))


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
    return (f"fit <- survfit(Surv(time, event) ~ group, data = d, conf.type = \"{options.conf_type}\")\n"
            "quantile(fit, 0.5)                               # medians\n"
            f"summary(fit, times = c({times}), extend = TRUE)\n"
            f"quantile(fit, c({shares}))\n"
            f"print(fit, rmean = {tau!r})                # restricted means\n"
            f"quantile(survfit(Surv(time, 1 - event) ~ group, data = d, conf.type = \"{options.conf_type}\"), 0.5)"
            "  # follow-up")


def _tests(options: SurvivalOptions) -> str:
    test = options.test
    columns = [f"s{i}" for i in range(1, len(test.stratify_by) + 1)]
    inside = f" + strata({', '.join(columns)})" if columns else ""
    plain = {"log-rank": 0.0, "Peto": 1.0}.get(test.weight)
    if plain is None and test.weight == "Fleming-Harrington" and test.q == 0:
        plain = test.p
    if plain is not None:
        return f"survdiff(Surv(time, event) ~ group{inside}, data = d, rho = {plain_number(plain)})"
    weight = _WEIGHT.get(test.weight, f"S^{plain_number(test.p)} * (1 - S)^{plain_number(test.q)}")
    by = f"interaction({', '.join(f'd${column}' for column in columns)})" if columns else "1"
    return f"""# {test.words()}: survdiff has no such weight
d$group <- droplevels(d$group); k <- nlevels(d$group); z <- numeric(k); v <- matrix(0, k, k)
for (e in split(d, {by})) {{
  S <- 1
  for (t in sort(unique(e$time[e$event == 1]))) {{
    risk <- as.numeric(table(e$group[e$time >= t])); dead <- as.numeric(table(e$group[e$time == t & e$event == 1]))
    n <- sum(risk); m <- sum(dead); w <- {weight}
    z <- z + w * (dead - m * risk / n)
    if (n > 1) v <- v + w^2 * m * (n - m) / (n - 1) * (diag(risk / n, k) - outer(risk, risk) / n^2)
    S <- S * (1 - m / n)
  }}
}}
chisq <- as.numeric(t(z[-1]) %*% solve(v[-1, -1]) %*% z[-1])
c(chisq = chisq, p = pchisq(chisq, k - 1, lower.tail = FALSE))"""


def _hazard_ratio(reference: str) -> str:
    return (f"d$group <- relevel(d$group, ref = {quoted(reference)})\n"
            "summary(coxph(Surv(time, event) ~ group, data = d, ties = \"efron\",\n"
            "              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))")
