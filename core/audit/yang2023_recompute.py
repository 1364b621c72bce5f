"""What a cohort gives for each kind of figure in Yang 2023; the keys are those of the published file."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

from core.audit.yang2023_figures import Key, labels, published
from core.cohort import Cohort, strata
from core.errors import CohortError
from core.hazards import CoxModel, CoxOptions, Form, cox, default_form
from core.mapping import category_of
from core.schema import ARM, Cut
from core.summaries import (
    ANY,
    CONTROL,
    OBJECTIVE,
    BaselineOptions,
    EventOptions,
    NumberTest,
    adverse_events,
    baseline,
    failure_pattern,
    response,
)
from core.survival import follow_up, kaplan_meier

CORRECTED, PRINTED = "Table 4, labels corrected", "Table 4, as printed"
_TABLE_3 = "Cox (the table's covariates; tumour size cut at 10 alone; ECOG 0 and 1 as one level), Wald"
SURVIVAL, HAZARDS, TOXICITY, RESPONSES, COHORT = "Survival", "Hazard ratios", "Toxicity", "Response", "Cohort"


@dataclass(frozen=True)
class Value:
    """A recomputed figure: a number, a table of counts whose p is meant, or a text; else a reason why there is none."""

    number: float = math.nan
    how: str = ""
    page: str = ""
    reason: str = ""
    table: np.ndarray | None = field(default=None, compare=False)
    text: str = ""


@dataclass(eq=False)
class Recomputed:
    """A cohort's figures by the published keys."""

    values: dict[Key, Value] = field(default_factory=dict)

    def value(self, key: Key) -> Value:
        """Return a published figure as the cohort has it, or why it has none."""
        value = self.values.get(key)
        return value if value is not None else Value(reason=_why_not(key))


def _why_not(key: Key) -> str:
    place, item, *_ = key
    if place == "Abstract":
        return "the abstract swaps the sizes of the two arms; tables and text have 35 and 47"
    if place == PRINTED:
        return "the printed label stands one row too low: see the row of the corrected table with these numbers"
    if item in ("lost_to_follow_up", "treatment_related_deaths", "Radiation-induced liver disease"):
        return "no column of the cohort records it"
    return "the cohort has no such variable, or its levels are not the paper's"


def recompute(cohort: Cohort, ours: str, other: str) -> Recomputed:
    """Compute all that the cohort allows; what it lacks is left out and said by `value`."""
    out = Recomputed()
    for part in (_baseline, _responses, _failures, _survival, _events, _cox, _patients):
        try:
            out.values.update(part(cohort, {"A": ours, "B": other}))
        except CohortError:  # the cohort lacks what this table is about
            continue
    return out


def _share(counts: dict[str, tuple[int, int]], place: str, item: str, level: str, how: str,
           page: str) -> Iterator[tuple[Key, Value]]:
    for group, (events, n) in counts.items():
        yield (place, item, level, group, "n"), Value(events, how, page)
        yield (place, item, level, group, "%"), Value(100 * events / n if n else math.nan, how, page)


def _pair(counts: dict[str, tuple[int, int]]) -> np.ndarray:
    """Return events and the rest of both groups, (2, 2)."""
    return np.array([[counts[g][0] for g in "AB"], [counts[g][1] - counts[g][0] for g in "AB"]])


def _patients(cohort: Cohort, arms: dict[str, str]) -> dict[Key, Value]:
    codes = cohort.values(ARM)[cohort.rows]
    out = {("Text", "patients", "", g, "n"): Value(int((codes == arm).sum()), "patients per arm", COHORT)
           for g, arm in arms.items()}
    return out | {("Text", "patients", "", "", "n"): Value(cohort.n, "patients", COHORT)}


