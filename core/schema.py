"""Names: the columns of a cohort's frames, the roles, and the dictionary of liver oncology.

A literal column name of the app's own frames stands here and nowhere else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Literal

PATIENT = "patient_id"
ARM = "arm"
RESPONSE = "response"
AE_PREFIX = "ae_"

# The long adverse-event frame: one row per patient (position), term and record.
EVENT_COLUMNS = ("patient", "term", "category", "grade", "day")
FINDING_COLUMNS = ("severity", "row", "column", "value", "message")

Kind = Literal["categorical", "numeric", "grade"]
Known = Literal["baseline", "later"]
Severity = Literal["repaired", "assumed", "warning", "refused"]

MISSING_CODES = ("", "NA", "N/A", "#N/A", "NaN", "nan", "NULL", ".", "?")

MONTHS_PER = {
    "days": 1 / 30.4375,
    "weeks": 7 / 30.4375,
    "months": 1.0,
    "years": 12.0,
}


# Keys that no factor may have: columns of the patients' frame.
RESERVED = frozenset({PATIENT, ARM, RESPONSE})


def time_column(endpoint: str) -> str:
    """Name the patients' column that holds an endpoint's time in months."""
    return f"{endpoint} time"


def event_column(endpoint: str) -> str:
    """Name the patients' column that holds an endpoint's event (0 or 1)."""
    return f"{endpoint} event"


@dataclass(frozen=True)
class Cut:
    """Split a numeric variable at a value; `closed` says which side holds the value itself."""

    at: float
    closed: Literal["left", "right"] = "right"  # right: <= at / > at; left: < at / >= at


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Describe a variable the dictionary knows."""

    key: str
    label: str
    synonyms: tuple[str, ...]
    kind: Kind = "categorical"
    unit: str = ""
    levels: tuple[str, ...] = ()
    cuts: tuple[Cut, ...] = ()
    log: bool = False


DICTIONARY: tuple[Entry, ...] = (
    Entry(
        key="pvtt",
        label="PVTT grade",
        synonyms=("pvtt", "pvttgrade", "pvtttype", "vp", "portalveintumorthrombus",
                  "portalveintumourthrombus", "pvtt分型", "pvtt分级", "门静脉癌栓"),
        levels=("none", "无", "Vp0", "Vp1", "Vp2", "Vp3", "Vp4"),
    ),
    Entry(
        key="hvtt",
        label="HVTT",
        synonyms=("hvtt", "hepaticveintumorthrombus", "hepaticveintumourthrombus",
                  "肝静脉癌栓"),
        levels=("no", "yes"),
    ),
    Entry(
        key="afp",
        label="AFP",
        synonyms=("afp", "alphafetoprotein", "afplevel", "甲胎蛋白"),
        kind="numeric",
        unit="ng/mL",
        cuts=(Cut(400, "right"),),
        log=True,
    ),
    Entry(
        key="tumor_size",
        label="Tumour size",
        synonyms=("tumorsize", "tumoursize", "size", "maxdiameter", "tumordiameter",
                  "肿瘤大小", "肿瘤直径", "肿瘤最大径"),
        kind="numeric",
        unit="cm",
        cuts=(Cut(10, "right"),),
    ),
    Entry(
        key="age",
        label="Age",
        synonyms=("age", "ageyears", "ageatdiagnosis", "年龄"),
        kind="numeric",
        unit="years",
        cuts=(Cut(65, "left"),),
    ),
    Entry(
        key="sex",
        label="Sex",
        synonyms=("sex", "gender", "性别"),
        levels=("F", "M", "female", "male", "女", "男"),
    ),
    Entry(
        key="ecog",
        label="ECOG",
        synonyms=("ecog", "ecogps", "phecog", "ps", "performancestatus", "体力评分"),
        levels=("0", "1", "2", "3", "4"),
    ),
    Entry(
        key="t_stage",
        label="T stage",
        synonyms=("tstage", "ct", "pt", "t分期"),
    ),
    Entry(key="n_stage", label="N stage", synonyms=("nstage", "cn", "pn", "n分期")),
    Entry(key="tnm", label="TNM stage", synonyms=("tnm", "tnmstage", "stage", "分期")),
    Entry(
        key="bclc",
        label="BCLC stage",
        synonyms=("bclc", "bclcstage", "bclc分期"),
        levels=("0", "A", "B", "C", "D"),
    ),
    Entry(
        key="etiology",
        label="Aetiology",
        synonyms=("etiology", "aetiology", "underlying", "underlyingdisease", "hepatitis",
                  "病因"),
    ),
    Entry(
        key="tumor_number",
        label="Tumour number",
        synonyms=("tumornumber", "tumournumber", "tumormultiplicity", "tumourmultiplicity",
                  "肿瘤数目"),
        levels=("single", "multiple"),
    ),
    Entry(
        key="child_pugh",
        label="Child-Pugh class",
        synonyms=("childpugh", "childpughclass", "childpughgrade", "child分级"),
        levels=("A", "B", "C"),
    ),
    Entry(
        key="vascular_invasion",
        label="Vascular invasion",
        synonyms=("vascularinvasion", "mvi", "macrovascularinvasion", "血管侵犯"),
    ),
    Entry(
        key="differentiation",
        label="Tumour differentiation",
        synonyms=("tumordifferentiation", "tumourdifferentiation", "differentiation", "grade"),
    ),
    Entry(key="hbsag", label="HBsAg", synonyms=("hbsag", "hbv")),
    Entry(key="cirrhosis", label="Cirrhosis", synonyms=("cirrhosis", "livercirrhosis", "肝硬化")),
    Entry(key="capsulation", label="Capsulation", synonyms=("capsulation", "capsule")),
    Entry(key="alt", label="ALT", synonyms=("alt", "sgpt"), kind="numeric", unit="U/L"),
    Entry(key="ast", label="AST", synonyms=("ast", "sgot"), kind="numeric", unit="U/L"),
)

