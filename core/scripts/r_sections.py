"""R code of single figures, by their recipes: it takes `patients` and calls `keep` with what the app shows, too."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from core.cohort import Cohort, Filters, entry_months, level_counts, reference_place, strata
from core.hazards import CoxOptions, cox, default_form
from core.recipes import options_of
from core.scripts.patients import Patients
from core.summaries import ResponseOptions, meanings_of
from core.survival import SurvivalOptions, TestOptions
from core.verification import cox_r_code, quoted, r_code, surv_of

Choices = Mapping[str, Any]
Section = Callable[[Patients, Cohort, Filters, Choices, str], str]
_PRECISE = "control = coxph.control(eps = 1e-12, toler.chol = 1e-13)"


def curves(patients: Patients, cohort: Cohort, filters: Filters, choices: Choices, name: str) -> str:
    """Write curves, medians, their test, hazard ratio and restricted means."""
    asked: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in choices.items()
             if k in ("endpoint", "by", "conf_type", "times", "shares", "tau")}
    test = options_of(TestOptions, choices.get("test", {}))
    options = SurvivalOptions(**asked, test=test)
    inside = {f"s{i}": f"as.integer(factor({patients.stratum(k)}))" for i, k in enumerate(test.stratify_by, start=1)}
    code = r_code(cohort, options)
    within = _pane(patients, *choices["pane"]) if "pane" in choices else []
    lines = [patients.filtered(filters), *within,
             _analysed(patients, cohort, options.endpoint, {"group": f"as.integer({patients.group(options.by)})"},
                       inside),
             code.after, f'keep({name}, "median", quantile(fit, 0.5, conf.int = FALSE))']
    if code.statistic:
        surv = surv_of(cohort, options.endpoint)
        lines += [f'model <- coxph({surv} ~ group, data = d, ties = "efron", {_PRECISE})',
                  f'keep({name}, "hazard ratio", exp(coef(model)))',
                  f'keep({name}, "{test.words()}", {code.statistic})']
    return "\n".join(lines)


def _pane(patients: Patients, key: str, level: str) -> list[str]:
    """Write the code that keeps the patients of one plot."""
    return [f"d <- d[{patients.group(key)} %in% {quoted(level)}, ]"]


def _analysed(patients: Patients, cohort: Cohort, endpoint: str, columns: Mapping[str, str],
              incomplete: Mapping[str, str] | None = None) -> str:
    """Write the R code that takes an endpoint's times and other columns out of `d`, of whom time and group are known.

    Parameters
    ----------
    columns, incomplete : R expressions by the names that they get; of the latter values may be missing
    """
    of = {what: f"d${patients.time(endpoint, what)}" for what in ("time", "event")} | dict(columns)
    if entry_months(cohort, endpoint) is not None:
        of["entry"] = f"d${patients.time(endpoint, 'entry')}"
    known = ", ".join(quoted(k) for k in ("time", "event", *columns))
    made = ", ".join(f"{k} = {v}" for k, v in {**of, **(incomplete or {})}.items())
    return f"d <- data.frame({made})\nd <- d[complete.cases(d[c({known})]), ]"


def model(patients: Patients, cohort: Cohort, filters: Filters, choices: Choices, name: str) -> str:
    """Write a Cox model; a spline's columns are not in the patients' file."""
    options = options_of(CoxOptions, choices["options"])
    covariates = tuple(k for k in choices["covariates"] if k not in options.stratify_by)
    covariates = tuple(k for k in covariates if _varies(cohort, k))
    if not covariates:
        return "# No covariate has two values among these patients."
    forms = {k: dict(options.forms).get(k, default_form(cohort, k)) for k in covariates}
    if "spline" in forms.values():
        return _elsewhere("a restricted cubic spline")
    fitted = cox(cohort, endpoint=choices["endpoint"], covariates=covariates, options=options)
    columns = {f"x{i}": f"d${patients.column(k)}" if forms[k] in ("linear", "log2") else
               f"as.integer({patients.group(k)})" for i, k in enumerate(covariates, start=1)}
    columns |= {f"s{i}": f"as.integer(factor({patients.stratum(k)}))"
                for i, k in enumerate(options.stratify_by, start=1)}
    estimate = "exp(coef)" if options.firth else "exp(coef(fit))"
    return "\n".join([patients.filtered(filters), _analysed(patients, cohort, choices["endpoint"], {}, columns),
                      cox_r_code(cohort, fitted, covariates).after,
                      f'keep({name}, "hazard ratio", {estimate})'])


def _varies(cohort: Cohort, key: str) -> bool:
    """Tell whether a covariate has two values among the patients: R has no contrasts of one level."""
    return int(cohort.values(key)[cohort.rows].nunique()) > 1


def subgroups(patients: Patients, cohort: Cohort, filters: Filters, choices: Choices, name: str) -> str:
    """Write the arms' hazard ratio within subgroups, and the interactions."""
    if np.count_nonzero(level_counts(cohort, "arm")) < 2:
        return "# One arm has patients: there is nothing to compare."
    factors = {f"x{i}": f"{patients.group(k)}" for i, k in enumerate(choices["factors"], start=1)}
    arms = strata(cohort, "arm").levels
    reference = arms[reference_place(cohort, "arm", arms)]
    labels = ", ".join(f"{x} = {quoted(cohort.variable(k).label)}"
                       for x, k in zip(factors, choices["factors"], strict=True))
    surv = surv_of(cohort, choices["endpoint"])
    return f"""{patients.filtered(filters)}
{_analysed(patients, cohort, choices["endpoint"], {"group": patients.group("arm")}, factors)}
d$group <- relevel(droplevels(d$group), ref = {quoted(reference)})
ratio <- function(e) {{  # without events in an arm there is no finite ratio
  if (any(tapply(e$event, e$group, sum) %in% c(0, NA))) return(rep(NA, nlevels(e$group) - 1))
  exp(coef(coxph({surv} ~ group, data = e, ties = "efron", {_PRECISE})))
}}
keep({name}, "hazard ratio, all", ratio(d))
labels <- c({labels})
for (x in names(labels)) {{
  e <- d[!is.na(d[[x]]), ]; e$x <- droplevels(e[[x]])
  for (level in levels(d[[x]])) keep({name}, paste("hazard ratio,", labels[[x]], level), ratio(d[d[[x]] %in% level, ]))
  if (nlevels(e$x) > 1) {{
    fits <- lapply(c("group + x", "group * x"), function(right) suppressWarnings(
      coxph(as.formula(paste("{surv} ~", right)), data = e, ties = "efron", {_PRECISE})))
    keep({name}, paste("likelihood ratio of the interaction,", labels[[x]]),
         2 * (fits[[2]]$loglik[2] - fits[[1]]$loglik[2]))
  }}
}}"""