def _baseline(cohort: Cohort, arms: dict[str, str]) -> dict[Key, Value]:
    place, table = "Table 1", baseline(cohort)
    out: dict[Key, Value] = {}
    numbers: tuple[tuple[str, str, NumberTest], ...] = (
        ("age", "age", "Student t"), ("tumor_size_cm", "tumor_size", "Mann-Whitney, uncorrected"))
    for item, key, test in numbers:
        if key not in cohort.variables or cohort.variable(key).kind != "numeric":
            continue
        rows = table.rows[(table.rows.variable == key) & (table.rows.level == "")].set_index("group")
        for g, arm in arms.items():
            for quantity in ("median", "least", "most"):
                out[place, item, "", g, quantity] = Value(float(rows[quantity][arm]), f"baseline, {quantity}", COHORT)
        tests = baseline(cohort, variables=[key], options=BaselineOptions(number_test=test)).tests
        out[place, item, "", "", "p"] = Value(float(tests.p_value.iloc[0]), f"baseline, {test}", COHORT)
    for item, key in labels()["factors"].items():
        if key in cohort.variables and _has_levels(cohort, key, item):
            out |= dict(_factor(table.rows[(table.rows.variable == key) & (table.rows.level != "")], item, arms))
    a = table.rows[(table.rows.variable == "child_pugh") & (table.rows.level == "A")].set_index("group")
    return out | {(place, "child_pugh", "A", g, "n"): Value(int(a["count"][arm]), "baseline", COHORT)
                  for g, arm in arms.items() if arm in a.index}


def _names_of(level: str) -> list[str]:
    """Return by which names a cohort may have a level of the paper."""
    names: list[str] = labels()["levels"].get(level, [level])
    return names


def _has_levels(cohort: Cohort, key: str, item: str) -> bool:
    """Tell whether a variable's levels are named as the paper's are; the merged ones need only one of their names."""
    names = strata(cohort, key).levels
    return all(any(v in names for v in _names_of(level)) for level in labels()["printed_levels"][item])


def _factor(rows: pd.DataFrame, item: str, arms: dict[str, str]) -> Iterator[tuple[Key, Value]]:
    place, printed = "Table 1", labels()["printed_levels"][item]
    counts = {(level, group): int(n) for level, group, n in rows[["level", "group", "count"]].to_numpy()}
    table = np.array([[sum(counts.get((v, arms[g]), 0) for v in _names_of(level)) for g in "AB"]
                      for level in printed])
    n = np.array([int(rows.n[rows.group == arms[g]].iloc[0]) for g in "AB"])
    of = table.sum(axis=0) if item == "pvtt" else n  # the paper's shares of PVTT are of those who have one
    for i, g in enumerate("AB"):
        if item == "pvtt":
            yield (place, item, "total", g, "n"), Value(int(of[i]), "baseline", COHORT)
        for j, level in enumerate(printed):
            yield from _share({g: (int(table[j, i]), int(of[i]))}, place, item, level, "baseline", COHORT)
    whole = table if len(printed) > 1 else np.array([table[0], n - table[0]])
    yield (place, item, "", "", "p"), Value(how="baseline counts", page=COHORT, table=whole)


def _events_of(frame: pd.DataFrame, name: str) -> dict[tuple[str, str], tuple[int, int]]:
    """Return events and patients by what a row is and its arm."""
    return {(str(what), str(arm)): (int(n_event), int(n))
            for what, arm, n_event, n in frame[[name, "arm", "n_event", "n"]].dropna().to_numpy()}


