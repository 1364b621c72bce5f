"""Headers of what can only be known after time zero: outcomes, treatment given later, changes under treatment."""

from __future__ import annotations

import re

from core.mapping.endpoint_names import header_meaning

# Treatment after time zero, and what was measured under it.
_UNDER_TREATMENT = re.compile(
    r"(best|max|nadir|percent|pct|tumou?r|size|sld)[ _-]*(size[ _-]*)?(change|shrink|reduction)"
    r"|change[ _-]*(from|percent|pct|in[ _-]*(size|sld))"
    r"|(^|[ _.-])(post|after)[ _.-]*(op|surg|treat|ther|tace|rt|chemo|resect|ablat|baseline|transplant|$)"
    r"|nadir|salvage|subsequent|second[ _-]*line|received|crossover|(dose|drug)[ _-]*(reduc|interrupt)"
    r"|complication|(^|_)rild(_|$)|[ _-]w(ee)?k[ _-]?\d+$|treatment[ _-]*duration|discontinu|withdrawn"
    r"|停药|终止治疗|治疗后|术后|最佳变化|变化率|缩小率", re.IGNORECASE)
# Outcomes. A cause of disease, a history of relapse and a response to a former treatment are none.
_OUTCOME = re.compile(
    r"(^|[ _.-])(best[ _.-]?(overall|response|change)|m?recist|bor|orr|dcr|cbr|(objective|tumou?r)[ _.-]?response)"
    r"|(^|[ _.-])(relapse|recurr|progress|exitus)|cause[ _.-]*of[ _.-]*death|death[ _.-]*cause"
    r"|(died|dead|death)([ _.-]|$)"
    r"|within[ _.-]*\d+[ _.-]*(y|m|d|w)|(^|[ _.-])(toxicity|dlt|adverse[ _.-]?event|sae)([ _.-]|$)|follow[ _.-]?up"
    r"|last[ _.-]*(contact|seen|visit)|(^|[ _.-])outcome|vital[ _.-]?status|(tx|rx|surv|relapse|event|death)[ _.-]?time"
    r"|死因|死亡|复发|进展|疗效|毒性|不良反应|随访|转归|結果|再発|増悪|재발|사망"
    r"|rezidiv|recidiv|rechute|deces|fallec",
    re.IGNORECASE)
_BEFORE = re.compile(
    r"baseline|history|prior|previous|before|pre[ _.-]?(op|treat|surg)|at[ _.-]?diagnosis|既往|术前|治疗前|史",
    re.IGNORECASE)
_TOO_SHORT = 2  # letters: T may be a stage, e anything


def known_later(name: str) -> bool:
    """Tell whether a column's name says that it was known only after time zero."""
    if _UNDER_TREATMENT.search(name):
        return True
    if _BEFORE.search(name):
        return False
    meaning = header_meaning(name)
    outcome = meaning.endpoint or meaning.about_death or meaning.happens or (meaning.part and len(name) > _TOO_SHORT)
    return bool(outcome) or bool(_OUTCOME.search(name))
