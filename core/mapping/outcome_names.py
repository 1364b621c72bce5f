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
    r"|complication|(^|[ _-])(month|week|day|visit|cycle)[ _-]?\d+[ _-]"
    r"|(^|_)rild(_|$)|[ _-]w(ee)?k[ _-]?\d+$|treatment[ _-]*duration|discontinu|withdrawn"
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
    r"baseline|history|prior|previous|before|neoadjuvant|at[ _.-]?entry|anamnes|previ[ao]|ant[ée]c[ée]d|歴"
    r"|recurrent[ _]|pre[ _.-]?(op|treat|surg)|at[ _.-]?diagnosis|既往|术前|治疗前|史",
    re.IGNORECASE)
_TIME_OR_STATUS = re.compile(r"time|interval|surv|follow|futime|duration|status|event|cens|outcome|fustat|observed"
                             r"|时间|随访|生存|状态|事件|结局|転帰|기간|상태|suivi|segui|zeit", re.IGNORECASE)
# Outcomes under the names of public files.
_PUBLIC = re.compile(
    r"^(r|d|f|p|rec|cr|rl|e)time$|^(f|p|r)stat(us)?$|^recur$|new[ _]tumou?r|tumou?r[ _]status|days[ _]to[ _]last"
    r"|^cod([ _]|$)|(survival|disease)[ _]status|distant[ _]?met|^(living|survived|alive)$|status[ _]\d+ ?y"
    r"|(\d|five|three)[ _-]?years?[ _]surv"
    r"|second[ _]primary|(^|[ _])pcr([ _]|$)|complete[ _]response|clavien|hospital[ _]stay|uncensored|censored"
    r"|^(age|âge|alter)?[ _]*(at[ _])?(exit|stop|tstop|end|time2|t2|salida|sortie)([ _]age)?$|^statut$"
    r"|age[ _](at[ _])?(death|last|event|exit)|nachbeobachtung"
    r"|suivi|seguimiento|reca[ií]da|^[ée]tat$|^s[ls]p[ _(]", re.IGNORECASE)

# An endpoint's abbreviation among other words, and a survival that is measured: OS_time_from_RT, PFS1 months.
_ENDPOINT = re.compile(r"(?<![a-zA-Z])(OS|os|r?[pP][fF][sS]|[dD][fF][sS]|[rR][fF][sS]|[eE][fF][sS]|[dD]?[mM][fF][sS]|"
                       r"[lL]R?[fF][sS]|DSS|CSS|TTP|PFI|DFI)\d?(?![a-zA-Z])"
                       r"|surviv(al|ed)|überleben|survie|supervivencia|sopravvivenza")


def known_later(name: str) -> bool:
    """Tell whether a column's name says that it was known only after time zero."""
    if _BEFORE.search(name):
        return False
    if _UNDER_TREATMENT.search(name) or _OUTCOME.search(name) or _PUBLIC.search(name):
        return True
    if _ENDPOINT.search(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)):
        return True
    meaning = header_meaning(name)
    return bool(meaning.endpoint or meaning.about_death or meaning.happens) or \
        bool(meaning.part and _TIME_OR_STATUS.search(name))
