"""The audit log: who did what, and nothing that a file or a person could have put into it."""

import json
import re
from datetime import UTC, date, datetime, timedelta

import pytest

from hosting.audit import EVENTS, AuditLog, format_of
from tests.conftest import ROOT


def lines(folder):
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl"))
            for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_line_says_who_when_and_what(tmp_path):
    log = AuditLog(tmp_path, "p1", keep_days=30)
    log.record("loaded", who="a@hospital.example", address="10.0.0.5", rows=82, columns=23, files=1)
    [line] = lines(tmp_path)
    assert datetime.fromisoformat(line.pop("time")).tzinfo == UTC
    assert line == {"event": "loaded", "who": "a@hospital.example", "address": "10.0.0.5", "rows": 82, "columns": 23,
                    "files": 1}
    [path] = tmp_path.glob("*.jsonl")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("event, fields", [
    ("loaded", {"rows": 82, "columns": 23}),
    ("loaded", {"rows": 82, "columns": 23, "files": 1, "name": "Wang.xlsx"}),
    ("loaded", {"rows": "82", "columns": 23, "files": 1}),
    ("loaded", {"rows": 82.5, "columns": 23, "files": 1}),
    ("loaded", {"rows": True, "columns": 23, "files": 1}),
    ("exported", {"format": "Wang.pptx", "bytes": 3}),
    ("reading_refused", {"format": "csv", "reason": "the value Wang in row 3 is no number"}),
    ("process_began", {"process": "Wang"}),
    ("opened", {}),
])
def test_it_takes_no_text_of_the_data(tmp_path, event, fields):
    log = AuditLog(tmp_path, "p1", keep_days=30)
    with pytest.raises(ValueError, match=event):
        log.record(event, **fields)
    assert lines(tmp_path) == []


def test_every_event_of_the_code_is_known():
    """A misspelt one would be seen first when somebody clicks."""
    sources = [*(ROOT / "hosting").glob("*.py"), *(ROOT / "ui").rglob("*.py")]
    used = {name for path in sources for name in re.findall(r'record\(\s*"(\w+)"', path.read_text(encoding="utf-8"))}
    assert used == set(EVENTS)


def test_a_format_is_one_of_a_list():
    assert [format_of(n) for n in ("a.XLSX", "王.csv", "x", "a.b.Wang")] == ["xlsx", "csv", "other", "other"]


def test_old_days_are_deleted(tmp_path):
    for days in (0, 29, 30, 31, 400):
        day = date.fromordinal(datetime.now(UTC).date().toordinal() - days)
        (tmp_path / f"{day.isoformat()}.p1.jsonl").write_text("{}\n", encoding="utf-8")
    AuditLog(tmp_path, "p2", keep_days=30).record("signed_in")
    left = {path.name[:10] for path in tmp_path.glob("*.jsonl")}
    today = datetime.now(UTC).date()
    assert left == {(today - timedelta(days=days)).isoformat() for days in (0, 29, 30)}


def test_nothing_is_written_unless_a_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    AuditLog(None, "p1", keep_days=30).record("cleared")
    assert list(tmp_path.iterdir()) == []


def test_who_is_refused_again_and_again_does_not_fill_the_disk(tmp_path):
    log = AuditLog(tmp_path, "p1", keep_days=30)
    for _ in range(500):
        log.record("not_let_in", address="10.0.0.5", reason="wrong_cookie")
    log.record("not_let_in", address="10.0.0.6", reason="wrong_cookie")
    written = lines(tmp_path)
    assert 20 <= len(written) <= 42 and written[-1]["address"] == "10.0.0.6"