def _responses(cohort: Cohort, arms: dict[str, str]) -> dict[Key, Value]:
    result = response(cohort)
    out: dict[Key, Value] = {}
    rows = {(level, arm): (int(count), int(n))
            for level, arm, count, n in result.rows[["level", "arm", "count", "n"]].to_numpy()}
    rates = _events_of(result.rates, "rate")
    for item in ("CR", "PR", "SD", "PD", "ORR", "DCR"):
        if item in ("ORR", "DCR"):
            rate = OBJECTIVE if item == "ORR" else CONTROL
            if any((rate, arm) not in rates for arm in arms.values()):  # disease control that is not known
                continue
            counts = {g: rates[rate, arm] for g, arm in arms.items()}
        else:
            counts = {g: (sum(n for (level, of), (n, _) in rows.items() if category_of(level) == item and of == arm),
                          rates[OBJECTIVE, arm][1]) for g, arm in arms.items()}
        out |= dict(_share(counts, "Table 2", item, "", "response", RESPONSES))
        out["Table 2", item, "", "", "p"] = Value(how="response counts", page=RESPONSES, table=_pair(counts))
    return out


def _failures(cohort: Cohort, arms: dict[str, str]) -> dict[Key, Value]:
    pattern = failure_pattern(cohort)
    out: dict[Key, Value] = {}
    rows = _events_of(pattern.sites, "site")
    for item, word in labels()["sites"].items():
        site = ANY if word == ANY else next((n for n in pattern.names if n.casefold().split()[-1] == word), "")
        if not site:
            continue
        counts = {g: rows[site, arm] for g, arm in arms.items()}
        out |= dict(_share(counts, "Failure pattern", item, "", "failure pattern", RESPONSES))
        out["Failure pattern", item, "", "", "p"] = Value(how="failure counts", page=RESPONSES, table=_pair(counts))
    return out


def _survival(cohort: Cohort, arms: dict[str, str]) -> dict[Key, Value]:
    out: dict[Key, Value] = {}
    for endpoint in (e for e in ("PFS", "OS") if e in cohort.endpoints):
        curves = kaplan_meier(cohort, endpoint=endpoint, by=ARM)
        medians = curves.medians.set_index("strata")
        for g, arm in arms.items():
            for quantity, column in (("median", "median"), ("low", "conf_low"), ("high", "conf_high")):
                number = float(medians[column][arm])
                out["Figure 1", endpoint, "", g, quantity] = Value(number, "Kaplan-Meier, log-log CI", SURVIVAL)
        if len(curves.log_rank):
            out["Figure 1", endpoint, "", "", "p"] = Value(float(curves.log_rank.p_value.iloc[0]), "log-rank", SURVIVAL)
    if "OS" in cohort.endpoints:
        times = follow_up(cohort, endpoint="OS", by=ARM).set_index("strata")
        for g, arm in arms.items():
            for quantity, column in (("median", "median"), ("least", "low"), ("most", "high")):
                number = float(times[f"observed_{column}"][arm])
                out["Text", "follow_up", "", g, quantity] = Value(number, "follow-up, observed times", SURVIVAL)
    return out


def _events(cohort: Cohort, arms: dict[str, str]) -> dict[Key, Value]:
    counts: dict[tuple[str, str], dict[str, tuple[int, int]]] = {}
    back = {arm: g for g, arm in arms.items()}
    kinds: tuple[Literal["terms", "categories", "all"], ...] = ("terms", "categories", "all")
    for rows in kinds:
        frame = adverse_events(cohort, options=EventOptions(rows=rows, single=True)).rows
        for band, part in frame.groupby("band", sort=False):
            for (term, arm), pair in _events_of(part, "term").items():
                counts.setdefault((term, str(band)), {})[back[arm]] = pair
    named = {ours: item for item, ours in labels()["terms"].items()}
    out: dict[Key, Value] = {}
    for (term, band), by_arm in counts.items():
        item = named.get(term, term)
        for place in (CORRECTED, "Text"):
            out |= dict(_share(by_arm, place, item, band, "adverse events", TOXICITY))
            out[place, item, band, "", "p"] = Value(how="adverse events", page=TOXICITY, table=_pair(by_arm))
            out[place, item, band, "", "n"] = Value(sum(n for n, _ in by_arm.values()), "adverse events", TOXICITY)
    out["Text", "Any adverse event", ">=4", "", "n"] = Value(
        sum(n for n, _ in counts.get(("Any adverse event", ">=4"), {"A": (0, 0)}).values()), "adverse events", TOXICITY)
    return out | _commonest(cohort, counts)


