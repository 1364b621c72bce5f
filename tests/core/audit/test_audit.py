"""The audit: the built-in paper's findings, a second paper's table, and what a malformed table is told."""

import math

import numpy as np
import pytest
from scipy.stats import chi2_contingency, fisher_exact

from core.audit.audit import PERCENT, SUMS, P, audit, tests_of
from core.audit.finding import AGREES, DIFFERS, IMPOSSIBLE, NOT_CHECKABLE
from core.audit.intervals import INTERVAL, check_p, least_error
from core.audit.printed_table import Entry, Printed, read_audit
from core.charts.published import audit_figure, widths_figure
from core.errors import AuditTableError, ReadingError
from core.hazards import cox
from tests.conftest import ROOT

tests_of.__test__ = False  # a function of the app, not a test


@pytest.fixture(scope="module")
def yang():
    return audit(read_audit(ROOT / "sample_data" / "yang2023_audit.csv"))


@pytest.fixture(scope="module")
def physicians():
    return audit(read_audit(ROOT / "sample_data" / "physicians1989_audit.csv"))


def of(found, table, row, check):
    rows = found.findings
    return rows[(rows.table == table) & (rows.row == row) & (rows.check == check)].iloc[0]


def test_which_tests_give_the_printed_p(yang):
    assert yang.totals()[0] == "10 of 42 recomputable p-values by Fisher exact, as claimed"
    assert "29 by Pearson χ²" in yang.totals()
    assert "2 by none of the tests tried (a p may be given by several)" in yang.totals()
    assert yang.totals()[-1] == "12 rows without an event in any group: nothing to test"
    none = yang.findings[yang.findings.words.str.contains("none of")]
    assert none.row.tolist() == ["Underlying disease", "ECOG"]
    sex = of(yang, "Table 1", "Sex, male", P)
    assert sex.verdict == DIFFERS and sex.words == "Fisher exact gives .754; Pearson χ² gives .579"
    assert of(yang, "Table 2", "CR", P).verdict == AGREES
    assert of(yang, "Table 4, labels corrected", "Nausea, grade 3", P).verdict == NOT_CHECKABLE


def test_every_interval_of_table_3_is_judged(yang):
    verdicts = yang.widths.set_index("row").verdict
    assert len(verdicts) == 14 and (verdicts == IMPOSSIBLE).sum() == 12
    assert verdicts["treatment, TACE+IMRT+sorafenib against TACE+IMRT"] == AGREES
    t_stage = yang.widths.set_index("row").loc["t stage, T4 against T3b"]
    assert t_stage.least == pytest.approx(math.sqrt(1 / 3 + 1 / 79)) and t_stage.deaths > 8000
    assert t_stage.std_error == pytest.approx(math.log(1.0715 / 0.9865) / (2 * 1.959964), rel=1e-6)
    words = of(yang, "Table 3", "underlying, HBV against No", INTERVAL).words
    assert "70 and 7 patients, all of them dead" in words and "at least 214,798 deaths" in words


def test_labels_one_row_too_low_make_parts_larger_than_their_whole(yang):
    sums = yang.findings[yang.findings.check == SUMS]
    assert set(sums.table) == {"Table 4, as printed"} and (sums.verdict == IMPOSSIBLE).all()
    said = " ".join(sums.words)
    assert "32 patients in Increased ALT, any grade, but 27 in Hepatotoxicity (group), any grade" in said
    percent = yang.findings[yang.findings.check == PERCENT]
    assert percent.words.tolist() == ["group 1: 9 of 35 is 25.7%, not 28.6%"]


def test_a_second_paper(physicians):
    """Steering Committee of the Physicians' Health Study. N Engl J Med 1989;321:129."""
    assert (physicians.widths.verdict == AGREES).all() and len(physicians.widths) == 7
    assert not (physicians.findings.check == SUMS).any()  # fatal and nonfatal add up
    assert "by Pearson χ²" in " ".join(physicians.totals())
    assert physicians.widths.set_index("row").least["Ulcer"] == pytest.approx(math.sqrt(1 / 169 + 1 / 138))


