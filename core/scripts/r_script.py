"""One R script for the figures of a view or a talk, and the patients that it reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from core.cohort import Cohort, Filters, against_rest, by_level
from core.errors import CohortError
from core.figure import Recipe, coding_of
from core.format import number
from core.recipes import patients_of
from core.scripts.patients import Patients, patients_of_script
from core.scripts.r_sections import SECTIONS
from core.verification import described, quoted
from core.version import __version__

_HEAD = """# {title}
# Written by Cohortscope {version}; needs R >= 4.2 with its package survival. Run it where its files are.
# A ratio near 0 or infinity, beside a warning of coxph, is a likelihood without a maximum: the app says so instead.
library(survival)
results <- NULL
keep <- function(figure, what, value) {{
  value <- as.numeric(value)
  if (length(value) > 1) what <- paste(what, seq_along(value))
  results <<- rbind(results, data.frame(figure = rep(figure, length(value)), what = what, value = value))
  print(setNames(value, what))
}}
"""
_FOOT = """write.csv(results, "results-r.csv", row.names = FALSE, fileEncoding = "UTF-8")
"""


def r_script(whole: Cohort, figures: Sequence[tuple[str, Recipe]]) -> tuple[str, list[Patients]]:
    """Return the R code of some figures, titles and recipes, and the files of patients that it reads.

    A figure that base R and survival do not give is named, with the script that gives it.
    """
    files: dict[str, Patients] = {}
    blocks: list[tuple[Patients | None, str]] = []
    for place, (title, recipe) in enumerate(figures, start=1):
        heading, patients = f"# ---- {place}. {' '.join(title.split())}", None
        try:
            if recipe.coding != coding_of(whole):
                raise CohortError("This figure was made where columns of the file were read in another way.")
            patients = files.setdefault(_base(recipe), _patients(whole, recipe, len(files) + 1))
            body = _sections(whole, recipe, patients, place)
        except CohortError as error:  # of these patients there is no such figure
            body = f"# {' '.join(str(error).split())}"
        blocks.append((patients, f"{heading}\n{body}\n"))
    needed = [p for p in files.values() if p.needed]
    titles = "; ".join(" ".join(title.split()) for title, _ in figures)
    text, read = [_HEAD.format(title=titles, version=__version__)], None
    for patients, block in blocks:
        if patients and patients.needed and patients is not read:
            text.append(f"{patients.reading()}\n")
            read = patients
        text.append(block)
    return "\n".join([*text, _FOOT]), needed


def _base(recipe: Recipe) -> str:
    """Identify the patients behind a recipe before its filters; against the rest, their selection is a variable."""
    selection = recipe.filters if recipe.rest else {}
    return json.dumps([recipe.landmark, recipe.groups, recipe.references, recipe.names, selection])


def _patients(whole: Cohort, recipe: Recipe, place: int) -> Patients:
    unfiltered = replace(recipe, filters={}, rest=False)
    base = against_rest(patients_of(whole, replace(recipe, rest=False))) if recipe.rest else \
        patients_of(whole, unfiltered)
    return patients_of_script(base, "patients.csv" if place == 1 else f"patients-{place}.csv")


def _sections(whole: Cohort, recipe: Recipe, patients: Patients, place: int) -> str:
    """Write a figure's code; of a plot per level of a variable, that of each level that has patients."""
    cohort = patients_of(whole, recipe)
    if recipe.kind != "panes":
        return _section(cohort, recipe, patients, str(place))
    key = recipe.choices["panes_by"]
    of = [(level, part) for level, part in by_level(cohort, key) if part.n]
    asked = {k: v for k, v in recipe.choices.items() if k != "panes_by"}
    codes = []
    for i, (level, part) in enumerate(of, start=1):
        one = replace(recipe, kind="curves", choices={**asked, "pane": (key, level)})
        codes.append(f"# {' '.join(level.split())}\n{_section(part, one, patients, f'{place}.{i}')}")
    return "\n".join(codes)


def _section(cohort: Cohort, recipe: Recipe, patients: Patients, name: str) -> str:
    write = SECTIONS.get(recipe.kind)
    if write is None:
        return "# Base R and survival do not give it: analysis.py makes it."
    filters = Filters() if recipe.rest else cohort.filters
    start = cohort.whole.landmark
    clock = f"# Times run from month {number(start[1])}.\n" if start else ""
    return f"{described(cohort, recipe.kind)}\n{clock}{write(patients, cohort, filters, recipe.choices, quoted(name))}"
