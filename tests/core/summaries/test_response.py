"""Response and failure against the published tables, R's exact limits, and what is missing."""

import io

import pytest
from scipy.stats import binomtest, fisher_exact

from core import read_cohort
from core.charts.response import failure_figure, response_figure, waterfall_figure
from core.charts.swimmer import swimmer_figure
from core.errors import MappingError, NeedsAnswer, NotEstimable
from core.guessing.guess import guess_mapping
from core.mapping.response_levels import category_of
from core.reading.read_table import read_table
from core.summaries import response
from core.summaries.duration import duration_of_response
from core.summaries.failure import ANY, failure_pattern
from core.summaries.response import CONTROL, NOT_EVALUABLE, OBJECTIVE, ResponseOptions
from core.survival.kaplan_meier import kaplan_meier

A, B = "TACE+IMRT+sorafenib", "TACE+IMRT"


def test_the_published_responses(sample):
    """Yang 2023, table 2."""
    found = response(sample)
    rows = found.rows.set_index(["level", "arm"])["count"]
    for level, ours, others in (("CR", 3, 0), ("PR", 13, 21), ("SD", 11, 15), ("PD", 8, 11)):
        assert (rows[level, A], rows[level, B]) == (ours, others)
    rates = found.rates.set_index(["rate", "arm"])
    assert (rates.n_event[OBJECTIVE, A], rates.n_event[OBJECTIVE, B]) == (16, 21)
    assert (rates.n_event[CONTROL, A], rates.n_event[CONTROL, B]) == (27, 36)
    limits = binomtest(16, 35).proportion_ci(method="exact")
    assert (rates.conf_low[OBJECTIVE, A], rates.conf_high[OBJECTIVE, A]) == pytest.approx((limits.low, limits.high))
    test = found.tests.set_index("rate").loc[OBJECTIVE]
    assert test.p_value == pytest.approx(fisher_exact([[16, 19], [21, 26]])[1]) and test.reference == B


def test_the_published_failure_pattern(sample):
    found = failure_pattern(sample)
    rows = found.sites.set_index(["site", "arm"]).n_event
    for site, ours, others in ((ANY, 22, 34), ("Failure local", 4, 7), ("Failure intrahepatic", 10, 27),
                               ("Failure extrahepatic", 10, 12)):
        assert (rows[site, A], rows[site, B]) == (ours, others)
    assert found.together["count"].sum() == 82 and found.missing == 0
    several = found.together[found.together[list(found.names)].sum(axis=1) > 1]
    assert several["count"].sum() == 13  # patients with more than one site
    none = found.together[~found.together[list(found.names)].any(axis=1)]
    assert none["count"].sum() == 82 - 56


def cohort_of(rows, header="id,arm,response,OS_months,OS_event", mapping=None):
    return read_cohort(io.BytesIO("\n".join([header, *rows]).encode()), mapping)


@pytest.fixture(scope="module")
def small():
    best = ["CR", "PR", "SD", "PD", "NE", "", "PR", "SD", "PD", "CR"]
    return cohort_of([f"p{i},{'ab'[i % 2]},{r},{i + 3},{i % 2}" for i, r in enumerate(best)])


def test_who_is_not_evaluable_or_missing_has_no_response(small):
    found = response(small)
    rates = found.rates.set_index(["rate", "arm"])
    assert rates.n.tolist() == [5, 5, 5, 5] and rates.n_event[OBJECTIVE].sum() == 4
    rows = found.rows.groupby("level")["count"].sum()
    assert rows[NOT_EVALUABLE] == 2
    only = response(small, options=ResponseOptions(evaluable_only=True)).rates.set_index(["rate", "arm"])
    assert only.n[OBJECTIVE].sum() == 8 and only.n_event[OBJECTIVE].sum() == 4


@pytest.mark.parametrize(("level", "kind"), [("CR", "CR"), ("partial response", "PR"), ("疾病稳定", "SD"), ("PD", "PD"),
                                             ("NE", ""), ("not complete", ""), ("Progressive disease", "PD")])
def test_levels_are_recognised(level, kind):
    assert category_of(level) == kind


def test_levels_can_be_named_where_they_are_codes():
    rows = [f"p{i},{'ab'[i % 2]},{1 + i % 4},{i + 3},{i % 2}" for i in range(16)]
    file = "\n".join(["id,arm,response,OS_months,OS_event", *rows]).encode()
    mapping = guess_mapping(read_table(file)).mapping.to_json()
    mapping["response"] = {"column": "response", "levels": {"1": "one", "2": "two", "3": "three", "4": "four"},
                           "known": "later", "kind": "categorical", "label": "Response"}
    coded = cohort_of(rows, mapping=mapping)
    with pytest.raises(NotEstimable, match="is not known"):
        response(coded)
    asked = (("one", "response"), ("two", "response"), ("three", "control"), ("four", "progression"))
    found = response(coded, options=ResponseOptions(meanings=asked))
    assert found.rates[found.rates.rate == OBJECTIVE].n_event.sum() == 8


