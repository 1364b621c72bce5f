"""The session's record of comparisons: what is noted, what is said under the curves, and what exports say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import streamlit as st

from core.charts import Part
from core.cohort import GROUPS, SELECTION, Cohort
from core.figure import Figure, coding_of
from core.format import fixed, p_phrase, p_value
from core.language import say
from core.overview import Question, Record, question
from core.survival import few_patients
from ui.shell.display import note, table
from ui.shell.state import session


def record_of(cohort: Cohort) -> Record:
    """Return the record of a cohort's file."""
    return session().records.setdefault(cohort.fingerprint, Record())


def asked(cohort: Cohort, endpoint: str, by: str | None, pane: str = "") -> tuple[Question, str]:
    """Return what is compared of the selection on screen, and its words."""
    whole = cohort.whole
    filters = session().filters if by == SELECTION else cohort.filters
    label = {SELECTION: say("the selection against all others"),
             None: say("one curve")}.get(by) or whole.variable(str(by)).label
    if by == GROUPS:
        label = say(" against ").join(whole.levels(GROUPS))
        by = f"{GROUPS} {session().groups.compared_key}"
    elif by == SELECTION and SELECTION in whole.variables:
        label = say("{levels} against all others", levels=whole.levels(SELECTION)[1])
    start = say(" from month {landmark}", landmark=fixed(whole.landmark[1], 1)) if whole.landmark else ""
    words = say("{endpoint}{start} by {label}", endpoint=endpoint, start=start,
                label=label) if by else f"{endpoint}{start}"
    conditions = [cohort.condition_words(k) for k in cohort.filters.conditions] if by != SELECTION else []
    of = "; ".join([*conditions, *([pane] if pane else [])])
    coding = coding_of(whole)
    begins = f" from month {fixed(whole.landmark[1], 1)}" if whole.landmark else ""  # the same in every language
    return question(f"{endpoint}{begins}", by or "", filters, pane, coding), f"{words}: {of}" if of else words


def looked(parts: Sequence[Part]) -> None:
    """Note the comparisons that are drawn, and say how many there were."""
    record, latest = record_of(parts[0].cohort), None
    for part in parts:
        test = part.result.log_rank
        if len(test):
            latest, words = asked(part.cohort, part.result.endpoint, part.result.by, part.level)
            record.look(latest, words, float(test.p_value.iloc[0]))
    if latest not in record.comparisons:
        return
    with st.container(key="standing", horizontal=True, vertical_alignment="center", gap="small"):
        note(_standing(record, latest))
        everything = st.popover(say("All comparisons"), key="record", type="tertiary", on_change="rerun")
    if everything.open:
        with everything:
            _table(record)


def _standing(record: Record, latest: Question) -> str:
    """Say which comparison of the session this is, and its p-value among all of them."""
    place, n = list(record.comparisons).index(latest), len(record.comparisons)
    return (say("Comparison {number} of {n} in this session: {p_phrase} by Benjamini and Hochberg over all; "
                "{by_chance} would be below .05 by chance.", number=place + 1, n=n,
                p_phrase=p_phrase(record.table().p_adjusted.iloc[place]), by_chance=fixed(record.by_chance, 2)))


def _table(record: Record) -> None:
    note(record.summary())
    rows = record.table()
    table(pd.DataFrame({"Comparison": rows.words, "Log-rank p": rows.p_value.map(p_value),
                        "Benjamini-Hochberg": rows.p_adjusted.map(p_value)}), wrap=True)
    if session().looks:
        note(say("Beside these, {looks} ranges were looked at while they moved.", looks=f"{session().looks:,}"))
    note(say("Counted once each: log-rank tests of curves on Explore and Survival, by endpoint, strata and "
             "selection. Tables of adverse events and subgroups adjust for their tests by themselves."))


def with_standing(cohort: Cohort, figure: Figure) -> Figure:
    """Let a figure say for its file that its patients are few, that it is exploratory, or was declared before."""
    current, whole = session(), cohort.whole
    by = current.by if current.by in (SELECTION, *whole.variables) else None
    this, _ = asked(cohort, current.endpoint, by)
    curves = f"km-{current.endpoint}-{by or 'all'}".lower().replace(" ", "-")
    shifted = bool(current.landmark) and current.page == "Survival"
    selected = say("these patients were selected") if current.filters or cohort.filters else \
        say("these groups were made") if GROUPS in figure.slug else ""
    words = record_of(cohort).standing(figure.slug, this, answers=figure.slug == curves and not shifted,
                                       selected=selected)
    few = few_patients(cohort.n, current.warn_below)
    return replace(figure, warnings=tuple(filter(None, (few, *figure.warnings, words))))
