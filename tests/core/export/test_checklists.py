"""Reporting checklists: an item is filled where a figure says what it asks for, and nowhere else."""

import io
import re
from dataclasses import replace

import pytest
from docx import Document

from core.errors import CohortError
from core.export.checklists import CHECKLISTS, OPEN, checklist
from core.export.files import made
from core.recipes.made import remade
from tests.shared.every_figure import every_figure
from tests.shared.figures import km

pytestmark = pytest.mark.slow


def items(figures, name):
    return {row[0]: row[2] for row in checklist(figures, name).table.to_numpy().tolist()}


def test_strobe_of_a_study(sample):
    of = every_figure("sample")
    figures = [of["baseline"], km(sample), of["model"], of["subgroups"], of["adverse events"]]
    found = items(figures, "STROBE")
    assert found["14a"] == f"Figure 1: {of['baseline'].full_title}" and "Kaplan-Meier" in found["12a"]
    assert "82 patients" in found["6"] and "median" in found["15"] and "Log-rank" in found["16"]
    assert "subgroups" in found["17"] and "Figure 4" in found["12b"]
    assert found["22"] == found["10"] == found["14c"] == OPEN


def test_harms_are_those_of_adverse_events(sample):
    found = items([km(sample)], "CONSORT Harms")
    assert set(found.values()) == {OPEN}
    found = items([km(sample), every_figure("sample")["butterfly"]], "CONSORT Harms")
    assert "Figure 2" in found["8"] and "worst" in found["3"] and "Kaplan" not in found["5"]


def test_an_item_is_not_filled_with_what_is_of_something_else(sample):
    of = every_figure("sample")
    assert items([of["subgroups"], of["butterfly"]], "CONSORT Harms")["9"] == OPEN
    lone = remade(sample, replace(of["model"].recipe, choices={**of["model"].recipe.choices, "covariates": ["arm"]}))
    assert items([lone], "REMARK")["16"] == items([lone], "STROBE")["16"] == OPEN
    assert re.search(r"HR Arm TACE\+IMRT\+sorafenib 0\.\d\d \(", items([of["model"]], "REMARK")["16"])


@pytest.mark.parametrize("name", CHECKLISTS)
def test_of_no_figure_all_is_open_and_every_item_is_there_once(name):
    table = checklist([], name).table
    assert set(table.iloc[:, 2]) == {OPEN} and not table.iloc[:, 0].duplicated().any()


def test_as_word(sample):
    document = Document(io.BytesIO(made(checklist([km(sample)], "REMARK"), ".docx")))
    cells = [c.text for row in document.tables[0].rows for c in row.cells]
    assert OPEN in cells and any("Log-rank" in c for c in cells)
    with pytest.raises(CohortError, match="name"):
        checklist([], "PRISMA")