MAX_LEVELS_SHOWN = 24  # a column with more different values cannot be an arm, an event or levels

ID_NAMES = ("patientid", "id", "pid", "subjectid", "usubjid", "subject", "caseid", "number",
            "no", "patient", "编号", "病例号", "序号", "患者编号",
            "病人编号", "患者id", "住院号")
ARM_NAMES = ("arm", "trt", "treatment", "treatmentarm", "treatmentgroup", "group", "rx",
             "armcd", "actarm", "治疗组", "组别", "分组", "治疗方案")
RESPONSE_NAMES = ("response", "mrecist", "recist", "bestresponse", "bor", "疗效")
RESPONSE_LEVELS = ("CR", "PR", "SD", "PD", "NE")

# Names of an endpoint's two columns, once folded. The bare name of the endpoint is its time.
ENDPOINTS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "OS": ("Overall survival", ("overallsurvival", "总生存期", "生存时间", "survivaltime", "futime", "time"),
           ("death", "dead", "died", "deceased", "vitalstatus", "死亡", "fustat", "status",
            "event", "生存状态")),
    "PFS": ("Progression-free survival", ("progressionfreesurvival", "无进展生存期"),
            ("progression", "progressed", "进展")),
    "RFS": ("Recurrence-free survival", ("recurrencefreesurvival", "relapsefreesurvival",
                                         "无复发生存期"),
            ("recurrence", "relapse", "复发")),
    "DFS": ("Disease-free survival", ("diseasefreesurvival", "无病生存期"), ()),
    "TTP": ("Time to progression", ("timetoprogression",), ()),
    "LRFS": ("Local recurrence-free survival", ("localrecurrencefreesurvival",), ()),
    "EFS": ("Event-free survival", ("eventfreesurvival",), ()),
}
ENDPOINT_TIME_SUFFIXES = ("", "time", "months", "month", "days", "day", "weeks", "years", "m", "d")
ENDPOINT_EVENT_SUFFIXES = ("event", "status", "censor", "cens", "indicator", "e", "stat")

EVENT_WORDS = ("dead", "death", "died", "deceased", "1:deceased", "event", "yes", "true",
               "progressed", "progression", "relapsed", "recurrence", "recurred", "死亡", "是",
               "1:progressed", "1:recurred/progressed")
NO_EVENT_WORDS = ("alive", "living", "0:living", "censored", "no", "false", "none", "存活", "否",
                  "0:censored", "0:diseasefree")
