"""The R script of a talk is the one that R has run, and what R gave is what the app shows."""

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from core.cohort import SELECTION, Cohort, Filters, against_rest, with_groups
from core.cohort.condition import Condition
from core.cohort.groups import GROUPS, Definition, Groups
from core.export.data import table_bytes
from core.figure import Recipe, recipe
from core.hazards import along_number, cox, subgroup_hazard_ratios, treatment_effect
from core.hazards.cox import CoxOptions
from core.hazards.subgroups import WALD
from core.recipes.made import patients_of, within
from core.recipes.read import options_of
from core.schema import ARM
from core.scripts.patients import patients_of_script
from core.scripts.r_script import r_script
from core.summaries import adverse_events, baseline, response
from core.survival import kaplan_meier
from core.survival.log_rank import TestOptions, compare
from tests.shared.cohorts import cohort_from
from tests.shared.from_r import agree
from tests.shared.scripts import FOLDER, figures


@pytest.fixture(scope="module")
def results() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "results-r.csv", dtype={"figure": str})


def given(results: pd.DataFrame, figure: str, what: str) -> np.ndarray:
    """Return what R gave of a figure under a heading, in its order."""
    rows = results[(results.figure == figure) & results.what.str.fullmatch(f"{what}( \\d+)?")]
    assert len(rows), (figure, what)
    return rows.value.to_numpy()


def test_the_script_is_the_one_that_r_has_run(sample):
    code, files = r_script(sample, figures(sample))
    assert code == (FOLDER / "analysis.R").read_text(encoding="utf-8")
    for patients in files:
        assert table_bytes(patients.table()) == (FOLDER / patients.file).read_bytes()


def curves(sample: Cohort) -> Iterator[tuple[str, Recipe]]:
    for place, (_, made_by) in enumerate(figures(sample), start=1):
        if made_by.kind == "curves":
            yield str(place), made_by
        if made_by.kind == "panes":
            for i, level in enumerate(sample.levels("sex"), start=1):
                yield f"{place}.{i}", within(sample, made_by, "sex", level)


def test_curves_agree(sample, results):
    for figure, made_by in curves(sample):
        cohort, of = patients_of(sample, made_by), {k: made_by.choices[k] for k in ("endpoint", "by")}
        medians = kaplan_meier(cohort, **of).medians
        agree(medians[medians.n > 0]["median"], given(results, figure, "median"))
        if of["by"]:
            agree(kaplan_meier(cohort, **of).log_rank.statistic, given(results, figure, "log-rank"))
            terms = treatment_effect(cohort, **of).terms
            finite = terms.reason.to_numpy() == ""
            agree(terms.hazard_ratio[finite], given(results, figure, "hazard ratio")[finite])


def test_models_agree(sample, results):
    for place, (_, made_by) in enumerate(figures(sample), start=1):
        if made_by.kind == "model" and "spline" not in str(made_by.choices):
            cohort = patients_of(sample, made_by)
            model = cox(cohort, endpoint=made_by.choices["endpoint"], covariates=tuple(made_by.choices["covariates"]),
                        options=options_of(CoxOptions, made_by.choices["options"]))
            agree(model.terms.hazard_ratio.dropna(), given(results, str(place), "hazard ratio"), tolerance=1e-5)


def test_subgroups_agree(sample, results):
    place, made_by = next((str(i), r) for i, (_, r) in enumerate(figures(sample), 1) if r.kind == "subgroups")
    cohort = patients_of(sample, made_by)
    forest = subgroup_hazard_ratios(cohort, endpoint="OS", factors=tuple(made_by.choices["factors"]))
    tried = 0
    for row in forest.rows.itertuples():
        if row.method == WALD:
            label = f", {cohort.variable(row.factor).label} {row.level}" if row.factor else ", all"
            value = results[(results.figure == place) & (results.what == f"hazard ratio{label}")].value
            agree([row.hazard_ratio], value)
            tried += 1
    for row in forest.interactions.itertuples():
        label = cohort.variable(row.factor).label
        value = results[(results.figure == place) & (results.what == f"likelihood ratio of the interaction, {label}")]
        agree([row.statistic] if len(value) else [], value.value, tolerance=1e-5)
    assert tried > 8


