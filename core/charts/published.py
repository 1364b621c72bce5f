"""The paper beside the cohort, and the audit of a table: as tables, and intervals beside what they could be."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.audit import AGREES, CITATION, DIFFERS, IMPOSSIBLE, NOT_HERE, VERDICTS, Audit, Comparison
from core.cohort import Cohort
from core.figure import CLICK, Figure, Provenance, provenance, rows_of, theme
from core.format import DASH, exact, fixed, p_value, p_with_digits, plural
from core.language import once_per_language, say
from core.statistics import Z95
from core.version import __version__

WIDTH, _ROW, _NAME = 900, 22, 44
_COLUMNS = (("place", "Place", 0), ("figure", "Figure", 0.17), ("arm", "Arm", 0.5), ("printed", "Printed", 0.66),
            ("ours", "Recomputed", 0.73), ("verdict", "Verdict", 0.88))  # where they begin, as shares of the width
METHOD = ("Published: {citation}. Each figure is computed as on its own page; a p-value by the test of its counts "
          "that gives the printed p, else by Fisher's.")
_COLOURS = {AGREES: theme.AGREES, DIFFERS: theme.ACCENT, NOT_HERE: theme.QUIET}
_LOW, _HIGH, _TICKS = 0.2, 5.0, (0.25, 0.5, 1.0, 2.0, 4.0)


def comparison_figure(cohort: Cohort, result: Comparison, rows: pd.DataFrame, page: slice, of: str = "") -> Figure:
    """Write chosen rows of the comparison as a list whose rows can be clicked.

    Parameters
    ----------
    rows : of `found.rows`, those that the table and the files hold
    page : of these rows, those that the picture shows
    of : how the rows were chosen, in words; "" where they are all
    """
    table, shown = comparison_table(result, rows), rows.iloc[page]
    listed = [{"i": i, "row": str(index), "place": r[0], "figure": theme.shortened(r[1], 60), "arm": r[2],
               "printed": r[3], "ours": r[4], "verdict": r[6], "c": _COLOURS[verdict], "tip": r[7] or r[6]}
              for i, (index, verdict, r) in enumerate(zip(
                  shown.index, shown.verdict, table.iloc[page].itertuples(index=False), strict=True))]
    first = page.start or 0
    notes = [say("These are {shown} of the {all} figures: {of}.", shown=f"{len(rows):,}",
                 all=f"{len(result.rows):,}", of=of)] if of else []
    if len(listed) < len(rows):
        notes.append(say("The picture shows rows {first} to {last} of {rows}; the tables hold all {rows}.",
                         first=first + 1, last=first + len(listed), rows=f"{len(rows):,}"))
    return Figure(
        slug="published", title=say("Published against recomputed"), table=table,
        chart=theme.with_data(_list(len(listed)), rows=listed, titles=[
            {"field": f, "text": say(title)} for f, title, _ in _COLUMNS]),
        drawn=rows, summary=(comparison_said(result),), notes=tuple(notes),
        provenance=provenance(cohort, say(METHOD, citation=CITATION)),
        alt=say("A list of {figures}; the table gives {rows}.", figures=plural(len(listed), 'figure'),
                rows=f"{len(rows):,}"))


def comparison_said(result: Comparison) -> str:
    """Say how many figures agree, do not, and cannot be recomputed."""
    totals = result.totals()
    return (say("{agree} of {rows} published figures agree to the printed digit, {differ} do not, {rest} cannot "
                "be recomputed.", agree=totals[AGREES], rows=len(result.rows), differ=totals[DIFFERS],
                rest=totals[NOT_HERE]))


@once_per_language(64)
def _list(rows: int) -> dict[str, Any]:
    """Lay out a list of text that answers clicks."""
    y = alt.Y("i:O", axis=None, scale=alt.Scale(domain=list(range(rows)), paddingInner=0, paddingOuter=0))
    base, titles = alt.Chart(theme.data("rows")), alt.Chart(theme.data("titles"))
    layers: list[Any] = []
    for field, _, place in _COLUMNS:
        x = alt.value(alt.ExprRef(f"width * {place}"))
        layers.append(base.mark_text(align="left", baseline="middle", fontSize=11.5).encode(
            y=y, x=x, text=f"{field}:N",
            color=theme.given("c") if field == "verdict" else alt.value(theme.INK)))
        layers.append(titles.transform_filter(f"datum.field == '{field}'").mark_text(
            align="left", baseline="bottom", fontWeight=500, fontSize=11.5).encode(
                x=x, y=alt.value(-8), text="text:N", color=alt.value(theme.QUIET)))
    picked = alt.selection_point(name=CLICK, fields=["row"], toggle="true", clear=False)
    layers.append(base.mark_bar(opacity=0.001, cursor="pointer").encode(
        y=y, x=alt.value(0), x2=alt.value("width"),
        tooltip=[alt.Tooltip("figure:N", title=say("Figure")), alt.Tooltip("tip:N", title=say("How, or why not"))]
    ).add_params(picked))
    return theme.finish(alt.layer(*layers), width=1100, height=rows * _ROW + 34, rows=(rows, _ROW, 0),
                        least=800, letters=11.5)


def comparison_table(result: Comparison, rows: pd.DataFrame) -> pd.DataFrame:
    """Write a row per published figure: place, what it is, printed, this cohort's, difference, verdict, how and why."""
    names = dict(zip("AB", result.arms, strict=True)) | {"": ""}
    out = []
    for r in rows_of(rows):
        what = ", ".join(filter(None, (r.item.replace("_", " "), r.level)))
        out.append({"Place": r.place, "Figure": f"{what}: {r.quantity}", "Arm": names[r.group], "Printed": r.printed,
                    "Recomputed": _shown(r), "Difference": _difference(r), "Verdict": say(r.verdict),
                    "How, or why not": "; ".join(filter(None, (r.how, r.reason)))})
    return pd.DataFrame(out, columns=["Place", "Figure", "Arm", "Printed", "Recomputed", "Difference", "Verdict",
                                      "How, or why not"]).rename(columns=say)