def test_the_tests_are_scipy_s():
    table = np.array([[9, 25], [26, 22]])
    found = tests_of(table)
    assert found["Fisher exact"] == pytest.approx(fisher_exact(table)[1])
    assert found["Pearson χ²"] == pytest.approx(chi2_contingency(table, correction=False)[1])
    assert found["Yates χ²"] == pytest.approx(chi2_contingency(table)[1])
    ratio = chi2_contingency(table, correction=False, lambda_="log-likelihood")[1]
    assert found["Likelihood ratio"] == pytest.approx(ratio)
    larger = np.array([[3, 2], [14, 24], [14, 13]])
    assert tests_of(larger)["Likelihood ratio"] == pytest.approx(chi2_contingency(larger, lambda_="log-likelihood")[1])


@pytest.mark.parametrize("covariates", [["arm"], ["arm", "age", "pvtt"], ["arm", "hvtt", "ecog", "afp", "tumor_size"],
                                        ["pvtt", "sex", "tumor_number", "n_stage", "t_stage"]])
def test_no_fitted_model_is_more_certain_than_the_bound(sample, covariates):
    """SE ≥ √(1/d₁ + 1/d₀) by the deaths of a level and its reference, and 2/√d by all deaths; adjusted or not."""
    model = cox(sample, endpoint="OS", covariates=covariates)
    deaths = model.levels.set_index(["term", "level"]).n_event
    terms = model.terms[(model.terms.reference != "") & (model.terms.reason == "")]
    assert len(terms)
    for t in terms.to_dict("records"):
        level, reference = deaths[t["term"], t["level"]], deaths[t["term"], t["reference"]]
        known = Entry(2, "", t["level"], "", sizes={"deaths_level": level, "deaths_reference": reference})
        assert t["std_error"] >= least_error(known)[0]
        assert t["std_error"] >= least_error(Entry(2, "", "", "", sizes={"deaths": model.n_event}))[0]


def test_rounding_is_in_the_paper_s_favour():
    ratio = tuple(map(Printed.from_text, ("0.49", "0.28", "0.86")))
    for p, agrees in ((".013", True), (".012", True), (".05", False), ("<.001", False)):
        printed = Printed.from_text(p, p.lstrip("<"), "<" if "<" in p else "")
        found = check_p(Entry(2, "", "x", "", p=printed, ratio=ratio), ratio)[0]
        assert (found.verdict == AGREES) is agrees, p
    assert Printed.from_text(".372").agrees(0.3724) and not Printed.from_text(".372").agrees(0.3726)
    below = Printed.from_text("<.001", ".001", "<")
    assert below.agrees(0.0009) and not below.agrees(0.001)


HEAD = "label,events_1,n_1,events_2,n_2,p\n"


@pytest.mark.parametrize(("text", "shown", "value", "decimals", "sign"), [
    ("1", "1", 1, 1, ""), ("1.00", "1.00", 1, 2, ""), (".111", ".111", 0.111, 3, ""), ("P = .03", ".03", 0.03, 2, ""),
    ("p<0.001", "<0.001", 0.001, 3, "<"), (">.99", ">.99", 0.99, 2, ">")])
def test_a_p_is_read_as_it_is_printed(text, shown, value, decimals, sign):
    p = read_audit(f"{HEAD}x,1,10,3,10,{text}\ny,1,2,1,2,.5\n".encode(), name="typed.csv")[0].p
    assert (str(p), p.value, p.decimals, p.sign) == (shown, value, decimals, sign)


@pytest.mark.parametrize(("text", "said"), [
    ("events_1,n_1\n1,2\n3,4\n", "The column label is missing."),
    ("label,arm_a,p\nx,1,.5\ny,2,.4\n", "There is no column 'arm_a' in such a table."),
    (HEAD + "x,five,10,3,10,.5\ny,1,2,1,2,.5\n",
     "line 2, column events_1: 'five' is not a count: write a whole number"),
    (HEAD + "x,12,10,3,10,.5\ny,1,2,1,2,.5\n", "line 2, column events_1: 12 events of 10 patients"),
    (HEAD + "x,1,10,3,10,n.s.\ny,1,2,1,2,.5\n", "line 2, column p: 'n.s.' is not a p-value"),
    (HEAD + "x,1,10,3,10,0\ny,1,2,1,2,.5\n", "line 2, column p: '0' is not a p-value"),
    (HEAD + "x,1,10,3,10,1.3\ny,1,2,1,2,.5\n", "line 2, column p: '1.3' is not a p-value"),
    (HEAD + "x,1,,3,10,.5\ny,1,2,1,2,.5\n", "line 2, column n_1: is empty, a group needs events and n"),
    ("label,ratio,low,high\nx,1.2,1.4,2\ny,1,.5,2\n", "1.4 ≤ 1.2 ≤ 2 does not hold"),
    ("label,ratio,low,high\nx,1.2,,2\ny,1,.5,2\n", "a ratio needs ratio, low and high"),
    (HEAD + ",1,10,3,10,.5\ny,1,2,1,2,.5\n", "line 2, column label: is empty"),
])
def test_a_malformed_table_gets_a_sentence_with_line_and_column(text, said):
    with pytest.raises((AuditTableError, ReadingError)) as error:
        audit(read_audit(text.encode(), name="typed.csv"))
    assert said in str(error.value)