def eight(levels, meanings=None):
    """A cohort of sixteen, half with each of two responses, whose mapping says what they mean."""
    rows = [f"p{i},{'ab'[i % 2]},{levels[i // 2 % 2]},{i + 3},{i % 2}" for i in range(16)]
    mapping = guess_mapping(read_table(("id,arm,response,OS_months,OS_event\n" + "\n".join(rows)).encode()))
    data = mapping.mapping.to_json()
    data["response"]["meanings"] = meanings or {}
    return cohort_of(rows, mapping=data)


@pytest.mark.parametrize("only", [False, True])
def test_a_level_that_nobody_classified_is_never_left_out(only):
    """Responder / Sprout: 8 of 16, in both modes, and the note that counts the others stands in both."""
    found = response(eight(("Responder", "Sprout")), options=ResponseOptions(evaluable_only=only))
    rates = found.rates[found.rates.rate == OBJECTIVE]
    assert rates.n.sum() == 16 and rates.n_event.sum() == 8
    assert found.unclassified == {"Sprout": 8}
    notes = " ".join(response_figure(eight(("Responder", "Sprout")), found).notes)
    assert "The meaning of these responses is not set: Sprout (8)" in notes


@pytest.mark.parametrize("only", [False, True])
def test_a_non_responder_is_no_response_and_disease_control_is_not_known(only):
    cohort = eight(("Responder", "Non-responder"))
    found = response(cohort, options=ResponseOptions(evaluable_only=only))
    rates = found.rates.set_index("rate")
    assert rates.loc[OBJECTIVE].n_event.sum() == 8 and rates.loc[OBJECTIVE].n.sum() == 16
    assert rates.loc[CONTROL].estimate.isna().all() and found.tests.set_index("rate").loc[CONTROL].isna().any()
    assert "Disease control is unknown for Non-responder" in " ".join(response_figure(cohort, found).notes)


def test_the_mapping_says_what_a_level_means():
    cohort = eight(("alpha", "omega"), {"alpha": "response", "omega": "not evaluable"})
    every, only = (response(cohort, options=ResponseOptions(evaluable_only=o)).rates.set_index("rate").loc[OBJECTIVE]
                   for o in (False, True))
    assert every.n.sum() == 16 and only.n.sum() == 8 and every.n_event.sum() == only.n_event.sum() == 8
    assert cohort.mapping.to_json()["response"]["meanings"] == {"alpha": "response", "omega": "not evaluable"}
    with pytest.raises(MappingError, match="means 'cured'"):
        eight(("alpha", "omega"), {"alpha": "cured"})


def test_what_no_name_tells_is_asked():
    rows = "".join(f"p{i},{'ab'[i % 2]},{'Sprout' if i % 3 else 'CR'},{i + 3},{i % 2}\n" for i in range(18))
    file = f"id,arm,response,OS_months,OS_event\n{rows}".encode()
    with pytest.raises(NeedsAnswer, match="What does the response 'Sprout' mean") as asked:
        read_cohort(file)
    answered = asked.value.answered(next(c for c in asked.value.choices if c.startswith("progression")))
    cohort = read_cohort(file, answered)
    assert cohort.mapping.response.meanings == {"Sprout": "progression"}
    assert response(cohort).unclassified == {}


def test_an_empty_arm_and_one_arm_are_sentences(sample, hcc):
    found = response(sample.filter({"arm": {"in": [B]}}))
    assert found.tests.p_value.isna().all() and found.rates[found.rates.arm == A].estimate.isna().all()
    figure = response_figure(sample.filter({"arm": {"in": [B]}}), found)
    assert figure.summary == () and "no p" in figure.provenance.method
    with pytest.raises(NotEstimable, match="No tumour response is mapped"):
        response(hcc, by="BCLC")
    with pytest.raises(NotEstimable, match="No failure site is mapped"):
        failure_pattern(hcc, by="BCLC")


def test_figures_hold_no_identifier_and_every_patient(sample):
    figure = failure_figure(sample, failure_pattern(sample))
    totals = [b for b in figure.chart["datasets"]["bars"] if b["text"]]
    assert sum(int(b["text"]) for b in totals) == 82 and "P001" not in str(figure.chart)
    bars = response_figure(sample, response(sample)).chart["datasets"]["bars"]
    for arm in {b["arm"] for b in bars}:
        assert max(b["to"] for b in bars if b["arm"] == arm) == pytest.approx(1)


