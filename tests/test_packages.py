"""The packages that the app runs on: locked with hashes, under licences that a hospital can use, in a list of parts."""

import json
import re
import subprocess
import sys
from importlib import metadata

import pytest

from tests.conftest import ROOT

LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINNED = [(name.lower(), version) for name, version in re.findall(r"^([\w.-]+)==(\S+)", LOCK, re.MULTILINE)]
# Free to use, change and hand on; MPL (certifi) asks to hand on changes of its own files alone.
ALLOWED = {"0BSD", "3-Clause BSD License", "Apache License 2.0", "Apache Software License", "Apache-2.0", "BSD License",
           "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "MIT", "MIT License", "MIT-0", "MIT-CMU",
           "Mozilla Public License 2.0 (MPL 2.0)", "PSF-2.0", "Python Software Foundation License", "Zlib"}


def licences(package: metadata.PackageMetadata) -> list[str]:
    """Return the licences of a package: one of the SPDX expression's names each, or those of its classifiers."""
    if expression := package.get("License-Expression"):
        return re.split(r" (?:AND|OR) ", expression.strip("()"))
    named = [c.split(" :: ")[-1] for c in package.get_all("Classifier") or [] if c.startswith("License :: ")]
    return named or [(package.get("License") or "none").strip()]


def installed() -> list[metadata.PackageMetadata]:
    out = []
    for name in sorted({name for name, _ in PINNED}):
        try:
            out.append(metadata.metadata(name))
        except metadata.PackageNotFoundError:  # of another system
            assert re.search(rf"^{name}==\S+ ; ", LOCK, re.MULTILINE), name
    return out


def test_what_is_asked_for_is_locked_at_its_version():
    asked = re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(asked) > 15 and set(asked) <= set(PINNED)


def test_every_package_has_hashes():
    entries = re.split(r"^(?=[\w.-]+==)", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(PINNED) > 50
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_package_that_is_needed_is_locked():
    elsewhere = re.compile(r"extra ==|python_version\s*<|sys_platform|platform_")
    needed = {re.split(r"[ ;<>=!~\[(]", requirement)[0].lower().replace("_", "-").replace(".", "-")
              for package in installed() for requirement in metadata.requires(package["Name"]) or []
              if not elsewhere.search(requirement)}
    assert needed - {name.replace("_", "-").replace(".", "-") for name, _ in PINNED} == set()


@pytest.mark.parametrize("package", installed(), ids=lambda package: package["Name"])
def test_its_licence_is_one_of_the_allowed(package):
    assert set(licences(package)) <= ALLOWED


def test_another_licence_would_be_seen():
    package = metadata.metadata("streamlit")
    for wrong in ("GPL-3.0-only", "MIT AND SSPL-1.0"):
        package.replace_header("License-Expression", wrong) if "License-Expression" in package else \
            package.add_header("License-Expression", wrong)
        assert not set(licences(package)) <= ALLOWED


def test_the_bill_of_materials_names_every_package_with_its_hashes(tmp_path):
    made = tmp_path / "sbom.json"
    subprocess.run([sys.executable, "-m", "cyclonedx_py", "requirements", str(ROOT / "requirements.lock"),
                    "--of", "JSON", "-o", str(made)], check=True)
    content = json.loads(made.read_text(encoding="utf-8"))
    assert content["bomFormat"] == "CycloneDX"
    listed = {(c["name"].lower(), c["version"]) for c in content["components"]}
    assert listed == set(PINNED)
    assert all("hashes" in json.dumps(c) for c in content["components"])
