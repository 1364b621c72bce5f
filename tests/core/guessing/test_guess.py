"""What a file holds is recognised, or asked."""

import numpy as np
import pytest

from core.errors import MappingError, NeedsAnswer
from tests.conftest import REFERENCE, read_answered
from tests.shared.files import from_text, rows


def test_the_sample_is_recognised_whole(sample):
    mapping = sample.mapping
    assert mapping.patient_id == "patient_id"
    assert mapping.arm.reference == "TACE+IMRT"
    assert sample.endpoints == ("OS", "PFS")
    assert {f.key for f in mapping.factors} == {
        "age", "sex", "ecog", "child_pugh", "etiology", "afp", "tumor_size", "tumor_number", "pvtt",
        "hvtt", "t_stage", "n_stage"}
    assert mapping.response.known == "later"
    assert len(mapping.failure_sites) == 3 and len(mapping.adverse_events) == 17
    assert sample.levels("pvtt") == ("none", "Vp2", "Vp3", "Vp4")


def test_a_dictionary_name_never_forces_numeric(hcc):
    """AFP and tumour size of this cohort are the codes 1 and 2."""
    assert hcc.n == 227
    assert hcc.mapping.arm is None
    assert hcc.endpoints == ("OS", "RFS")
    assert hcc.variable("afp").kind == "categorical"
    assert hcc.levels("tumor_size") == ("1", "2")
    assert hcc.variable("age").kind == "numeric"


def test_a_status_that_no_convention_decides_is_asked():
    text = rows().replace(",0,", ",7,")
    with pytest.raises(NeedsAnswer, match="Which value of 'OS_event' means an event") as error:
        from_text(text)
    assert error.value.choices == ("1", "7")


@pytest.mark.parametrize("file", ["lung.csv", "ovarian.csv"])
def test_what_a_plain_time_and_status_are_is_asked(file):
    """Their unit, of which days and weeks are possible, and their endpoint; the answers name it."""
    cohort = read_answered(REFERENCE / file, "days", "Overall survival")
    endpoint, = cohort.mapping.endpoints
    assert (endpoint.name, endpoint.label, endpoint.unit) == ("OS", "Overall survival", "days")
    assert cohort.mapping.to_json()["endpoints"].keys() == {"OS"}


def test_ones_of_a_censoring_column_are_censored():
    cohort = from_text(rows().replace("OS_event", "OS_censor"))
    assert cohort.mapping.endpoints[0].event_values == ("0",)
    assert any("0 means event" in m for m in cohort.findings.message)


@pytest.mark.parametrize(("header", "unit"), [
    ("OSdays", "days"), ("os_m", "months"), ("OS (weeks)", "weeks"), ("OS_d", "days")])
def test_the_unit_in_a_header(header, unit):
    assert from_text(rows().replace("OS_months", header)).mapping.endpoints[0].unit == unit


def test_no_column_is_lost_where_keys_meet():
    text = "id,CD4+,CD4-,Возраст,Пол,arm,treatment,ae_hair_loss,ae_Hair loss\n" + "".join(
        f"p{i},{i % 2},{i % 3},{40 + i},{'мж'[i % 2]},{'ab'[i % 2]},{'xy'[i % 2]},{i % 4},0\n"
        for i in range(20))
    cohort = from_text(text)
    assert {"cd4", "cd4_2", "возраст", "пол", "treatment", "ae_hair_loss"} <= set(cohort.variables)
    assert (cohort.worst_grades.grades[:, 0] == np.arange(20) % 4).all()
    for key in ("patient_id", "OS time", "arm"):
        with pytest.raises(MappingError, match="already used by another role"):
            from_text(rows(), {**from_text(rows()).mapping.to_json(),
                               "factors": {key: {"column": "age", "kind": "numeric"}}})


@pytest.mark.parametrize(("time", "event"), [
    ("days_to_recurrence", "recurrence"), ("time", "status"), ("OS_months", "OS_event")])
def test_a_time_that_only_the_events_have_is_no_endpoint(time, event):
    """How long the others were followed is not known: an endpoint of those with the event alone would be wrong."""
    text = f"id,age,{time},{event}\n" + "".join(f"p{i},{40 + i},{30 + i if i % 2 else ''},{i % 2}\n" for i in range(40))
    cohort = from_text(text)
    assert cohort.endpoints == () and cohort.n == 40
    assert any("filled only for patients with the event" in m for m in cohort.findings.message)


def test_codes_without_labels_are_asked_once():
    """AFP 1 and 2, BCLC 1, 2, 3: left as codes, left out, or measured."""
    text = "id,OS_months,OS_event,AFP,BCLC,age\n" + "".join(
        f"p{i},{i + 3},{i % 2},{1 + i % 2},{1 + i % 3},{40 + i}\n" for i in range(30))
    with pytest.raises(NeedsAnswer, match="What do the codes 1, 2, 3 of AFP, BCLC stage mean") as asked:
        from_text(text)
    assert asked.value.choices == ("Leave as codes", "Leave these columns out", "They are measured: AFP in ng/mL")
    assert "AFP 1: 15, 2: 15" in asked.value.meanings[0]
    kept = read_answered(text.encode(), "Leave as codes")
    assert kept.levels("afp") == ("1", "2") and kept.levels("bclc") == ("1", "2", "3")
    assert {"afp", "bclc"}.isdisjoint(read_answered(text.encode(), "Leave these").variables)
    assert read_answered(text.encode(), "They are measured").variable("afp").kind == "numeric"


@pytest.mark.parametrize(("header", "values"), [
    ("AFP", (2, 400)), ("dose", (5, 9)), ("BCLC", ("0", "A")), ("ECOG", (0, 1)), ("Tumor number", (1, 2)),
    ("AFP (1: <=400; 2: >400)", (1, 2)), ("ascites", (0, 1))])
def test_what_is_no_bare_code_is_not_asked(header, values):
    from_text(f"id,OS_months,OS_event,{header},age\n" + "".join(
        f"p{i},{i + 3},{i % 2},{values[i % 2]},{40 + i}\n" for i in range(30)))


@pytest.mark.parametrize("bare", ["Ⅰ型", "II", "1", "Cheng II", "type III"])
def test_two_classifications_of_thrombus_in_one_column_are_asked(bare):
    text = "id,OS_months,OS_event,PVTT,age\n" + "".join(
        f"p{i},{i + 3},{i % 2},{('none', 'VP3', 'VP4', bare)[i % 4]},{40 + i}\n" for i in range(40))
    with pytest.raises(NeedsAnswer, match=f"holds {bare} beside Vp") as asked:
        from_text(text)
    assert "10 patients without a grade" in asked.value.meanings
    data = text.encode()
    assert all(v.startswith("Vp") for v in read_answered(data, "All are Vp").levels("pvtt")[1:])
    apart = read_answered(data, "Two classifications")
    assert apart.levels("pvtt") == ("none", "Vp3", "Vp4") and apart.table["pvtt"].isna().sum() == 10
    assert len(read_answered(data, "Keep each").levels("pvtt")) == 4
