"""Words for a manuscript: what was done with some figures, in sentences with their references, and what they show.

A sentence stands where a figure's method names what it is about; nothing is said that was not done.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.figure import Figure, rows_of
from core.format import count_and_percent
from core.language import CHINESE, ENGLISH, say, speaking, spoken
from core.version import __version__


@dataclass(frozen=True, kw_only=True)
class _Statement:
    """A sentence about a method: `where` finds the method in what figures say; `sources` are its papers."""

    where: str
    english: str
    chinese: str
    sources: tuple[str, ...] = ()


_STATEMENTS = (
    _Statement(where=r"Kaplan-Meier", english="Survival was estimated by the Kaplan-Meier method.",
               chinese="采用 Kaplan-Meier 法估计生存率。",
               sources=("Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481",)),
    _Statement(where=r"log-log 95% CI",
               english="Confidence limits of survival and of medians are on the log-log scale.",
               chinese="生存率与中位生存时间的置信区间按 log-log 变换计算。",
               sources=("Brookmeyer R, Crowley J. Biometrics 1982;38:29-41",)),
    _Statement(where=r"Nelson-Aalen", english="Cumulative hazards are Nelson-Aalen estimates.",
               chinese="累积风险采用 Nelson-Aalen 估计。", sources=("Aalen O. Ann Stat 1978;6:701-726",)),
    _Statement(where=r"[Ll]og-rank", english="Groups were compared by the log-rank test.",
               chinese="组间比较采用 log-rank 检验。",
               sources=("Mantel N. Cancer Chemother Rep 1966;50:163-170",)),
    _Statement(where=r"\bCox\b", english="Hazard ratios were estimated by Cox proportional hazards regression.",
               chinese="采用 Cox 比例风险回归估计风险比（HR）。", sources=("Cox DR. J R Stat Soc B 1972;34:187-220",)),
    _Statement(where=r"\bEfron\b",
               english="Ties were handled by Efron's method.", chinese="同时发生的事件按 Efron 法处理。",
               sources=("Efron B. J Am Stat Assoc 1977;72:557-565",)),
    _Statement(where=r"Proportional hazards|proportional hazards: p|比例风险(?:假设|，p)",
               chinese="采用缩放 Schoenfeld 残差检验比例风险假设。",
               english="The assumption of proportional hazards was tested with scaled Schoenfeld residuals.",
               sources=("Grambsch PM, Therneau TM. Biometrika 1994;81:515-526",)),
    _Statement(where=r"Firth", chinese="似然函数无最大值时采用 Firth 惩罚似然及剖面似然置信区间。",
               english="Likelihoods without a maximum were penalised by Firth's method, with profile limits.",
               sources=("Firth D. Biometrika 1993;80:27-38", "Heinze G, Schemper M. Biometrics 2001;57:114-119")),
    _Statement(where=r"[Rr]estricted mean|限制性平均", english="Restricted mean survival times were compared.",
               chinese="比较限制平均生存时间（RMST）。",
               sources=("Royston P, Parmar MKB. BMC Med Res Methodol 2013;13:152",)),
    _Statement(where=r"interaction|交互作用", chinese="亚组间差异以似然比法检验交互作用。",
               english="Differences between subgroups were tested as interactions by the likelihood ratio.",
               sources=("Wang R, et al. N Engl J Med 2007;357:2189-2194",)),
    _Statement(where=r"landmark|界标", english="Analyses by what was known only later start at a landmark.",
               chinese="对基线之后才能获知的变量采用界标（landmark）分析。",
               sources=("Anderson JR, Cain KC, Gelber RD. J Clin Oncol 1983;1:710-719",)),
    _Statement(where=r"Aalen-Johansen", chinese="竞争风险下的累积发生率采用 Aalen-Johansen 法估计。",
               english="Cumulative incidence with competing events was estimated by the Aalen-Johansen method.",
               sources=("Aalen OO, Johansen S. Scand J Stat 1978;5:141-150",)),
    _Statement(where=r"Gray",
               english="Cumulative incidence was compared by Gray's test.", chinese="累积发生率的比较采用 Gray 检验。",
               sources=("Gray RJ. Ann Stat 1988;16:1141-1154",)),
    _Statement(where=r"[Pp]ropensity|倾向性评分", chinese="采用倾向评分加权以平衡组间协变量。",
               english="Groups were balanced by propensity score weighting.",
               sources=("Rosenbaum PR, Rubin DB. Biometrika 1983;70:41-55",)),
    _Statement(where=r"CTCAE|worst .*grade|最高.*级别", chinese="每例患者每项不良事件按最高级别计一次。",
               english="Each patient was counted once per adverse event, at the worst grade."),
    _Statement(where=r"Fisher", english="Proportions were compared by Fisher's exact test.",
               chinese="率的比较采用 Fisher 精确检验。", sources=("Fisher RA. J R Stat Soc 1922;85:87-94",)),
    _Statement(where=r"Miettinen-Nurminen", chinese="率差的 95% 置信区间采用 Miettinen-Nurminen 法。",
               english="Risk differences have Miettinen-Nurminen 95% confidence limits.",
               sources=("Miettinen O, Nurminen M. Stat Med 1985;4:213-226",)),
    _Statement(where=r"Clopper-Pearson", english="Rates have exact (Clopper-Pearson) 95% confidence limits.",
               chinese="率的 95% 置信区间采用 Clopper-Pearson 精确法。",
               sources=("Clopper CJ, Pearson ES. Biometrika 1934;26:404-413",)),
    _Statement(where=r"Benjamini", chinese="多重比较的 p 值按 Benjamini-Hochberg 法校正。",
               english="P-values of several tests were adjusted by Benjamini and Hochberg's method.",
               sources=("Benjamini Y, Hochberg Y. J R Stat Soc B 1995;57:289-300",)),
    _Statement(where=r"SMD|[Ss]tandardi[sz]ed (mean )?difference|标准化(均数)?差",
               chinese="基线特征的组间差异以标准化均数差（SMD）描述。",
               english="Baseline differences are described by standardised mean differences.",
               sources=("Austin PC. Stat Med 2009;28:3083-3107",)))
_DONE = ("Firth-penalised", "Firth 惩罚似然")  # begins of notes
_FREQUENT = 3  # adverse events that are named
_END = {ENGLISH: "Analyses were made with Cohortscope {version}; all p-values are two-sided.",
        CHINESE: "分析采用 Cohortscope {version} 完成，所有 p 值均为双侧。"}


def methods_paragraph(figures: Sequence[Figure]) -> str:
    """Say what was done for some figures, in the language that is spoken, with numbers of the references beneath."""
    texts = " ".join(word for f in figures for word in (
        f.provenance.method, *f.summary, *map(str, f.table.columns),
        *(note for note in f.notes if note.startswith(_DONE))))  # other notes advise what was not done
    sentences: list[str] = []
    sources: list[str] = []
    for statement in _STATEMENTS:
        if re.search(statement.where, texts):
            sentence = statement.chinese if spoken() == CHINESE else statement.english
            sources += [s for s in statement.sources if s not in sources]
            numbers = [sources.index(s) + 1 for s in statement.sources]
            mark = f" [{', '.join(map(str, numbers))}]" if numbers else ""
            sentences.append(f"{sentence[:-1]}{mark}{sentence[-1]}")
    sentences.append(_END[spoken()].format(version=__version__))
    joined = ("" if spoken() == CHINESE else " ").join(sentences)
    return "\n".join([joined, *([""] if sources else []), *(f"{i}. {s}." for i, s in enumerate(sources, start=1))])


def results_sentences(figures: Sequence[Figure]) -> str:
    """Say what some figures show, each in its language, a paragraph each: title, groups, finding."""
    return "\n\n".join(_result(f) for f in figures)


def _result(figure: Figure) -> str:
    with speaking(figure.language):
        kind = figure.recipe.kind if figure.recipe else ""
        groups = figure.alt if kind == "curves" else ""
        parts = [part for part in (figure.full_title, groups, _standing_out(figure), *figure.summary,
                                   *figure.warnings) if part]
        if spoken() == CHINESE:
            return "".join(f"{part.rstrip('.。')}。" for part in parts)
        return " ".join(f"{part.rstrip('.')}." for part in parts)


def _standing_out(figure: Figure) -> str:
    """Say of figures without a finding what stands out in their numbers; "" of others."""
    kind = figure.recipe.kind if figure.recipe else ""
    if kind in ("adverse events", "butterfly"):
        return say("Most frequent: {rates}", rates=", ".join(_rates(figure.drawn))) if len(figure.drawn) else ""
    if kind == "baseline" and "SMD" in figure.table.columns:
        smd = pd.to_numeric(figure.table["SMD"], errors="coerce")
        if smd.notna().any():
            row = figure.table.iloc[int(smd.argmax())]
            return say("Largest standardised difference: {difference} ({variable})", difference=row["SMD"],
                       variable=str(row.iloc[0]).split(",")[0].strip())
    return ""


def _rates(drawn: pd.DataFrame) -> list[str]:
    """Return the three terms that most patients had, with the patients of each group; rows of categories are none."""
    had = drawn[(drawn.band == "any") & ~drawn.term.str.endswith(":")]
    shares = had.groupby("term", sort=False).n_event.sum() / had.groupby("term", sort=False).n.sum()
    return [f"{term} ({'; '.join(_with(r) for r in rows_of(group))})"
            for term in shares.nlargest(_FREQUENT).index for group in [had[had.term == term]]]


def _with(row: Any) -> str:
    return say("{patients} with {arm}", patients=count_and_percent(row.n_event, row.n), arm=row.arm)
