"""Every kind of figure, of cohorts with plain and with awkward names: what tests of figures and files walk through."""

from __future__ import annotations

import numpy as np

from core import missing_data, read_cohort, subgroup_hazard_ratios, treatment_effect, univariable
from core.audit.audit import audit
from core.audit.printed_table import read_audit
from core.audit.yang2023 import compare
from core.charts import (
    CurveOptions,
    Part,
    adverse_events_figure,
    along_figure,
    along_numbers_figure,
    baseline_figure,
    composition_figure,
    course_figure,
    incidence_figure,
    km_figure,
    km_panes_figure,
    love_figure,
    missing_figure,
    model_figure,
    spline_figure,
    subgroup_figure,
    weighted_figure,
)
from core.charts.kaplan_meier import VIEWS
from core.charts.model_tables import model_tests_figure, zph_figure
from core.charts.published import audit_figure, comparison_figure, widths_figure
from core.charts.response import failure_figure, response_figure, waterfall_figure
from core.charts.swimmer import swimmer_figure
from core.charts.toxicity import (
    EventView,
    butterfly_figure,
    difference_figure,
    grades_figure,
    ordered_within,
    volcano_figure,
)
from core.charts.toxicity_tables import burden_table, overall_figure, term_figure
from core.cohort.cohort import Cohort
from core.cohort.subsets import by_level
from core.figure.figure import Figure
from core.hazards import along_number, along_numbers, cox
from core.hazards.cox import CoxOptions
from core.hazards.weighting import WeightingOptions, weighted_comparison
from core.language import once_per_language
from core.summaries import adverse_events, baseline, response
from core.summaries.adverse_events import EventOptions, grouped, overall_tests
from core.summaries.burden import burden
from core.summaries.failure import failure_pattern
from core.survival import kaplan_meier
from core.survival.cumulative_incidence import cumulative_incidence, incidence_at
from core.survival.first_cause import competing_endpoints
from tests.conftest import ROOT, SAMPLE

AWKWARD = ("A: Drug X", "B: Placebo", "constructor", "__proto__", "toString")


def cohort_of(arms: tuple[str, ...], levels: tuple[str, ...], n: int = 120) -> Cohort:
    """Return a cohort with every role filled, its names as given."""
    rng = np.random.default_rng(7)
    lines = ["id,arm,stage,marker,size,response,response_months,failure_local,failure_distant,change_percent,"
             "ae_rash,ae_valueOf,OS_months,OS_event,PFS_months,PFS_event"]
    for i in range(n):
        end, died = 3 + 30 * rng.random(), int(rng.random() < 0.7)
        progressed = end * (0.4 + 0.5 * rng.random())
        best = ("CR", "PR", "SD", "PD", "NE")[i % 5]
        lines.append(
            f'p{i},"{arms[i % len(arms)]}","{levels[i // 3 % len(levels)]}",{10 ** (3 * rng.random()):.1f},'
            f'{"" if i % 11 == 0 else round(1 + 12 * rng.random(), 1)},{best},{1 + i % 3},{int(i % 4 == 0)},'
            f'{int(i % 6 == 0)},{i % 90 - 50},{i % 5},{i % 4},{end:.2f},{died},{progressed:.2f},1')
    mapping = {
        "patient_id": "id", "arm": {"column": "arm", "reference": arms[0], "levels": {a: a for a in arms}},
        "endpoints": {name: {"label": label, "time": f"{name}_months", "event": f"{name}_event", "event_values": ["1"],
                             "unit": "months"} for name, label in (("OS", "Overall survival"),
                                                                   ("PFS", "Progression-free survival"))},
        "factors": {"stage": {"column": "stage", "levels": {v: v for v in levels}, "label": "Stage"},
                    "marker": {"column": "marker", "kind": "numeric", "label": "Marker", "unit": "U/mL", "log": True},
                    "size": {"column": "size", "kind": "numeric", "label": "Size",
                             "cuts": [{"at": 5, "closed": "right"}]},
                    "change": {"column": "change_percent", "kind": "numeric", "label": "Change", "unit": "%",
                               "known": "later"}},
        "response": {"column": "response", "when": {"column": "response_months", "unit": "months"}},
        "failure_sites": {"failure_local": {"column": "failure_local", "when": {
                              "column": "response_months", "unit": "months"}, "levels": {"0": "no", "1": "yes"}},
                          "failure_distant": {"column": "failure_distant", "when": {
                              "column": "response_months", "unit": "months"}, "levels": {"0": "no", "1": "yes"}}},
        "adverse_events": {"columns": ["ae_rash", "ae_valueOf"]}}
    return read_cohort("\n".join(lines).encode(), mapping, name="every.csv")


@once_per_language(2)
def cohorts() -> dict[str, Cohort]:
    """Return cohorts by name: the sample, filtered; two arms, and five, with awkward names; filtered."""
    return {"sample": read_cohort(SAMPLE).filter({"pvtt": {"in": ["Vp3", "Vp4"]}, "tumor_size": {"gt": 5}}),
            "two": cohort_of(("A: Drug X", "B: Placebo"), ("I", "II", "III")).filter({"stage": {"in": ["I", "II"]}}),
            "awkward": cohort_of(AWKWARD, AWKWARD).filter({"size": {"gt": 2}})}


