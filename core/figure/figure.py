"""Figure: what stands on the screen and goes into a file, with where it comes from."""

from __future__ import annotations

import hashlib
import json
from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Any

import pandas as pd

from core.cohort import Cohort
from core.figure.recipe import Recipe
from core.figure.rooms import ROOMS, Room, relaid
from core.format import number, plural
from core.language import say, speaking, spoken
from core.schema import ARM
from core.version import __version__

CLICK = "click"  # the selection that a click on a mark makes
_WIDEST = 9  # columns of a table that is still read at a glance
_TITLE = 150  # characters of a title with its subgroup; the footnote has all conditions


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Walk a frame's rows, with its columns as attributes: a tenth of what pandas' own rows cost."""
    row = _row(tuple(frame.columns))
    return map(row._make, zip(*(frame[c].tolist() for c in frame.columns), strict=True))


@lru_cache(maxsize=64)
def _row(columns: tuple[str, ...]) -> Any:
    return namedtuple("Row", columns, rename=True)


@dataclass(frozen=True, kw_only=True, eq=False)
class Provenance:
    """Which patients, which methods, which file, which version: the footnote of every export.

    `subgroup` names the patients where they are not all of the cohort: `PVTT grade Vp4, 27 of 82 patients`; `view` is
    what leads back to the figure, which its files enclose (see `core.enclosed`).
    """

    patients: str
    filters: str
    method: str
    source: str
    version: str
    subgroup: str = ""
    view: str = ""

    def lines(self) -> list[str]:
        """Return the footnote, a line per statement; nothing empty."""
        return [line for line in (f"{self.patients}. {self.filters}", self.method, self.source) if line]


@dataclass(frozen=True, kw_only=True, eq=False)
class Figure:
    """A finished chart, or a table without one.

    Attributes
    ----------
    title : what is shown, on the screen, where the bar says of which patients; files have `full_title`
    chart : Vega-Lite dict with its data; the screen and every exporter draw this very dict; None for a table
    table : the figure's numbers as text, for a slide's native table; see `text_table` for its columns
    drawn : the figure's numbers as numbers, for the CSV
    key : what each layer of the chart means that is no text: `dataset mark` -> words; see `footnote`
    summary : the finding in short lines, for a slide and a picture's subtitle
    warnings : why the figure must not be read as it stands: no patient, immortal time
    notes : what else a reader must know: left out, not estimable, few events
    alt : the chart in a sentence, for those who do not see it
    redraw : draws the chart anew for a room of a slide or page, where another width alone does not do
    paged : draws it on several slides, where it cannot be divided by its rows
    layouts, slides : what these have drawn; see `ready`
    recipe : by which it is made anew; None where it cannot be
    """

    slug: str
    title: str
    chart: dict[str, Any] | None
    table: pd.DataFrame
    drawn: pd.DataFrame
    key: Mapping[str, str] = field(default_factory=dict)
    summary: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    provenance: Provenance
    alt: str = ""
    redraw: Callable[[Room], dict[str, Any]] | None = None
    paged: Callable[[], list[dict[str, Any]]] | None = None
    layouts: Mapping[Room, dict[str, Any]] = field(default_factory=dict)
    slides: tuple[dict[str, Any], ...] = ()
    recipe: Recipe | None = None

    @property
    def drawing(self) -> dict[str, Any]:
        """The chart of a figure that has one."""
        if self.chart is None:
            raise ValueError(f"{self.slug} is a table without a chart")
        return self.chart

    @property
    def language(self) -> str:
        """The language that it speaks."""
        return (self.recipe.language if self.recipe else "") or spoken()

    def ready(self) -> Figure:
        """Return the figure with all that a file may need drawn: it holds no patients any more."""
        draw = self.redraw
        with speaking(self.language):
            return replace(self, redraw=None, paged=None, layouts={room: draw(room) for room in ROOMS} if draw else {},
                           slides=tuple(self.paged()) if self.paged else ())

    def laid_out(self, room: Room) -> dict[str, Any]:
        """Return the chart for a room of a slide or page."""
        if self.redraw:
            with speaking(self.language):
                return self.redraw(room)
        return self.layouts.get(room) or relaid(self.drawing, room)

    def beside(self, chart: dict[str, Any]) -> tuple[str, ...]:
        """Return the lines of the finding that do not stand in a chart of it already."""
        inside = tuple(str(row["text"]) for row in chart["datasets"].get("titles", ()))
        return tuple(line for line in self.summary if not inside or not line.startswith(inside))

    @property
    def full_title(self) -> str:
        """The title with the subgroup it is of, as every file has it."""
        title = f"{self.title} · {self.provenance.subgroup}" if self.provenance.subgroup else self.title
        return title if len(title) <= _TITLE else f"{title[:_TITLE - 1].rstrip()}…"

    @property
    def full_alt(self) -> str:
        """The chart in words for those who do not see it: what it shows, of whom."""
        return ". ".join(filter(None, (self.full_title, self.alt)))

    def key_words(self) -> str:
        """Say what each layer means that is drawn here: those of a dataset without rows are not."""
        if self.chart is None:
            return ""
        data = self.chart["datasets"]
        meanings = dict.fromkeys(words for layer, words in self.key.items() if data.get(layer.split()[0]))
        with speaking(self.language):
            return say("Drawn: {meanings}.", meanings="; ".join(map(say, meanings))) if meanings else ""

    def explained(self) -> str:
        """Say on the screen by which method it is, and what its layers mean."""
        return " ".join(filter(None, (self.provenance.method, self.key_words())))

    def footnote(self) -> list[str]:
        """Return what stands under the figure in every file, a line per statement."""
        return [s for s in (*self.warnings, *self.notes, self.key_words(), *self.provenance.lines()) if s]

    def words(self) -> list[str]:
        """Return all that a file without a picture says beside the numbers: title, finding, footnote."""
        return [self.full_title, *self.summary, *self.footnote()]

    @cached_property
    def digest(self) -> str:
        """Identify all that changes a file of it: eight hexadecimal digits."""
        tables = (frame.to_csv(index=False) for frame in (self.drawn, self.table))
        inks = self.recipe.inks if self.recipe else ()
        parts = (self.slug, self.provenance.view, self.full_alt, *inks, *self.words(), *tables,
                 json.dumps(self.chart, sort_keys=True, default=str))
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:8]


Heading = str | tuple[str, str]  # a column's; or a pair: that of a group of columns, and within it


def text_table(headings: Sequence[Heading], rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Make a figure's table of text. Where a heading is a pair, the columns have two levels: group and heading.

    Columns go by their place: two may have one heading, for arms and levels are named as the data have them.
    """
    pairs = [h if isinstance(h, tuple) else ("", h) for h in headings]
    grouped = any(group for group, _ in pairs)
    names = pd.MultiIndex.from_tuples(pairs) if grouped else pd.Index([name for _, name in pairs], dtype=object)
    frame = pd.DataFrame([list(row) for row in rows], columns=range(len(headings)), dtype=object)
    frame.columns = names
    return frame