def along(patients: Patients, cohort: Cohort, filters: Filters, choices: Choices, name: str) -> str:
    """Write the arms' hazard ratio at a number's quartiles, and the interaction with the number itself."""
    arms, key, endpoint = strata(cohort, "arm").levels, choices["key"], choices["endpoint"]
    surv = surv_of(cohort, endpoint)
    number = f"log2(d${patients.column(key)})" if default_form(cohort, key) == "log2" else f"d${patients.column(key)}"
    return f"""{patients.filtered(filters)}
{_analysed(patients, cohort, endpoint, {"group": patients.group("arm"), "x": number})}
d$group <- relevel(droplevels(d$group), ref = {quoted(arms[reference_place(cohort, "arm", arms)])})
plain <- coxph({surv} ~ group + x, data = d, ties = "efron", {_PRECISE})
fit <- coxph({surv} ~ group * x, data = d, ties = "efron", {_PRECISE})
at <- quantile(d$x, c(0.25, 0.5, 0.75))
k <- nlevels(d$group) - 1
for (i in 1:k) keep({name}, paste("hazard ratio at the quartiles,", levels(d$group)[i + 1]),
  exp(coef(fit)[i] + at * coef(fit)[k + 1 + i]))
keep({name}, "likelihood ratio of the interaction", 2 * (fit$loglik[2] - plain$loglik[2]))"""


