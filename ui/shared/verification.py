"""Check these numbers: the page's figures from lifelines beside ours, and R code that gives them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.charts import opinion_table
from core.cohort import Cohort
from core.export import table_bytes
from core.hazards import CoxModel
from core.language import say
from core.survival import SurvivalOptions
from core.verification import RCode, cox_r_code, r_code
from ui.shell import cache, state
from ui.shell.display import heading, note, panel, table
from ui.shell.escape import plain

_LARGE = 20_000


def checks(cohort: Cohort, options: SurvivalOptions) -> None:
    """Offer both for the Survival page; they are made only when asked for."""
    _offer(cohort, "check", say("the figures on this page"), lambda: cache.second_opinion(cohort, options),
           lambda: r_code(cohort, options), options.endpoint,
           say("The patients behind it (CSV: time, event, group; no ids)"))


def model_checks(cohort: Cohort, model: CoxModel, covariates: tuple[str, ...]) -> None:
    """Offer both for a model of hazard ratios."""
    _offer(cohort, "check-model", say("the multivariable model’s ratios and limits"),
           lambda: cache.cox_opinion(cohort, model), lambda: cox_r_code(cohort, model, covariates),
           f"{model.endpoint}-cox", say("The patients behind it (CSV: time, event, covariates; no ids)"))


def _offer(cohort: Cohort, key: str, what: str, opinion: Callable[[], pd.DataFrame],
           code: Callable[[], RCode], name: str, label: str) -> None:
    heading(say("Check these numbers"))
    if not st.toggle(say("Recompute them with lifelines, and show R code that gives the same"), key=key,
                     **state.KEPT):
        note(say("An independent library computes {what}, and both are shown with their difference.", what=what))
        return
    with st.container(key="checks"):
        left, right = st.columns([0.52, 0.48], gap="large")
    with left, panel():
        if cohort.n > _LARGE:
            note(say("lifelines needs a while for {n} patients.", n=f"{cohort.n:,}"))
        _compared(opinion())
    with right, panel():
        _r(code(), name, label)


def _compared(opinion: pd.DataFrame) -> None:
    apart, equal = opinion[~opinion.agrees], int(opinion.agrees.sum())
    explained = bool(apart.remark.all()) if len(apart) else True
    note(say("{equal} of {opinion} figures are equal to six digits.", equal=equal, opinion=len(opinion)) +
         (say(" The others are explained beside them.") if len(apart) and explained else ""), strong=not explained)
    with st.container(key="opinion", height=520):
        table(opinion_table(opinion))


def _r(code: RCode, name: str, label: str) -> None:
    data = table_bytes(code.data)
    file = f"cohortscope-{name}-{hashlib.sha256(data).hexdigest()[:8]}.csv".lower().replace(" ", "-")
    st.code(code.reading(file), language="r", height=440)
    st.download_button(plain(label), data, file, "text/csv", on_click="ignore", key="r-data",
                       icon=":material/download:")