@once_per_language(8)
def every_figure(name: str) -> dict[str, Figure]:
    """Return every kind of figure of a cohort."""
    cohort = cohorts()[name]
    factor = "pvtt" if name == "sample" else "stage"
    number, other = ("tumor_size", "afp") if name == "sample" else ("size", "marker")
    found = _curves(cohort, factor) | _models(cohort, factor, number, other) | _toxicity(cohort)
    found |= {"bars": composition_figure(cohort, factor), "histogram": composition_figure(cohort, number),
              "baseline": baseline_figure(cohort, baseline(cohort, by="arm"), p=True),
              "response": response_figure(cohort, response(cohort)),
              "failure": failure_figure(cohort, failure_pattern(cohort))}
    if name == "sample":
        comparison = compare(cohort)
        found["published"] = comparison_figure(cohort, comparison, comparison.rows, slice(40, 80))
        table = audit(read_audit((ROOT / "sample_data" / "yang2023_audit.csv").read_bytes(), name="a.csv"),
                      claimed="Fisher exact")
        found |= {"audit": audit_figure(table, "a.csv", "0" * 12, table.findings.iloc[:7]),
                  "widths": widths_figure(table, "a.csv", "0" * 12)}
    else:
        found |= {"missing": missing_figure(cohort, missing_data(cohort.whole)),
                  "waterfall": waterfall_figure(cohort, "change", "arm"), "swimmer": swimmer_figure(cohort, "arm")}
    return found


def _curves(cohort: Cohort, factor: str) -> dict[str, Figure]:
    whole = kaplan_meier(cohort.whole, endpoint="OS", by="arm")
    part = Part(cohort=cohort, result=kaplan_meier(cohort, endpoint="OS", by="arm"), reference=whole,
                effect=treatment_effect(cohort, endpoint="OS", by="arm"))
    found = {f"km {view}": km_figure(part, CurveOptions(view=view, tau=12.0)) for view in VIEWS}
    panes = [Part(cohort=p, result=kaplan_meier(p, endpoint="OS", by="arm"), level=level,
                  effect=treatment_effect(p, endpoint="OS", by="arm")) for level, p in by_level(cohort, factor)]
    found["km panes"] = km_panes_figure(cohort, panes, factor, CurveOptions())
    found["km one"] = km_figure(Part(cohort=cohort, result=kaplan_meier(cohort, endpoint="OS")))
    for endpoint in competing_endpoints(cohort)[:1]:
        incidence = cumulative_incidence(cohort, endpoint=endpoint, by="arm")
        found["incidence"] = incidence_figure(cohort, incidence, incidence_at(incidence, (12.0,)), longest=36.0)
    return found


def _models(cohort: Cohort, factor: str, number: str, other: str) -> dict[str, Figure]:
    options = CoxOptions.of(forms={number: "spline"})
    model = cox(cohort, endpoint="OS", covariates=("arm", number), options=options)
    plain = cox(cohort, endpoint="OS", covariates=("arm", other))
    alone = univariable(cohort, endpoint="OS", covariates=("arm", other))
    found = {"model": model_figure(cohort, plain, alone), "spline": spline_figure(cohort, model, number),
             "course": course_figure(cohort, plain, 0), "zph": zph_figure(cohort, plain),
             "model tests": model_tests_figure(cohort, plain),
             "along": along_figure(cohort, along_number(cohort, endpoint="OS", key=other)),
             "along numbers": along_numbers_figure(cohort, "OS", *along_numbers(cohort, endpoint="OS")),
             "subgroups": subgroup_figure(cohort, subgroup_hazard_ratios(cohort, endpoint="OS"))}
    if len(cohort.levels("arm")) == 2:
        weighted = weighted_comparison(cohort, endpoint="OS", options=WeightingOptions(covariates=(factor, other)))
        found |= {"weighted": weighted_figure(cohort, weighted), "love": love_figure(cohort, weighted)}
    return found


def _toxicity(cohort: Cohort) -> dict[str, Figure]:
    options = EventOptions(single=True)
    result = adverse_events(cohort, options=options)
    heads = adverse_events(cohort, options=EventOptions(single=True, rows="categories"))
    both, view = grouped(result, heads), EventView()
    terms = ordered_within(both, heads, view)
    every = adverse_events(cohort, options=EventOptions(rows="all"))
    found = {"adverse events": adverse_events_figure(cohort, result),
             "difference": difference_figure(cohort, both, view, terms),
             "volcano": volcano_figure(cohort, both, view, terms), "grades": grades_figure(cohort, both, terms),
             "burden": burden_table(cohort, every, burden(cohort, by="arm")),
             "term": term_figure(cohort, cohort.worst_grades.terms[0], "arm"),
             "overall": overall_figure(cohort, result, overall_tests(result, "any"), "any",
                                       list(cohort.worst_grades.terms))}
    if len(result.levels) == 2:
        found["butterfly"] = butterfly_figure(cohort, both, terms)
    return found