def _shown(r: Any) -> str:
    """Write a recomputed figure with the printed one's digits, one more where that hides the difference."""
    if r.ours_text or math.isnan(r.ours):
        return r.ours_text or DASH
    if r.quantity == "p" and (r.printed.startswith("<") or r.ours < 0.0005):
        return p_value(r.ours)
    digits = len(r.printed.partition(".")[2])
    text = fixed(r.ours, digits)
    if r.quantity == "p":  # which test gave it
        test = r.how.partition(", ")[2]
        return (p_with_digits(r.ours, digits) if digits > 1 else text) + (f" ({test})" if test else "")
    return fixed(r.ours, digits + 1) if r.verdict == DIFFERS and text == r.printed else text


def _difference(r: Any) -> str:
    if math.isnan(r.difference) or r.verdict != DIFFERS:
        return ""
    return fixed(r.difference, max(len(r.printed.partition(".")[2]), 1))


def audit_figure(result: Audit, name: str, fingerprint: str, rows: pd.DataFrame) -> Figure:
    """Write chosen findings of an audited table, in plain words; files hold the same rows."""
    shown = ", ".join(say(v) for v in VERDICTS if (rows.verdict == v).any())
    part = (say("These are {rows} of {findings}: {shown}.", rows=f"{len(rows):,}",
                findings=plural(len(result.findings), 'finding'), shown=shown),) \
        if len(rows) < len(result.findings) else ()
    table = pd.DataFrame([{"Table": r.table, "Row": r.row, "Check": say(r.check), "Printed": r.printed,
                           "Follows": r.follows,
                           "Verdict": say(r.verdict), "In words": r.words} for r in rows_of(rows)],
                         columns=["Table", "Row", "Check", "Printed", "Follows", "Verdict",
                                  "In words"]).rename(columns=say)
    return Figure(slug="audit", title=say("Audit of a published table: {name}", name=name), chart=None, table=table,
                  drawn=rows, notes=("; ".join(result.totals()) + ".", *part),
                  provenance=_source(name, fingerprint, result))