@pytest.fixture(scope="module")
def dated():
    """Twelve patients: responses known at month 2, 3 or 4, progression at 6 to 9, the end at 8 to 12."""
    best = ["CR", "PR", "SD", "PD"] * 3
    rows = [f"p{i},{'ab'[i % 2]},{r},{2 + i % 3},{12 - i % 5},{i % 2},{6 + i % 4},1,{i * 5 - 35}"
            for i, r in enumerate(best)]
    header = "id,arm,response,response_months,OS_months,OS_event,PFS_months,PFS_event,change_percent"
    mapping = cohort_of(rows, header).mapping.to_json()
    mapping["response"]["when"] = {"column": "response_months", "unit": "months"}
    mapping["factors"] = {"change": {"column": "change_percent", "kind": "numeric", "label": "Change", "unit": "%",
                                     "known": "later"}}
    return cohort_of(rows, header, mapping)


def test_duration_of_response_runs_from_the_response(dated):
    found = duration_of_response(dated)
    assert (found.endpoint, found.responders, found.undated) == ("PFS", 6, 0)
    result = kaplan_meier(found.cohort, endpoint="PFS", by=None)
    assert duration_of_response(dated.filter({"arm": {"in": ["a"]}})).cohort.words() == "Arm a"
    responders = [i for i in range(12) if i % 4 < 2]
    assert sorted(result.curves.time) == sorted({(6 + i % 4) - (2 + i % 3) for i in responders})
    assert result.medians.n[0] == 6 == result.medians.n_event[0]


def test_courses_and_changes_are_drawn_without_identifiers(dated):
    lanes = swimmer_figure(dated, "arm")
    assert len(lanes.chart["datasets"]["lanes"]) == 12 and "p11" not in str(lanes.chart)
    assert (lanes.drawn.what == "response").sum() == 6
    fall = waterfall_figure(dated, "change", "arm")
    heights = [b["y"] for b in fall.chart["datasets"]["bars"]]
    assert heights == sorted(heights, reverse=True) and len(heights) == 12


def test_without_dates_there_is_no_duration(sample):
    with pytest.raises(NotEstimable, match="No column gives the date of response"):
        duration_of_response(sample)


def test_a_waterfall_counts_everybody_where_bars_are_thinned():
    rows = [f"p{i},{'ab'[i % 2]},{60 - i % 121},{5 + i % 9},{i % 2}" for i in range(900)]
    header = "id,arm,best_change_percent,OS_months,OS_event"
    figure = waterfall_figure(cohort_of(rows, header), "best_change_percent", "arm")
    shrunk = sum(60 - i % 121 <= -30 for i in range(0, 900, 2))
    assert figure.table["Shrunk by 30% or more"].iloc[0].startswith(f"{shrunk} (")
    assert len(figure.chart["datasets"]["bars"]) == 400 and "400 of 900 bars are drawn" in figure.notes[0]


def test_without_overall_survival_a_course_ends_with_its_own_event():
    rows = [f"p{i},{'ab'[i % 2]},{['CR', 'PD'][i % 2]},2,{6 + i},{i % 2}" for i in range(8)]
    header = "id,arm,response,response_months,PFS_months,PFS_event"
    mapping = cohort_of(rows, header).mapping.to_json()
    mapping["response"]["when"] = {"column": "response_months", "unit": "months"}
    figure = swimmer_figure(cohort_of(rows, header, mapping), "arm")
    assert set(figure.drawn.what) == {"response", "event of PFS", "goes on"}


@pytest.mark.parametrize("level", ["Incomplete response", "Complete data missing", "Progression-free", "无进展", "NE"])
def test_what_is_no_category_is_none(level):
    assert category_of(level) == ""
    assert category_of("Non-CR/Non-PD") == "SD"


def test_a_blank_failure_site_leaves_nobody_known():
    rows = [f"p{i},{'ab'[i % 2]},,{i % 2},{6 + i},{i % 2}" for i in range(8)]
    header = "id,arm,failure_local,failure_distant,OS_months,OS_event"
    cohort = cohort_of(rows, header)
    mapping = cohort.mapping.to_json()
    mapping["failure_sites"] = {k: {"column": k, "kind": "categorical", "known": "later"}
                                for k in ("failure_local", "failure_distant")}
    mapping["factors"] = {}
    found = failure_pattern(cohort_of(rows, header, mapping))
    assert found.missing == 8 and found.sites.rate.isna().all()