CONTROL_WORDS = ("control", "placebo", "standard", "observation", "obs", "bsc", "对照")

AE_CATEGORIES: dict[str, tuple[str, ...]] = {
    "Haematological": ("leukopenia", "anemia", "anaemia", "thrombocytopenia", "neutropenia",
                       "lymphopenia"),
    "Hepatic": ("alt", "ast", "alp", "bilirubin", "ggt", "hypoproteinemia", "hypoalbuminemia",
                "ascites"),
    "Dermatological": ("hand foot", "skin", "rash", "hair loss", "alopecia", "pruritus"),
    "Gastrointestinal": ("nausea", "vomiting", "anorexia", "diarrhea", "diarrhoea",
                         "constipation", "abdominal pain", "ulcer"),
    "Constitutional": ("fatigue", "fever", "weight loss", "pain"),
}
_ACRONYMS = {"alt", "ast", "alp", "ggt"}
_UNIT_IN_NAME = re.compile(r"[\(\[（【]([^)\]）】]*)[\)\]）】]")
_NAME_UNITS = {
    "day": "days", "days": "days", "d": "days", "天": "days",
    "week": "weeks", "weeks": "weeks", "周": "weeks",
    "month": "months", "months": "months", "mo": "months", "mos": "months", "月": "months",
    "year": "years", "years": "years", "yr": "years", "yrs": "years", "年": "years",
}


def fold(name: str) -> str:
    """Reduce a header to its letters and digits, without case, width, units and punctuation."""
    text = unicodedata.normalize("NFKC", name)
    text = _UNIT_IN_NAME.sub("", text).lower()
    text = re.sub(r"_(ng_ml|ng_l|ug_l|cm|mm|iu_ml|u_l)$", "", text)
    return re.sub(r"[^0-9a-z\u3400-\u9fff]", "", text)


def time_unit_in(name: str) -> str | None:
    """Return the time unit that a header states (`OS_months`, `OS (days)`), or None."""
    text = unicodedata.normalize("NFKC", name).lower()
    words = [*_UNIT_IN_NAME.findall(text), *re.split(r"[^a-z\u3400-\u9fff]+", text)]
    stated = next((_NAME_UNITS[w.strip()] for w in words if w.strip() in _NAME_UNITS), None)
    return stated or _unit_after_endpoint(fold(name))


def _unit_after_endpoint(folded: str) -> str | None:
    """Return the unit in a header such as `OSdays` or `os_m`, or None."""
    for name in ENDPOINTS:
        suffix = folded.removeprefix(name.lower())
        if suffix != folded and suffix in {**_NAME_UNITS, "m": "months"}:
            return {**_NAME_UNITS, "m": "months"}[suffix]
    return None


def dictionary_entry(name: str) -> Entry | None:
    """Return the dictionary's entry for a header, or None."""
    folded = fold(name)
    return next((e for e in DICTIONARY if folded in e.synonyms), None)


def matching(columns: list[str], pattern: str) -> list[str]:
    """Return the columns that a shell pattern names, in their order."""
    return [c for c in columns if fnmatch(c, pattern)]


def factor_key(column: str) -> str:
    """Turn a header into a factor's key: lower case, words joined by underscores."""
    text = unicodedata.normalize("NFKC", column).lower()
    return re.sub(r"[^\w]+", "_", text).strip("_") or "factor"


def readable(column: str) -> str:
    """Turn a header into a label: `failure_local` becomes `Failure local`."""
    words = re.sub(r"[_\s]+", " ", column).strip()
    return words[:1].upper() + words[1:]


def ae_term(column: str) -> str:
    """Turn an adverse-event column into a term: `ae_alt_increased` becomes `ALT increased`."""
    bare = column[len(AE_PREFIX):] if column.lower().startswith(AE_PREFIX) else column
    words = [w.upper() if w.lower() in _ACRONYMS else w for w in re.split(r"[_\s]+", bare) if w]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def ae_category(term: str) -> str:
    """Return the organ class the dictionary gives a term, else "Other"."""
    text = term.lower()
    words = set(text.split())
    for category, names in AE_CATEGORIES.items():
        if any(name in words or (" " in name and name in text) for name in names):
            return category
    return "Other"
