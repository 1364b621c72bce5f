"""The Hazard ratios page's model from lifelines beside ours, and R code that gives it."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
import pandas as pd

from core.cohort import Cohort, entry_months, strata, stratification, timeline
from core.errors import NotEstimable
from core.hazards import CoxModel, Form, columns_of, form_of
from core.verification.lifelines_survival import PRECISE, with_agreement
from core.verification.r_code import RCode, described, quoted, surv_of


def cox_opinion(cohort: Cohort, model: CoxModel) -> pd.DataFrame:
    """Fit the model with lifelines, on the columns that ours was fitted on.

    Returns
    -------
    figure, strata, ours, lifelines, difference, agrees, remark (see second_opinion)

    Raises
    ------
    NotEstimable
        If lifelines has no such model, or there is none.
    """
    if model.options.firth or model.options.ties != "efron":
        raise NotEstimable("lifelines has neither Firth's penalty nor Breslow's ties.", "The R code beside has both.")
    if model.fit is None:
        raise NotEstimable("No model was fitted: there is nothing to check.")
    sets = model.fit.sets
    times = timeline(cohort, model.endpoint).times
    names = [f"x{i}" for i in range(sets.x.shape[1])]
    frame = pd.DataFrame(sets.x * model.fit.scale, columns=names).assign(
        time=times[sets.index], event=sets.event.astype(int),
        **({"inside": sets.stratum} if model.options.stratify_by else {}),
        **({} if sets.entry is None else {"entry": np.append(0.0, times)[sets.entry]}))
    theirs = _fitted(frame)
    limits = np.exp(theirs.confidence_intervals_.to_numpy())
    rows = []
    for i, (term, place) in enumerate(model.columns):
        ours = model.terms.iloc[place]
        if ours.reason:
            continue
        name = f"{cohort.variable(term).label} {ours.level}".strip()
        if math.isnan(ours.hazard_ratio):  # a spline's part
            rows.append(("Coefficient", name, ours.coef, float(theirs.params_.iloc[i]), ""))
            continue
        rows += [("Hazard ratio", name, ours.hazard_ratio, float(theirs.hazard_ratios_.iloc[i]), ""),
                 ("Hazard ratio, lower limit", name, ours.conf_low, float(limits[i, 0]), ""),
                 ("Hazard ratio, upper limit", name, ours.conf_high, float(limits[i, 1]), "")]
    rows.append(("Likelihood ratio, χ²", "", model.tests.statistic[0],
                 float(theirs.log_likelihood_ratio_test().test_statistic), ""))
    return with_agreement(rows)


def _fitted(frame: pd.DataFrame) -> Any:
    """Fit lifelines' model, stratified where the frame says by what."""
    from lifelines import CoxPHFitter
    from lifelines.exceptions import ConvergenceError, ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries that it leans on
        warnings.filterwarnings("error", "Newton", ConvergenceWarning)  # it says so, and returns where it stopped
        try:
            return CoxPHFitter().fit(frame, "time", "event", strata=["inside"] if "inside" in frame else None,
                                     entry_col="entry" if "entry" in frame else None, fit_options=PRECISE)
        except (ConvergenceError, ConvergenceWarning) as error:
            raise NotEstimable("lifelines' iteration does not converge on this model.",
                               "Use the R code shown beside it.") from error


def cox_r_code(cohort: Cohort, model: CoxModel, covariates: tuple[str, ...]) -> RCode:
    """Write R code for the model, and the patients that it reads: time (months), event, x1 ..., s1 ...; no ids."""
    line, options = timeline(cohort, model.endpoint), model.options
    forms = dict(options.forms)
    used = cohort.rows & (line.index >= 0)
    data: dict[str, np.ndarray] = {"time": line.times[line.index[used]], "event": line.event[used].astype(int)}
    if (entry := entry_months(cohort, model.endpoint)) is not None:
        data["entry"] = entry[used]
    lines, terms, splines = [], [], []
    shown = [key for key in covariates if key not in options.stratify_by]
    for i, key in enumerate(shown, start=1):
        form = form_of(cohort, key, forms.get(key))
        references = model.terms.reference[model.terms.term == key]
        reference = references.iloc[0] if len(references) else ""
        columns, made, term = _covariate(cohort, key, form, reference, f"x{i}", used)
        data |= columns
        lines += made
        terms.append(term)
        splines += [term] if form == "spline" else []
    for i, key in enumerate(options.stratify_by, start=1):
        codes = stratification(cohort, key).codes[used]
        data[f"s{i}"] = np.where(codes < 0, np.nan, codes)
        terms.append(f"strata(s{i})")
    formula = f"{surv_of(cohort, model.endpoint)} ~ {' + '.join(terms)}"
    after = "\n".join([*lines, "", _model_code(formula, model, splines)])
    return RCode(before=described(cohort, model.endpoint), after=after, data=pd.DataFrame(data))


