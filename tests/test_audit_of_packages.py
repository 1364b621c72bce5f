"""The audit of packages: a flaw of a locked version is named, one of another version is not."""

import json
import zipfile

import pytest

from tests.shared.known_flaws import known_flaws, main

LOCK = "starlette==1.10.0 \\\n    --hash=sha256:00\npywin32==311 ; sys_platform == 'win32' \\\n    --hash=sha256:01\n"


def database(folder, *advisories):
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as file:
        for number, advisory in enumerate(advisories):
            text = json.dumps({"id": f"PYSEC-{number}", "summary": "Reads too much"} | advisory)
            file.writestr(f"PYSEC-{number}.json", text)
    return path


def of(name="starlette", ecosystem="PyPI", **affected):
    return {"affected": [{"package": {"ecosystem": ecosystem, "name": name}, **affected}]}


def events(*pairs):
    return {"ranges": [{"type": "ECOSYSTEM", "events": [{kind: version} for kind, version in pairs]}]}


@pytest.mark.parametrize("affected", [
    {"versions": ["1.9.0", "1.10.0"]},
    events(("introduced", "0")),
    events(("introduced", "1.2"), ("fixed", "1.11.0")),
    events(("introduced", "0"), ("fixed", "0.9"), ("introduced", "1.10.0"), ("last_affected", "1.10.0")),
])
def test_a_flaw_of_the_locked_version_is_named(tmp_path, affected):
    [flaw] = known_flaws(database(tmp_path, of(**affected)), LOCK)
    assert flaw == "starlette 1.10.0: Reads too much (PYSEC-0)"


@pytest.mark.parametrize("affected", [
    {"versions": ["1.9.0"]},
    events(("introduced", "1.10.1")),
    events(("introduced", "0"), ("fixed", "1.10.0")),
    events(("introduced", "0"), ("last_affected", "1.9.9")),
])
def test_one_of_another_version_is_not(tmp_path, affected):
    assert known_flaws(database(tmp_path, of(**affected)), LOCK) == []


def test_names_are_compared_as_pypi_does_and_markers_do_not_matter(tmp_path):
    assert len(known_flaws(database(tmp_path, of(name="PyWin32", versions=["311"])), LOCK)) == 1


def test_what_was_withdrawn_or_is_of_another_language_does_not_count(tmp_path):
    path = database(tmp_path, of(versions=["1.10.0"]) | {"withdrawn": "2026-01-01"},
                    of(ecosystem="npm", versions=["1.10.0"]))
    assert known_flaws(path, LOCK) == []


def test_another_database_is_not_taken_for_a_clean_one(tmp_path):
    with pytest.raises(ValueError, match="PyPI"):
        known_flaws(database(tmp_path, of(ecosystem="npm")), LOCK)


def test_the_exit_code_tells(tmp_path, capsys):
    lock = tmp_path / "lock"
    lock.write_text(LOCK, encoding="utf-8")
    assert main([str(database(tmp_path, of(versions=["1.10.0"]))), str(lock)]) == 1
    assert "PYSEC-0" in capsys.readouterr().out
    assert main([str(database(tmp_path, of(versions=["1.9.0"]))), str(lock)]) == 0