def test_the_ratio_along_a_number_agrees(sample, results):
    place, made_by = next((str(i), r) for i, (_, r) in enumerate(figures(sample), 1) if r.kind == "along")
    result = along_number(patients_of(sample, made_by), endpoint="OS", key="age")
    agree(result.ratios(result.quantiles[1:4]).hazard_ratio,
          given(results, place, f"hazard ratio at the quartiles, {re.escape(result.arms[0])}"))
    agree([result.statistic], given(results, place, "likelihood ratio of the interaction"), tolerance=1e-5)


def test_baseline_agrees(sample, results):
    place, made_by = next((str(i), r) for i, (_, r) in enumerate(figures(sample), 1) if r.kind == "baseline")
    cohort = patients_of(sample, made_by)
    table = baseline(cohort, by=ARM)
    for factor in cohort.mapping.factors:
        rows = table.rows[table.rows.variable == factor.key]
        if factor.kind == "categorical" and factor.known == "baseline":
            counts = [rows[(rows.level == level) & (rows.group == group)]["count"].iloc[0]
                      for group in cohort.levels(ARM) for level in cohort.levels(factor.key)]
            assert given(results, place, factor.label).tolist() == counts
        elif factor.known == "baseline":
            for r in rows[rows.level == ""].itertuples():
                name = f"{factor.label} {r.group} "
                agree([r.median, r.low_quartile, r.high_quartile],
                      results[(results.figure == place) & results.what.str.startswith(name)].value)


def test_response_and_adverse_events_agree(sample, results):
    of = {r.kind: (str(i), patients_of(sample, r)) for i, (_, r) in enumerate(figures(sample), 1)}
    place, cohort = of["response"]
    rates = response(cohort).rates.query("rate == 'objective response'")
    assert given(results, place, "objective response").tolist() == rates.n_event.tolist()
    for r in rates.itertuples():
        value = results[(results.figure == place) & results.what.str.startswith(f"exact limits, {r.arm} ")].value
        agree([r.conf_low, r.conf_high], value)
    place, cohort = of["butterfly"]
    events = adverse_events(cohort)
    for band, words in (("any", "1"), (">=3", "3")):
        for term in cohort.worst_grades.terms:
            had = events.rows[(events.rows.term == term) & (events.rows.band == band)].n_event.tolist()
            assert given(results, place, f"{term}, grade >= {words}").tolist() == had
            test = events.tests[(events.tests.term == term) & (events.tests.band == band)].p_value.dropna()
            value = results[(results.figure == place) & (results.what == f"{term}, grade >= {words}, Fisher")].value
            agree(test, value)


def test_a_stratified_test_agrees(sample, results):
    place, made_by = next((str(i), r) for i, (_, r) in enumerate(figures(sample), 1) if r.kind == "test")
    options = options_of(TestOptions, made_by.choices["test"])
    statistic = compare(patients_of(sample, made_by), endpoint="OS", by=ARM, options=options).statistic
    agree(statistic, given(results, place, options.words()))


def test_no_identifier_and_nothing_else_is_in_the_patients_files(sample):
    made_by = recipe(sample.filter({"pvtt": {"in": ["Vp3"]}}), "curves", endpoint="OS", by="arm", conf_type="log",
                     behind=False, options={})
    _, (patients,) = r_script(sample, [("one", made_by)])
    assert list(patients.table().columns) == ["OS_time", "OS_event", "arm", "pvtt"]


def test_named_groups_are_a_column(sample):
    large, small = (Definition(filters=Filters.from_json({"tumor_size": {s: 10}})) for s in ("gt", "le"))
    groups = Groups().with_group("Große \"Tumoren\"", large).with_group("小", small)
    made_by = recipe(with_groups(sample, groups), "curves", endpoint="OS", by=GROUPS, conf_type="log", behind=False,
                     options={})
    code, (patients,) = r_script(sample, [("groups", made_by)])
    assert '"Große \\"Tumoren\\"", "小"' in code and "named_groups" in patients.table()


def recipe_of(cohort, kind="curves", **choices):
    curves = {"endpoint": "OS", "by": "arm", "conf_type": "log", "behind": False, "options": {}}
    return recipe(cohort, kind, **({**curves, **choices} if kind in ("curves", "panes") else choices))