def _covariate(cohort: Cohort, key: str, form: Form, reference: str, name: str,
               used: np.ndarray) -> tuple[dict[str, np.ndarray], list[str], str]:
    """Return a covariate's columns of the file, the lines that prepare it, and its term in the formula."""
    label = " ".join(cohort.variable(key).label.split())
    if form in ("linear", "log2"):
        values = cohort.values(key).to_numpy(dtype=float)[used]
        term = name if form == "linear" else f"log2({name})"
        return {name: values}, [f"# {name}: {label}"], term
    if form == "spline":
        columns = columns_of(cohort, key, form)
        parts = {f"{name}_{j}": c.of(used) for j, c in enumerate(columns, start=1)}
        names = ", ".join(quoted(part) for part in parts)
        return parts, [f"d${name} <- as.matrix(d[, c({names})])  # {label}, a restricted cubic spline's columns"], name
    groups = strata(cohort, key)
    first = columns_of(cohort, key, form, reference)[0].reference if len(groups.levels) > 1 else groups.levels[0]
    place = groups.levels.index(first)
    order = [place, *(i for i in range(len(groups.levels)) if i != place)]
    codes = groups.codes[used]
    numbers, names = (", ".join(v) for v in ([str(i + 1) for i in order], [quoted(groups.levels[i]) for i in order]))
    made = f"d${name} <- droplevels(factor(d${name}, levels = c({numbers}), labels = c({names})))  # {label}"
    return {name: np.where(codes < 0, np.nan, codes + 1)}, [made], name


def _model_code(formula: str, model: CoxModel, splines: list[str]) -> str:
    ties = model.options.ties
    if model.options.firth:
        return _firth_code(formula, ties)
    return (f"fit <- coxph({formula}, data = d, ties = \"{ties}\",\n"
            "             control = coxph.control(eps = 1e-12, toler.chol = 1e-13))\n"
            "summary(fit)                      # ratios, the three tests, concordance\n"
            "cox.zph(fit, transform = \"km\")    # proportional hazards" + "".join(map(_bent_code, splines)))


def _bent_code(term: str) -> str:
    """Write the test of a spline against a straight line."""
    return (f"\nbent <- grep(\"^{term}{term}_\", names(coef(fit)))[-1]    # {term} against a straight line\n"
            "wald <- sum(coef(fit)[bent] * solve(vcov(fit)[bent, bent], coef(fit)[bent]))\n"
            "pchisq(wald, length(bent), lower.tail = FALSE)")


def _firth_code(formula: str, ties: str) -> str:
    """Write Firth's likelihood with what survival has: contributed packages know neither strata nor Efron's ties."""
    return f"""at <- function(b) coxph({formula}, data = d, ties = "{ties}", init = b,
                        control = coxph.control(iter.max = 0, toler.chol = 1e-15))
value <- function(b) {{ m <- at(b); m$loglik[2] - as.numeric(determinant(m$var)$modulus) / 2 }}
p <- length(coef(coxph({formula}, data = d, control = coxph.control(iter.max = 0))))
unit <- sqrt(diag(at(rep(0, p))$var))
exact <- list(reltol = 1e-15, maxit = 999)
highest <- function(start, f) optim(start, function(z) -f(z), method = "BFGS", control = exact)
best <- highest(rep(0, p), function(z) value(z * unit))
profile <- function(j, z) {{  # the maximum over the others
  if (p == 1) return(value(z * unit))
  -highest(best$par[-j], function(o) value(append(o, z, j - 1) * unit))$value
}}
limit <- function(j, side) {{
  fallen <- function(z) profile(j, z) + best$value + qchisq(0.95, 1) / 2
  outer <- best$par[j] + side
  while (fallen(outer) > 0 && abs(outer) < 50) outer <- outer + side
  if (fallen(outer) > 0) side * Inf else uniroot(fallen, sort(c(best$par[j], outer)), tol = 1e-10)$root
}}
coef <- best$par * unit
low <- sapply(1:p, limit, -1) * unit
high <- sapply(1:p, limit, 1) * unit
p_value <- sapply(1:p, function(j) pchisq(-2 * (best$value + profile(j, 0)), 1, lower.tail = FALSE))
statistic <- -2 * (best$value + value(rep(0, p)))    # the penalised likelihood ratio
cbind(ratio = exp(coef), low = exp(low), high = exp(high), p = p_value)"""