def baseline(patients: Patients, cohort: Cohort, filters: Filters, choices: Choices, name: str) -> str:
    """Write counts of levels, and medians with quartiles of numbers, by group."""
    by = choices["by"]
    lines = [patients.filtered(filters), f"d$group <- droplevels({patients.group(by)})", "d <- d[!is.na(d$group), ]"]
    for factor in cohort.mapping.factors:
        if factor.known != "baseline" or factor.key == by:
            continue
        column, label = patients.column(factor.key), quoted(factor.label)
        if factor.kind == "categorical":
            lines.append(f"keep({name}, {label}, table(d${column}, d$group))")
        else:
            lines.append(f"for (g in levels(d$group)) keep({name}, paste({label}, g),\n"
                         f"  quantile(d${column}[d$group == g], c(0.5, 0.25, 0.75), na.rm = TRUE))")
    return "\n".join(lines)


def response(patients: Patients, cohort: Cohort, filters: Filters, choices: Choices, name: str) -> str:
    """Write objective response by group with exact limits, and Fisher's test."""
    options = options_of(ResponseOptions, choices["options"])
    meant = meanings_of(cohort, options.meanings)
    column = patients.column("response")
    counted = ", ".join(quoted(v) for v, m in meant.items() if m == "response")
    evaluable = ", ".join(quoted(v) for v, m in meant.items() if m != "not evaluable")
    only = f"d <- d[d${column} %in% c({evaluable}), ]  # evaluable patients\n" if options.evaluable_only else ""
    return f"""{patients.filtered(filters)}
d$group <- {patients.group(choices["by"])}
d <- d[!is.na(d$group), ]
{only}table(d${column}, d$group, useNA = "ifany")
responded <- factor(d${column} %in% c({counted}), levels = c(TRUE, FALSE))
counts <- table(responded, d$group)
keep({name}, "objective response", counts["TRUE", ])
for (g in levels(d$group)) if (sum(counts[, g])) keep({name}, paste("exact limits,", g),
  binom.test(counts["TRUE", g], sum(counts[, g]))$conf.int)
if (ncol(counts) == 2) keep({name}, "Fisher", fisher.test(counts)$p.value)"""


def adverse_events(patients: Patients, cohort: Cohort, filters: Filters, choices: Choices, name: str) -> str:
    """Write who had each term, any grade and grade 3 and more, by group, and Fisher's test."""
    if choices["options"]["rows"] != "terms" or choices.get("heads"):
        return _elsewhere("rows of categories")
    keys = {v.column: k for k, v in cohort.variables.items() if v.kind == "grade"}
    terms = ", ".join(f"{quoted(t)} = {quoted(patients.column(keys[t]))}" for t in choices["terms"])
    by = choices["by"] or ("arm" if cohort.mapping.arm else None)
    return f"""{patients.filtered(filters)}
d$group <- {patients.group(by)}
d <- d[!is.na(d$group), ]
terms <- c({terms})
for (term in names(terms)) for (least in c(1, 3)) {{
  had <- factor(d[[terms[[term]]]] >= least, levels = c(TRUE, FALSE))  # missing where it was not recorded
  counts <- table(had, d$group)
  keep({name}, paste0(term, ", grade >= ", least), counts["TRUE", ])
  if (ncol(counts) == 2 && sum(counts["TRUE", ])) keep({name}, paste0(term, ", grade >= ", least, ", Fisher"),
    fisher.test(counts)$p.value)
}}"""


def _elsewhere(what: str) -> str:
    return f"# {what[:1].upper()}{what[1:]}: analysis.py makes it."


SECTIONS: dict[str, Section] = {
    **dict.fromkeys(("curves", "test", "survival-at", "quantiles", "follow-up", "restricted-means"), curves),
    **dict.fromkeys(("model", "proportional hazards", "model tests"), model),
    **dict.fromkeys(("adverse events", "butterfly", "risk differences", "volcano", "grades"), adverse_events),
    "along": along, "subgroups": subgroups, "baseline": baseline, "response": response}