def test_panes_are_of_the_figure_s_patients(sample):
    """Those of a filtered variable, and of a selection against all others; a level without patients has none."""
    filtered = sample.filter({"pvtt": {"in": ["Vp3"]}, "age": {"gt": 50}})
    code, _ = r_script(sample, [("panes", recipe_of(filtered, "panes", panes_by="age"))])
    assert code.count("age > 50") == 2 and '%in% "< 65"' in code
    code, _ = r_script(sample, [("panes", recipe_of(filtered, "panes", panes_by="pvtt"))])
    assert code.count("survfit(Surv(time, event)") == 1 and '%in% "Vp3"' in code
    rest = against_rest(sample.filter({"tumor_size": {"gt": 8}}))
    code, (patients,) = r_script(sample, [("rest", recipe_of(rest, "panes", by=SELECTION, panes_by="sex"))])
    assert "d <- patients\n" in code and {"selection", "sex"} <= set(patients.table())


def test_a_number_of_few_values_stratifies_by_each():
    frame = pd.DataFrame({"arm": list("ab") * 30, "nodes": [i % 5 for i in range(60)], "time": range(1, 61),
                          "event": [1] * 60})
    cohort = cohort_from(frame)
    made_by = recipe(cohort, "test", endpoint="OS", by="arm", test=TestOptions(stratify_by=("nodes",)))
    _, (patients,) = r_script(cohort, [("test", made_by)])
    assert sorted(patients.table()["nodes_stratum"].dropna().unique()) == [1, 2, 3, 4, 5]


def test_other_names_have_their_own_file(sample):
    plain_one = recipe_of(sample.filter({"pvtt": {"in": ["Vp2", "Vp3"]}}), by="pvtt")
    other = replace(plain_one, names={"pvtt": {"Vp3": "drei"}})
    code, files = r_script(sample, [("plain", plain_one), ("other", other)])
    first, second = code.split("patients-2.csv")
    assert len(files) == 2 and '"drei"' in second and '"drei"' not in first


def test_columns_of_the_script_s_own_are_reserved():
    frame = pd.DataFrame({"group": ["low", "high"] * 10, "entry": range(20), "arm": list("ab") * 10,
                          "time": range(1, 21), "event": [1] * 20})
    patients = patients_of_script(cohort_from(frame), "a.csv")
    assert not {"group", "entry", "time", "event"} & set(patients.frame)


def test_a_figure_under_another_mapping_is_said(sample):
    other = replace(recipe_of(sample), coding="0" * 12)
    code, files = r_script(sample, [("other", other), ("this", recipe_of(sample))])
    assert "read in another way" in code and code.count("survfit(Surv(time, event)") == 1 and len(files) == 1


def test_where_one_group_is_left_nothing_is_compared(sample):
    lone = sample.filter({"arm": {"in": ["TACE+IMRT"]}})
    for made_by in (recipe_of(lone), recipe_of(lone, "subgroups", endpoint="OS", factors=("sex",), sort="as mapped")):
        code, _ = r_script(sample, [("lone", made_by)])
        assert "survdiff" not in code and "coxph(Surv(time, event) ~ group," not in code
    model = recipe_of(lone, "model", endpoint="OS", covariates=("arm", "age"), options=CoxOptions())
    assert "~ x1, data" in r_script(sample, [("model", model)])[0]


@pytest.mark.parametrize("condition, words", [
    (Condition(levels=("Vp3", 'a"b')), '(pvtt %in% c("Vp3", "a\\"b"))'),
    (Condition(levels=("Vp3",), negated=True), '!(pvtt %in% c("Vp3"))'),
    (Condition(missing=True), "(is.na(pvtt))"), (Condition(missing=False), "(!is.na(pvtt))"),
    (Condition(levels=(), missing=True), "((pvtt %in% c() | is.na(pvtt)))")])
def test_conditions_in_r(sample, condition, words):
    assert patients_of_script(sample, "a.csv").condition("pvtt", condition) == words


def test_what_cannot_be_had_is_said_and_the_others_stand(sample):
    nobody = recipe(sample.filter({"age": {"gt": 200}}), "model", endpoint="OS", covariates=("arm",),
                    options=CoxOptions())
    curves_of = recipe(sample, "curves", endpoint="OS", by="arm", conf_type="log", behind=False, options={})
    code, _ = r_script(sample, [("none", nobody), ("curves", curves_of)])
    assert "# No covariate has two values" in code and "survfit" in code
