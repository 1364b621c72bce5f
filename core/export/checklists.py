"""Reporting checklists, filled with what some figures say; what they do not say is left to the authors.

Items are numbered as in the guidelines and named in words of our choice.
Source: von Elm et al. PLoS Med 2007;4:e296 (STROBE); McShane et al. J Natl Cancer Inst 2005;97:1180 (REMARK);
Ioannidis et al. Ann Intern Med 2004;141:781 (CONSORT Harms).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from core.export.manuscript import methods_paragraph
from core.figure import Figure, Provenance, text_table
from core.format import plural
from core.language import say
from core.options import takes_options
from core.version import __version__

Checklist = Literal["STROBE", "REMARK", "CONSORT Harms"]
CHECKLISTS: tuple[Checklist, ...] = ("STROBE", "REMARK", "CONSORT Harms")
OPEN = "to be written"
# Words in notes and begins of warnings, in every language that figures speak.
_LEFT_OUT, _STANDING = ("left out", "missing", "未纳入", "缺失"), ("Exploratory", "Pre-specified", "探索性", "预先设定")
_Filled = Callable[[Sequence[Figure]], str]
_EVENTS = ("adverse events", "butterfly", "risk differences", "grades", "volcano", "burden", "term", "all arms")
_CURVES = ("curves", "panes", "survival-at", "restricted-means", "test", "quantiles")
_MODELS = ("model", "weighted")


def _kinds(figures: Sequence[Figure], *kinds: str) -> list[tuple[int, Figure]]:
    """Return the figures of some kinds, each with its number."""
    return [(i, f) for i, f in enumerate(figures, start=1) if f.recipe and f.recipe.kind in kinds]


def _where(*kinds: str) -> _Filled:
    """Return what says in which figures something stands."""
    def said(figures: Sequence[Figure]) -> str:
        return "; ".join(say("Figure {i}: {text}", i=i, text=f.full_title) for i, f in _kinds(figures, *kinds))
    return said


def _findings(*kinds: str) -> _Filled:
    """Return what gives the findings of some figures."""
    def said(figures: Sequence[Figure]) -> str:
        return "; ".join(say("Figure {i}: {text}", i=i, text=". ".join(f.summary))
                         for i, f in _kinds(figures, *kinds) if f.summary)
    return said


def _who(figures: Sequence[Figure]) -> str:
    return "; ".join(dict.fromkeys(f"{f.provenance.patients}. {f.provenance.filters}" for f in figures))


def _source(figures: Sequence[Figure]) -> str:
    return "; ".join(dict.fromkeys(f.provenance.source for f in figures))


def _methods(figures: Sequence[Figure]) -> str:
    return methods_paragraph(figures) if figures else ""


def _left_out(figures: Sequence[Figure]) -> str:
    notes = [note for f in figures for note in f.notes if any(word in note for word in _LEFT_OUT)]
    return " ".join(dict.fromkeys([*notes, *(line for _, f in _kinds(figures, "missing") for line in f.summary)]))


def _groups(figures: Sequence[Figure]) -> str:
    return "; ".join(dict.fromkeys(f.title for f in figures if f.recipe and f.recipe.choices.get("by")))


def _events(figures: Sequence[Figure]) -> str:
    return "; ".join(say("Figure {i}: {text}", i=i, text=f.alt) for i, f in _kinds(figures, "curves") if f.alt)


_estimates = _findings("curves", "weighted", "response")


def _adjusted(figures: Sequence[Figure]) -> str:
    """Return the ratios of models of two covariates and more, as their tables have them."""
    out = []
    for i, f in _kinds(figures, "model"):
        rows = [[str(v) for v in row] for row in f.table.to_numpy().tolist()]  # the fifth: adjusted
        ratios = [" ".join(filter(None, (row[0], row[1], row[4]))) for row in rows if "(" in row[4]]
        if f.recipe and len(f.recipe.choices["covariates"]) > 1 and ratios:
            out.append(say("Figure {i}: HR {ratios}", i=i, ratios='; '.join(ratios)))
    return "; ".join(out)


def _looked(figures: Sequence[Figure]) -> str:
    standing = [w for f in figures for w in f.warnings if w.startswith(_STANDING)]
    return " ".join(dict.fromkeys([*standing, *(f.summary[0] for _, f in _kinds(figures, "subgroups") if f.summary)]))


_ITEMS: dict[Checklist, tuple[tuple[str, str, _Filled | None], ...]] = {
    "STROBE": (
        ("1", "Design in the title or abstract; balanced abstract", None), ("2, 3", "Background and objectives", None),
        ("4, 5", "Design, setting, dates", None), ("6", "Who was eligible, and how patients were chosen", _who),
        ("7", "Outcomes, exposures and groups that are compared", _groups),
        ("8", "Sources of data and how they were measured", _source), ("9", "What was done against bias",
                                                                      _where("weighted", "love")),
        ("10", "How the size of the study came about", None),
        ("11", "How numbers entered the analyses: cut-points, scales", _where("spline", "along", "composition")),
        ("12a", "Statistical methods", _methods),
        ("12b", "Subgroups and interactions", _where("subgroups", "along", "panes")),
        ("12c", "How missing data were treated", _left_out), ("12e", "Sensitivity analyses", _where(*_MODELS[1:])),
        ("13", "Numbers at each stage, and why patients left", _where("attrition")),
        ("14a", "Characteristics of the patients", _where("baseline")),
        ("14b", "Missing data of each variable", _where("missing")),
        ("14c", "Follow-up", _where("follow-up")), ("15", "Numbers of outcome events", _events),
        ("16", "Unadjusted and adjusted estimates with intervals",
         lambda figures: "; ".join(filter(None, (_estimates(figures), _adjusted(figures))))),
        ("17", "Other analyses: subgroups, sensitivity, how many there were", _looked),
        ("18-21", "Key results, limitations, interpretation, generalisability", None), ("22", "Funding", None)),
    "REMARK": (
        ("1", "The marker, the objectives and hypotheses", None), ("2", "Characteristics of the patients", _who),
        ("3", "Treatments, and how they were chosen", None), ("4, 5", "Specimens and assay of the marker", None),
        ("6", "How cases were selected; follow-up", _where("follow-up", "attrition")),
        ("7", "Endpoints", _groups), ("8", "All variables that were looked at", _where("baseline", "composition")),
        ("9", "Reasons for the size of the study", None), ("10", "Statistical methods", _methods),
        ("11", "How values of the marker were handled: cut-points", _where("spline", "along", "composition")),
        ("12", "Flow of patients, with the events in each subgroup", _where("attrition", "subgroups")),
        ("13", "Demographic and prognostic variables, missing values", _where("baseline", "missing")),
        ("14", "The marker beside standard prognostic variables", _where("baseline", "pairs", "love")),
        ("15", "Univariable results with intervals", _findings("curves")),
        ("16", "Multivariable results with intervals", _adjusted),
        ("17", "Estimates of the marker with standard variables", _where("model")),
        ("18", "Assumptions, sensitivity, validation", _where("proportional hazards", "weighted", "time split")),
        ("19, 20", "Interpretation, limitations, implications", None)),
    "CONSORT Harms": (
        ("1, 2", "Harms in title, abstract and introduction", None),
        ("3", "Which adverse events were recorded, and how they were graded",
         lambda figures: " ".join(dict.fromkeys(f.provenance.method for _, f in _kinds(figures, *_EVENTS)))),
        ("4", "How and when harms were collected, and attributed", None),
        ("5", "How harms were analysed", lambda figures: _methods([f for _, f in _kinds(figures, *_EVENTS)])),
        ("6", "Withdrawals because of harms", None),
        ("7", "Of how many patients harms were analysed", lambda figures: "; ".join(dict.fromkeys(
            f.provenance.patients for _, f in _kinds(figures, *_EVENTS)))),
        ("8", "Risk of each event by arm, type and grade", _where(*_EVENTS)),
        ("9", "Subgroup analyses and explorations of harms", lambda figures: _looked(
            [f for _, f in _kinds(figures, *_EVENTS)])),
        ("10", "Benefits and harms, balanced", _findings("benefit and risk")))}


@takes_options
def checklist(figures: Sequence[Figure], name: Checklist = "STROBE") -> Figure:
    """Return a checklist as a table: item, what it asks for, and what the figures say of it."""
    rows = [[item, say(asks), (fill(figures) if fill else "") or say(OPEN)] for item, asks, fill in _ITEMS[name]]
    table = text_table([say("Item"), say("Asks for"), say("What the figures say")], rows)
    open_items = sum(row[2] == say(OPEN) for row in rows)
    left = say("{open_items} of {rows} items are left to the authors; read the others before you send them.",
               open_items=open_items, rows=len(rows))
    origin = Provenance(patients=plural(len(figures), "figure"), filters=left, method="", source=_source(figures),
                        version=__version__)
    return Figure(slug=f"checklist-{name}".lower().replace(" ", "-"), title=say("{name} checklist", name=name),
                  chart=None,
                  table=table, drawn=table, provenance=origin)
