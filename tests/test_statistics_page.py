"""docs/statistics.md is true: it names every file that computes, the names it gives are in these files, and README's
table claims no function of R that it does not explain."""

import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROOMS = ("statistics", "likelihood", "survival", "hazards", "summaries")
FILES = sorted(str(path.relative_to(ROOT)) for room in ROOMS for path in (ROOT / "core" / room).glob("*.py")
               if path.name != "__init__.py")


@pytest.mark.parametrize("path", FILES)
def test_every_file_that_computes_is_explained(path):
    assert f"`{path}" in PAGE


@pytest.mark.parametrize("path, name", re.findall(r"`(core/[\w/]+\.py): (\w+)`", PAGE))
def test_what_the_page_names_is_in_the_file_it_names(path, name):
    source = (ROOT / path).read_text(encoding="utf-8")
    assert re.search(rf"^(?:    )*(?:def|class) {name}\b|^{name}\b.* = ", source, re.MULTILINE), (path, name)


def functions(text: str) -> set[str]:
    """Return the names in backticks, without their package and arguments."""
    return {name.split("::")[-1].split("(")[0] for name in re.findall(r"`([^`]+)`", text)}


def test_the_table_of_the_readme_claims_what_the_page_explains():
    table = README[README.index("## Statistics"):README.index("One month is")]
    claimed = functions(" ".join(row.split("|")[-2] for row in table.splitlines() if row.startswith("|")))
    assert len(claimed) >= 20
    assert claimed - functions(PAGE) == set()
