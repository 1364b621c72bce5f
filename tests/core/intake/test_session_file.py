"""Session files."""

import json

import pytest

from core.errors import CohortError
from core.intake.loading import load_files
from core.intake.session_file import SessionFile, is_session
from core.read_options import ReadOptions

SAVED = SessionFile(name="mine.csv", fingerprint="ab", mapping={"patient_id": "id"}, reading={"decimal": ","},
                    page="Survival", endpoint="OS", by=None, place=1,
                    steps=[{}, {"pvtt": {"not": {"in": ["Vp3"]}}}, {"afp": {"gt": 1.0}}])


def changed(**values) -> bytes:
    return json.dumps(json.loads(SAVED.to_bytes()) | values).encode()


def test_a_file_leads_back():
    assert is_session(SAVED.to_bytes()) and SessionFile.from_bytes(SAVED.to_bytes()) == SAVED
    assert not is_session(b"id,arm\ncohortscope_session,1\n") and not is_session(b'{"patient_id": "id"}')


@pytest.mark.parametrize(("data", "words"), [
    (changed(cohortscope_session=99), "another version"), (changed(steps={}), "damaged: 'steps'"),
    (changed(place=3), "damaged: 'place'"), (changed(place=-1), "damaged: 'place'"), (changed(mapping=[]), "'mapping'"),
    (changed(steps=[{"pvtt": {"above": 3}}], place=0), "Unknown condition"),
    (json.dumps({k: v for k, v in json.loads(SAVED.to_bytes()).items() if k != "by"}).encode(), "damaged: 'by'"),
    (changed(reading={"decimal": [1]}), "damaged: decimal"),
    (changed(reading={"header_line": "1"}), "damaged: header_line"),
    (SAVED.to_bytes().replace(b"mine.csv", b"\\ud800"), "half a character"),
    (changed(reading={"sheets": 1}), "'sheets'"), (changed(charts={}), "damaged: 'charts'"),
    (changed(record=[]), "damaged: 'record'"), (changed(groups={"groups": [{"name": "a", "of": 3}]}), "another form"),
])
def test_a_damaged_file_is_refused(data, words):
    with pytest.raises(CohortError, match=words):
        SessionFile.from_bytes(data)


def test_a_file_of_before_groups_and_charts_is_read():
    old = {k: v for k, v in json.loads(SAVED.to_bytes()).items() if k not in ("groups", "record", "charts")}
    assert SessionFile.from_bytes(json.dumps(old).encode()) == SAVED


def test_a_session_alone_asks_for_its_file_and_with_another_says_why():
    with pytest.raises(CohortError, match=r"saved with mine\.csv\. Add that file"):
        load_files([("session.json", SAVED.to_bytes())])
    rows = "".join(f"p{i},{'AB'[i % 2]},{i + 1},{i % 2}\n" for i in range(20))
    data = f"id,arm,OS_months,OS_event\n{rows}".encode()
    first = load_files([("a.csv", data)])
    again = SessionFile(**{**vars(SAVED), "mapping": first.mapping, "reading": {}})
    loading = load_files([("session.json", again.to_bytes()), ("a.csv", data)])
    assert loading.mapping == first.mapping and not loading.misfit and loading.session == again
    loading = load_files([("a.csv", data.replace(b"OS_months", b"OS_days")), ("session.json", again.to_bytes())])
    assert "OS_months" in loading.misfit and loading.mapping["endpoints"]["OS"]["time"] == "OS_days"


def test_a_session_says_how_its_file_is_read_until_a_person_says_otherwise():
    rows = "".join(f"p{i};{'AB'[i % 2]};{i + 1},5;{i % 2}\n" for i in range(20))
    data = f"title\nid;arm;OS_months;OS_event\n{rows}".encode()
    options = ReadOptions(header_line=2, decimal=",")
    first = load_files([("a.csv", data)], options)
    saved = SessionFile(**{**vars(SAVED), "mapping": first.mapping, "reading": options.to_json()})
    files = [("session.json", saved.to_bytes()), ("a.csv", data)]
    assert load_files(files).table.options == options
    assert load_files(files, ReadOptions()).table.options == ReadOptions()