def widths_figure(result: Audit, name: str, fingerprint: str) -> Figure:
    """Draw each printed interval on the narrowest one that the patients and deaths allow any Cox model."""
    rows = []
    for i, r in enumerate(rows_of(result.widths)):
        least = None if math.isnan(r.least) else r.least
        ends = (None, None) if least is None else np.clip(np.exp(np.log(r.ratio) + np.array([-1, 1]) * Z95 * least),
                                                          _LOW, _HIGH).tolist()
        low, high = np.clip([r.low, r.high], _LOW, _HIGH).tolist()
        rows.append({"i": i, "text": theme.shortened(r.row, _NAME), "ratio": float(np.clip(r.ratio, _LOW, _HIGH)),
                     "low": low, "high": high, "least_low": ends[0], "least_high": ends[1],
                     "c": theme.ACCENT if r.verdict == IMPOSSIBLE else theme.SELECTED,
                     "said": say("needs ≥ {deaths} deaths", deaths=f"{r.deaths:,}") if r.verdict == IMPOSSIBLE else
                     say("possible") if least is not None else say("cannot be checked")})
    impossible = int((result.widths.verdict == IMPOSSIBLE).sum())
    table = pd.DataFrame([{"Row": r.row, "Ratio (95% CI)": f"{exact(r.ratio)} ({exact(r.low)}{DASH}{exact(r.high)})",
                           "SE at most": fixed(r.std_error, 3), "Least SE": DASH if math.isnan(r.least) else
                           fixed(r.least, 3), "Deaths it needs": f"{r.deaths:,}", "Verdict": say(r.verdict)}
                          for r in rows_of(result.widths)]).rename(columns=say)
    return Figure(
        slug="audit-intervals", title=say("Printed intervals, and the narrowest that could be: {name}", name=name),
        chart=theme.with_data(_widths(len(rows)), rows=rows, one=[{"x": 1.0}]), table=table, drawn=result.widths,
        key={"rows bar": "pale bars: the narrowest interval that the patients and deaths allow any Cox model",
             "rows rule": "lines: the printed intervals", "rows point": "squares: the printed ratios",
             "one rule": "upright line: a ratio of 1"},
        summary=(say("{impossible} of {intervals} are narrower than the patients allow", impossible=impossible,
                     intervals=plural(len(rows), 'interval')),),
        provenance=_source(name, fingerprint, result), alt=say("Printed intervals over the least possible ones."))


def verdicts_of(result: Audit) -> list[str]:
    """Return the verdicts there are, the gravest first."""
    return [v for v in VERDICTS if (result.findings.verdict == v).any()]


def _source(name: str, fingerprint: str, result: Audit) -> Provenance:
    return Provenance(
        patients=say("From the printed table alone"), filters=say("No patient data."), version=__version__,
        method=say("p by every test of the counts (claimed: {test}); least standard error √(1/d₁ + 1/d₀), deaths at "
                   "most the patients where unknown, 2/√d where their split is; limits taken as rounded in the paper's "
                   "favour.", test=say(result.claimed)),
        source=f"{name}, SHA-256 {fingerprint[:12]} · Cohortscope {__version__}")


@once_per_language(32)
def _widths(rows: int) -> dict[str, Any]:
    y = alt.Y("i:O", axis=None, scale=alt.Scale(domain=list(range(rows)), paddingInner=0, paddingOuter=0))
    scale = alt.Scale(type="log", domain=[_LOW, _HIGH], nice=False, range=[250, alt.ExprRef("width - 150")])
    axis = alt.Axis(values=list(_TICKS), format="~g", grid=True, orient="top", title=None)

    def x(field: str) -> alt.X:
        return alt.X(f"{field}:Q", scale=scale, axis=axis)

    base = alt.Chart(theme.data("rows"))
    layers: list[Any] = [
        base.transform_filter("isValid(datum.least_low)").mark_bar(height=12, color=theme.ALL).encode(
            y=y, x=x("least_low"), x2="least_high:Q"),
        alt.Chart(theme.data("one")).mark_rule(color=theme.QUIET).encode(x=x("x")),
        base.mark_rule(strokeWidth=2.4).encode(y=y, x=x("low"), x2="high:Q", color=theme.given("c")),
        base.mark_point(shape="square", filled=True, size=50, opacity=1).encode(y=y, x=x("ratio"),
                                                                                color=theme.given("c")),
        base.mark_text(align="left", baseline="middle").encode(y=y, x=alt.value(0), text="text:N",
                                                               color=alt.value(theme.INK)),
        base.mark_text(align="right", baseline="middle").encode(y=y, x=alt.value(alt.ExprRef("width")), text="said:N",
                                                                color=theme.given("c"))]
    return theme.finish(alt.layer(*layers), width=WIDTH, height=rows * _ROW + 40, rows=(rows, _ROW, 0), least=560)
