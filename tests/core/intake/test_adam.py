"""ADaM studies: endpoints, safety population, questions."""

import numpy as np
import pandas as pd
import pytest

from core import NeedsAnswer, read_cohort
from core.errors import MappingError
from core.summaries import adverse_events
from tests.conftest import REFERENCE
from tests.corpus.files import BASE, N, columns, cycle, raw, text

ADAM = {k: REFERENCE / "adam" / f"{k}.csv" for k in ("adsl", "adtte", "adae")}


@pytest.fixture(scope="module")
def adam():
    return read_cohort(ADAM)


@pytest.fixture(scope="module")
def frames():
    return {k: pd.read_csv(p, keep_default_na=False) for k, p in ADAM.items()}


def test_adam_endpoints_are_aval_and_inverted_cnsr(adam, frames):
    assert adam.endpoints == ("OS", "PFS", "CRSD", "EFS")  # TNE is a count
    for name in adam.endpoints:
        rows = frames["adtte"][name == frames["adtte"].PARAMCD].set_index("USUBJID").loc[frames["adsl"].USUBJID]
        np.testing.assert_allclose(adam.patients[f"{name} time"], rows.AVAL / 30.4375, rtol=1e-12)
        assert (adam.patients[f"{name} event"].to_numpy() == 1 - rows.CNSR.to_numpy()).all()
    assert adam.levels("arm")[0] == "B: Placebo"


def test_adam_grades_are_the_worst_per_term_of_emergent_events_in_the_safety_population(adam, frames):
    events = frames["adae"][frames["adae"].TRTEMFL == "Y"]
    worst = events.groupby(["USUBJID", "AEDECOD"]).AETOXGR.max()
    safe = frames["adsl"].set_index("USUBJID").SAFFL == "Y"
    grades = adam.worst_grades
    for term in grades.terms:
        for patient, grade in zip(adam.patients.patient_id, grades.grades[:, grades.terms.index(term)], strict=True):
            wanted = worst.get((patient, term), 0) if safe[patient] else np.nan
            assert grade == wanted or (np.isnan(grade) and np.isnan(wanted))
    body = events.groupby("AEDECOD").AEBODSYS.first()
    assert dict(zip(grades.terms, grades.categories, strict=True)) == {t: body[t] for t in grades.terms}


def test_the_safety_population_is_the_denominator():
    table = text(columns(), SAFFL=["N", *["Y"] * (N - 1)], ae_fever=cycle("0", "2"))
    rows = adverse_events(read_cohort(raw(table))).rows
    assert rows[rows.band == "any"].n.sum() == N - 1


def test_adam_without_its_subjects_is_refused():
    with pytest.raises(MappingError, match="without ADSL"):
        read_cohort({"adtte": ADAM["adtte"]})
    with pytest.raises(MappingError, match="does not have the columns of ADSL, ADTTE or ADAE"):
        read_cohort({"adsl": ADAM["adsl"], "x": raw(BASE)})
    with pytest.raises(MappingError, match="Two files are ADSL"):
        read_cohort({"a": ADAM["adsl"], "b": ADAM["adsl"]})


def test_an_adam_study_asks_as_a_file_does(frames):
    adsl = frames["adsl"].assign(PVTT=[["I", "II", "III", "IV"][i % 4] for i in range(len(frames["adsl"]))])
    with pytest.raises(NeedsAnswer, match="Vp or Cheng") as error:
        read_cohort({"adsl": adsl.to_csv(index=False).encode(), "adtte": ADAM["adtte"]})
    answered = read_cohort({"adsl": adsl.to_csv(index=False).encode(), "adtte": ADAM["adtte"]},
                           error.value.answered("Vp (Japan)"))
    assert answered.levels("pvtt") == ("Vp1", "Vp2", "Vp3", "Vp4")


def test_severities_in_adae_and_an_adae_without_either_stand_beside_the_others(frames):
    ids = frames["adsl"].USUBJID
    head = f"USUBJID,AEDECOD,AESEV\n{ids[0]},NAUSEA,MILD\n{ids[1]},RASH,SEVERE\n"
    cohort = read_cohort({"adsl": ADAM["adsl"], "adtte": ADAM["adtte"], "adae": raw(head)})
    assert cohort.worst_grades.terms == ("NAUSEA", "RASH") and cohort.mapping.grade_words.measure == "severity"
    bare = f"USUBJID,AEDECOD,ASTDY\n{ids[0]},NAUSEA,3\n"
    cohort = read_cohort({"adsl": ADAM["adsl"], "adtte": ADAM["adtte"], "adae": raw(bare)})
    assert not cohort.worst_grades.terms and "ADAE is not used" in " ".join(cohort.findings.message)


def test_a_unit_that_adtte_does_not_name_is_read_from_evidence_or_asked(frames):
    without = frames["adtte"].drop(columns="AVALU")
    bare = without.to_csv(index=False).encode()
    with pytest.raises(NeedsAnswer, match="In which unit") as asked:
        read_cohort({"adsl": ADAM["adsl"], "adtte": bare})
    assert len(set(asked.value.meanings)) == len(asked.value.choices) > 1
    one_named = frames["adtte"].assign(AVALU=frames["adtte"].AVALU.where(frames["adtte"].PARAMCD == "OS", ""))
    cohort = read_cohort({"adsl": ADAM["adsl"], "adtte": one_named.to_csv(index=False).encode()})
    assert {e.unit for e in cohort.mapping.endpoints} == {"days"}
    years = without.assign(AVAL=without.AVAL / 365.25).to_csv(index=False).encode()  # a longest PFS of 0.8: years
    assert {e.unit for e in read_cohort({"adsl": ADAM["adsl"], "adtte": years}).mapping.endpoints} == {"years"}