def _commonest(cohort: Cohort, counts: dict[tuple[str, str], dict[str, tuple[int, int]]]) -> dict[Key, Value]:
    """Return the terms of a category by how many patients had them, as the text names them."""
    worst = cohort.worst_grades
    of = dict(zip(worst.terms, worst.categories, strict=True))
    most = {c: sorted((t for t in worst.terms if of[t] == c), key=lambda t: -sum(
        n for n, _ in counts[t, "any"].values())) for c in set(of.values())}
    blood, liver = most.get("Haematological", []), most.get("Hepatic", [])
    named = {"most common haematological": blood[:1], "most common haematological, second": blood[1:2],
             "most common hepatic": liver[:1]}
    return {("Text", item, "", "", "term"): Value(text=_as_printed(terms[0]), how="adverse events", page=TOXICITY)
            for item, terms in named.items() if terms}


def _as_printed(term: str) -> str:
    words = term.split()
    return f"increased {words[0]}" if words[-1] == "increased" else term.casefold()


def _cox(cohort: Cohort, arms: dict[str, str]) -> dict[Key, Value]:
    """Fit the paper's model: its covariates by its cuts and references, ECOG 0 and 1 as one level, all patients."""
    model = _published_model(cohort)
    terms = {(t["term"], t["level"]): t for t in model.terms.to_dict("records")}
    out: dict[Key, Value] = {}
    for item, level in _cox_rows():
        first = level.split(" against ")[0]
        level_name = arms["A"] if item == "treatment" else labels()["covariate_levels"].get(first, first)
        row = terms.get((labels()["covariates"][item], level_name))
        if row is None or row["reason"]:
            continue
        for quantity, column in (("hazard ratio", "hazard_ratio"), ("low", "conf_low"), ("high", "conf_high"),
                                 ("p", "p_value")):
            number = float(row[column])
            out["Table 3", item, level, "", quantity] = Value(number, _TABLE_3, HAZARDS)
    return out


def _cox_rows() -> list[tuple[str, str]]:
    frame = published()
    rows = frame[frame.place == "Table 3"]
    return list(dict.fromkeys(zip(rows["item"], rows.level, strict=True)))


def _published_model(cohort: Cohort) -> CoxModel:
    whole = cohort.whole
    factors = tuple(replace(f, cuts=(Cut(10.0, "right"),)) if f.key == "tumor_size" else f
                    for f in whole.mapping.factors)
    table = whole.table
    if "ecog" in table:
        merged = table.ecog.astype(object).where(~table.ecog.isin(["0", "1"]), "0-1")
        levels = ["0-1", *(v for v in table.ecog.cat.categories if v not in ("0", "1"))]
        table = table.assign(ecog=pd.Categorical(merged, categories=levels))
    as_published = Cohort(table=table, long_events=whole.long_events, mapping=replace(whole.mapping, factors=factors),
                          findings=whole.findings, fingerprint=whole.fingerprint, name=whole.name, lines=whole.lines,
                          rows=cohort.rows)
    covariates, options = published_covariates(as_published)
    return cox(as_published, endpoint="OS", covariates=covariates, options=options)


def published_covariates(cohort: Cohort) -> tuple[list[str], CoxOptions]:
    """Return the covariates of the paper's model that a cohort has, cut, and against the paper's references."""
    covariates = [k for k in labels()["covariates"].values()
                  if k in cohort.variables and cohort.variable(k).known == "baseline"]
    forms: dict[str, Form] = {k: "cut" for k in covariates if default_form(cohort, k) != "levels"}
    return covariates, CoxOptions.of(forms=forms, references={
        k: v for k, v in labels()["references"].items() if k in covariates and v in strata(cohort, k).levels})
