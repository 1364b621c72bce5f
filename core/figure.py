"""Figure: what stands on the screen and goes into a file, with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.cohort import Cohort
from core.format import plural
from core.schema import ARM

_WIDEST = 9  # columns of a table that is still read at a glance


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Walk a frame's rows, with its columns as attributes."""
    return iter(frame.itertuples(index=False))


@dataclass(frozen=True, kw_only=True, eq=False)
class Provenance:
    """Which patients, which methods, which file, which version: the footnote of every export."""

    patients: str
    filters: str
    method: str
    source: str
    version: str

    def lines(self) -> list[str]:
        """Return the footnote, a line per statement; nothing empty."""
        return [line for line in (f"{self.patients}. {self.filters}", self.method, self.source) if line]


@dataclass(frozen=True, kw_only=True, eq=False)
class Figure:
    """A finished chart, or a table without one.

    Attributes
    ----------
    chart : Vega-Lite dict with its data; the screen and every exporter draw this very dict; None for a table
    table : the figure's numbers as text, for a slide's native table
    drawn : the figure's numbers as numbers, for the CSV
    summary : the finding in short lines, for a slide and a picture's subtitle
    warnings : why the figure must not be read as it stands: no patient, immortal time
    notes : what else a reader must know: left out, not estimable, few events
    alt : the chart in a sentence, for those who do not see it
    """

    slug: str
    title: str
    chart: dict[str, Any] | None
    table: pd.DataFrame
    drawn: pd.DataFrame
    summary: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    provenance: Provenance
    alt: str = ""

    @property
    def drawing(self) -> dict[str, Any]:
        """The chart of a figure that has one."""
        if self.chart is None:
            raise ValueError(f"{self.slug} is a table without a chart")
        return self.chart

    def footnote(self) -> list[str]:
        """Return what stands under the figure in every file, a line per statement."""
        return [*self.warnings, *self.notes, *self.provenance.lines()]

    def words(self) -> list[str]:
        """Return all that a file without a picture says beside the numbers: title, finding, footnote."""
        return [self.title, *self.summary, *self.footnote()]


def table_parts(table: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Split a table too wide to read by what stands before the colon in its headings.

    Returns name and part; a table of at most nine columns is one part, "the numbers".
    """
    if len(table.columns) <= _WIDEST:
        return [("the numbers", table)]
    first, *rest = table.columns
    groups = dict.fromkeys(c.partition(":")[0] for c in rest)
    return [(group, table[[first, *(c for c in rest if c.partition(":")[0] == group)]].rename(
        columns=lambda c: c.partition(": ")[2] or c)) for group in groups]


def by_words(cohort: Cohort, by: str) -> str:
    """Say in a title by what patients are compared: `arm`, or a variable's label."""
    return "arm" if by == ARM else cohort.variable(by).label


def analysed(cohort: Cohort, n: int, n_event: int, endpoint: str) -> str:
    """Say on how many events a figure rests, and on how many patients where these are not all."""
    events = plural(n_event, f"{endpoint} event")
    return events if n == cohort.n else f"{n:,} of them in the analysis, with {events}"


def provenance(cohort: Cohort, method: str, events: str = "") -> Provenance:
    """Describe the patients behind a figure.

    Parameters
    ----------
    events : the endpoint's events in words (`30 OS events`), where the figure has an endpoint
    """
    from core import __version__

    whole = cohort.whole.n
    patients = f"{cohort.n:,} of {plural(whole, 'patient')}" if cohort.filters else plural(whole, "patient")
    return Provenance(
        patients=f"{patients}, {events}" if events else patients,
        filters=f"Filters: {cohort.words()}." if cohort.filters else "No filter.",
        method=method,
        source=(f"{cohort.name or 'cohort'}, SHA-256 {cohort.fingerprint[:12]} · "
                f"Cohortscope {__version__}"),
        version=__version__,
    )