def test_a_small_table_as_a_reader_types_it():
    text = HEAD + "Rash,12,40,5,42,.06\nFever,3,40,3,42,1.0\nDeath,0,40,0,42,1.0\n"
    found = audit(read_audit(text.encode(), name="typed.csv"), claimed="Pearson χ²")
    assert found.totals()[0].startswith("1 of 2 recomputable p-values by Pearson χ²")
    figure = audit_figure(found, "typed.csv", "0" * 64, found.findings)
    assert len(figure.table) == 3 and "In words" in figure.table and "No patient data" in figure.provenance.filters


def test_headers_of_any_case_are_read():
    found = read_audit(b"Label,Events 1,N 1,EVENTS_2,n_2,P\nFever,3,20,5,22,.70\n")
    assert found[0].label == "Fever" and [g.events for g in found[0].groups] == [3, 5] and str(found[0].p) == ".70"
    with pytest.raises(AuditTableError, match="Label and label have the same name"):
        read_audit(b"Label,label,p\na,b,.5\n")


def test_names_of_no_row_are_told_with_the_nearest():
    head = "table,label,events_1,n_1,within,sum_of\n"
    rows = "A,Any stroke,9,20,,Fatal stroke + Nonfatl stroke\nA,Fatal stroke,4,20,Any Stroke,\n" \
           "A,Nonfatal stroke,5,20,,\nB,Other,1,20,Fatal stroke,\n"
    with pytest.raises(AuditTableError) as told:
        read_audit((head + rows).encode())
    assert "line 2, column sum_of: 'Nonfatl stroke' is not the label of a row with counts in this table, is it " \
           "'Nonfatal stroke'?" in str(told.value)
    assert "line 3, column within: 'Any Stroke'" in str(told.value) and "is it 'Any stroke'?" in str(told.value)
    assert ("line 5, column within: 'Fatal stroke' is not the label of a row with counts in this table"
            in str(told.value))


def test_intervals_are_drawn_within_their_axis(yang):
    figure = widths_figure(yang, "yang", "0" * 64)
    rows = figure.chart["datasets"]["rows"]
    assert len(rows) == 14 and all(0.2 <= r["low"] <= r["ratio"] <= r["high"] <= 5 for r in rows)
    assert figure.summary == ("12 of 14 intervals are narrower than the patients allow",)


def test_a_ratio_is_held_against_what_bounds_its_kind():
    head = "label,kind,events_1,n_1,events_2,n_2,ratio,low,high,p,deaths\n"
    text = (head + "Cured,risk ratio,80,100,60,100,1.33,1.11,1.61,,\nCured,odds ratio,80,100,60,100,2.67,1.42,5.02,,\n"
            "Age,per unit,,,,,1.02,1.01,1.03,,80\nAFP,per unit,,,,,1.00,1.00,1.00,.03,80\n"
            "Sex,,,,,,0.03,0.00,0.21,,80\n")
    verdicts = audit(read_audit(text.encode(), name="typed.csv")).widths.verdict.tolist()
    assert verdicts == [AGREES, AGREES, NOT_CHECKABLE, NOT_CHECKABLE, AGREES]
    with pytest.raises(AuditTableError, match="'rate' is none of hazard ratio, risk ratio"):
        read_audit((head + "x,rate,8,10,6,10,1.3,1.1,1.6,,\ny,,1,2,1,2,,,,.5,\n").encode(), name="typed.csv")