def headings_of(table: pd.DataFrame) -> list[tuple[str, str]]:
    """Return group and heading of each column; the group is "" where there is none."""
    if table.columns.nlevels < 2:
        return [("", str(c)) for c in table.columns]
    pairs: list[Any] = table.columns.to_list()
    return [(str(group), str(name)) for group, name in pairs]


def spans_of(table: pd.DataFrame) -> list[tuple[str, int]]:
    """Return the groups of neighbouring columns with how many columns each has; empty where there are no groups."""
    if table.columns.nlevels < 2:
        return []
    return [(group, len(list(columns))) for group, columns in groupby(g for g, _ in headings_of(table))]


def table_parts(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Split a table too wide to read by its groups of columns, each with the first column beside it.

    Returns name and part; a table of at most nine columns, or without groups, is one part, "the numbers".
    """
    if len(table.columns) <= _WIDEST or table.columns.nlevels < 2:
        return [(say("the numbers"), table)]
    headings = headings_of(table)
    parts = []
    for group in dict.fromkeys(g for g, _ in headings[1:]):
        places = [0, *(i for i, (g, _) in enumerate(headings) if i and g == group)]
        parts.append((group, text_table([headings[i][1] for i in places], table.iloc[:, places].to_numpy().tolist())))
    return parts


def turned(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn a small table: a column per row, headed by its first cell."""
    cells = frame.to_numpy().tolist()
    return text_table(["", *(str(row[0]) for row in cells)],
                      [[name, *(row[i] for row in cells)] for i, (_, name) in enumerate(headings_of(frame)) if i])


def by_words(cohort: Cohort, by: str) -> str:
    """Say in a title by what patients are compared: `arm`, or a variable's label."""
    return say("arm") if by == ARM else cohort.variable(by).label


def analysed(cohort: Cohort, n: int, n_event: int, endpoint: str) -> str:
    """Say on how many events a figure rests, and on how many patients where these are not all."""
    events = plural(n_event, "{endpoint} event", endpoint=endpoint)
    return events if n == cohort.n else say("{n} of them in the analysis, with {events}", n=f"{n:,}", events=events)


def provenance(cohort: Cohort, method: str, events: str = "") -> Provenance:
    """Describe the patients behind a figure.

    Parameters
    ----------
    events : the endpoint's events in words (`30 OS events`), where the figure has an endpoint
    """
    whole = cohort.whole.n
    patients = say("{n} of {patients}", n=f"{cohort.n:,}",
                   patients=plural(whole, 'patient')) if cohort.filters else plural(whole, "patient")
    landmark = say("from month {landmark}", landmark=number(cohort.whole.landmark[1])) if cohort.whole.landmark else ""
    return Provenance(
        patients=f"{patients}, {events}" if events else patients,
        subgroup="; ".join(filter(None, (f"{cohort.words()}, {patients}" if cohort.filters else "", landmark))),
        filters=say("Filters: {words}.", words=cohort.words()) if cohort.filters else say("No filter."),
        method=method,
        source=(f"{cohort.name or say('cohort')}, SHA-256 {cohort.fingerprint[:12]} · "
                f"Cohortscope {__version__}"),
        version=__version__,
    )
