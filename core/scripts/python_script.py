"""A Python script that makes the figures of a view or a talk with `core`, from the file itself."""

from __future__ import annotations

from collections.abc import Sequence
from pprint import pformat

from core.cohort import Cohort
from core.figure import Recipe
from core.version import __version__

_TEXT = '''"""{title}

Written by Cohortscope {version}. Run it where `core` of Cohortscope can be imported, with the data file beside it:

    python analysis.py {files}
"""

import sys
from pathlib import Path

from core.errors import CohortError
from core.figure import Recipe
from core.intake import load_files, make_cohort
from core.recipes.made import remade

HERE = Path(__file__).parent
FILES = [Path(name) for name in sys.argv[1:] or {names}]
FINGERPRINT = "{fingerprint}"
FIGURES = {figures}

session = ("session.json", (HERE / "session.json").read_bytes())  # how the file is read: its columns and levels
loading = load_files([*((path.name, path.read_bytes()) for path in FILES), session])
whole = make_cohort(loading.table, loading.mapping, event_list=loading.events)
if whole.fingerprint != FINGERPRINT:
    raise SystemExit("These are other data than those of the figures.")
for place, recipe in enumerate(FIGURES, start=1):
    try:
        figure = remade(whole, Recipe.from_json(recipe))
    except CohortError as error:  # of a figure that was made under another mapping
        print(f"{{place}}. {{error}}")
        continue
    print(figure.full_title, *figure.summary, figure.table.to_string(index=False), "", sep="\\n")
    figure.drawn.to_csv(HERE / f"{{place:02d}}-{{figure.slug}}.csv", index=False)
'''


def python_script(whole: Cohort, figures: Sequence[tuple[str, Recipe]], names: Sequence[str]) -> str:
    """Return the script of some figures, titles and recipes.

    Parameters
    ----------
    names : of the files that the cohort was read from
    """
    title = "; ".join(" ".join(title.split()) for title, _ in figures).replace("\\", "\\\\").replace('"', '\\"')
    shown = " ".join(repr(n) if " " in n else n for n in names).replace("\\", "\\\\").replace('"', '\\"')
    recipes = pformat([recipe.to_json() for _, recipe in figures], width=110, sort_dicts=False)
    return _TEXT.format(title=title, version=__version__, files=shown, names=list(names),
                        fingerprint=whole.fingerprint, figures=recipes)
