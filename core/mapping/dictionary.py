"""The dictionary of liver oncology: how hospitals name columns, levels and units, in two languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from core.mapping.endpoint_names import header_meaning
from core.schema import AE_PREFIX, Cut, Kind

_IN_BRACKETS = re.compile(r"[\(\[（【]([^)\]）】]*)[\)\]）】]")
_UNIT_TAIL = re.compile(r"(?:[\s_/]+|(?<=[\u4e00-\u9fff]))(ng[_/]ml|ng[_/]l|[uμ]g[_/]l|[uμ]g[_/]ml|pg[_/]ml"
                        r"|iu[_/]ml|cm|mm|u[_/]l|[uμ]mol[_/]l"
                        r"|mg[_/]dl|g[_/]l|g[_/]dl)$")
_WORD = r"[^\d=:;,，；、/|]+?"
_CODE_WORD = re.compile(rf"(?<![\d.])(\d{{1,2}})\s*[=:为是、.-]?\s*({_WORD})\s*(?=[;,，；、/|]|\d|$)")
_WORD_CODE = re.compile(rf"({_WORD})\s*[=:为是]?\s*(?<![\d.])(\d{{1,2}})(?!\d)[;,，；、/|\s]*")
_LISTS = re.compile(r"([^=\d]+/[^=\d]+)=\s*([\d/ ]+)")
_EVENT_BEGINNINGS = ("dead", "died", "death", "deceas", "progress", "relaps", "recur", "死", "进展", "复发")
_NO_EVENT_BEGINNINGS = ("alive", "living", "live", "survi", "censor", "lost", "nodeath", "notdead", "noevent",
                        "diseasefree", "noevidence", "norecur", "norelapse", "noprogress", "nodisease", "not",
                        "stillalive", "without", "存活", "生存", "健在", "失访", "删失", "未", "无")
_DEAD = re.compile("(dead|died|deceas|death|死|已死|décéd|deced|muert|fallec|verstorben|gestorben|사망)")
_ALIVE = re.compile("(alive|living|lebt|lebend|viv[oae]|存活|生存|健在|생존)")
# What changes a quantity, so that a header's first word no longer says what it is.
_CHANGED = re.compile(r"\blog|\bln\b|[x×]\s*10|\bz\b|score|\bdirect|直接|change|delta|Δ|ratio|rank|percentile"
                      r"|\bpost|after"
                      r"|discontinu|withdrawn|停药|终止治疗|治疗后|术后|变化", re.IGNORECASE)
_CHINESE_UNITS = {"厘米": "cm", "毫米": "mm"}
_LIKE_A_UNIT = re.compile(r"[a-zμ%×^\d]{1,8}/[a-z\d^ ]{1,6}|%|[cm]m|k?g|c?gy|.*uln.*|years?|yrs?|y|岁|厘米|毫米|s|sec")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Describe a variable.

    `unit` is the unit its limits and cuts are in; `units` says by how much a value in another unit
    is multiplied to be in it (None: not to be converted without asking).
    """

    key: str
    label: str
    synonyms: tuple[str, ...]
    kind: Kind = "categorical"
    unit: str = ""
    units: Mapping[str, float | None] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    cuts: tuple[Cut, ...] = ()
    limits: tuple[float, float] | None = None
    log: bool = False


DICTIONARY: tuple[Entry, ...] = (
    Entry(key="pvtt", label="PVTT grade",
          synonyms=("pvtt", "pvttgrade", "pvtttype", "pvttclass", "pvttclassification", "vp", "vpgrade",
                    "vpclassification", "portalveintumorthrombus", "portalveintumourthrombus",
                    "portalveinthrombosis", "portalveinthrombus", "portalveininvasion", "pvt", "vp分型", "vp分级",
                    "癌栓", "癌栓分级",
                    "pvtt分型", "pvtt分级", "pvtt类型", "门静脉癌栓", "门脉癌栓",
                    "门静脉癌栓分型", "门静脉癌栓分级", "门脉癌栓分型", "癌栓分型"),
          levels=("none", "no", "无", "Vp0", "Vp1", "Vp2", "Vp3", "Vp4")),
    Entry(key="cheng", label="PVTT (Cheng)",
          synonyms=("cheng", "chengtype", "chengclassification", "pvttcheng", "程氏分型", "程氏分级")),
    Entry(key="hvtt", label="HVTT",
          synonyms=("hvtt", "hepaticveintumorthrombus", "hepaticveintumourthrombus", "hepaticveininvasion",
                    "肝静脉癌栓"), levels=("no", "yes")),
    Entry(key="afp", label="AFP",
          synonyms=("afp", "afpvalue", "alphafetoprotein", "afplevel", "serumafp", "baselineafp", "甲胎蛋白",
                    "血清甲胎蛋白", "afp水平", "术前afp"),
          kind="numeric", unit="ng/mL", units={"μg/l": 1.0, "ng/l": None, "pg/ml": None, "iu/ml": None},
          cuts=(Cut(400, "right"),), limits=(0, 1e7), log=True),
    Entry(key="tumor_size", label="Tumour size",
          synonyms=("tumorsize", "tumoursize", "size", "maxdiameter", "maximumdiameter", "tumordiameter",
                    "tumorgröße", "tumorgrösse",
                    "tumourdiameter", "largesttumor", "largesttumorsize", "肿瘤大小", "肿瘤直径", "肿瘤最大径",
                    "肿瘤最大直径", "最大径", "肿瘤长径"),
          kind="numeric", unit="cm", units={"mm": 0.1}, cuts=(Cut(5, "right"), Cut(10, "right")),
          limits=(0.1, 40)),
    Entry(key="age", label="Age",
          synonyms=("age", "alter", "ageyears", "ageyr", "ageatdiagnosis", "ageatbaseline", "patientage",
                    "年龄", "岁数"),
          kind="numeric", unit="years", cuts=(Cut(65, "left"),), limits=(0, 120)),
    Entry(key="sex", label="Sex", synonyms=("sex", "gender", "geschlecht", "性别"),
          levels=("F", "M", "female", "male", "女", "男")),
    Entry(key="ecog", label="ECOG",
          synonyms=("ecog", "ecogps", "phecog", "ps", "psscore", "performancestatus", "体力评分", "ecog评分",
                    "体力状况评分"),
          levels=("0", "1", "2", "3", "4")),
    Entry(key="t_stage", label="T stage", synonyms=("tstage", "ct", "pt", "t分期")),
    Entry(key="n_stage", label="N stage", synonyms=("nstage", "cn", "pn", "n分期")),
    Entry(key="m_stage", label="M stage", synonyms=("mstage", "cm", "pm", "m分期")),
    Entry(key="tnm", label="TNM stage",
          synonyms=("tnm", "tnmstage", "stage", "ajccstage", "分期", "tnm分期", "临床分期")),
    Entry(key="bclc", label="BCLC stage", synonyms=("bclc", "bclcstage", "bclc分期", "巴塞罗那分期"),
          levels=("0", "A", "B", "C", "D")),
    Entry(key="albi", label="ALBI grade", synonyms=("albi", "albigrade", "albi分级"),
          levels=("1", "2", "2a", "2b", "3")),
    Entry(key="etiology", label="Aetiology",
          synonyms=("etiology", "aetiology", "underlying", "underlyingdisease", "hepatitis", "病因",
                    "肝炎", "肝病病因")),
    Entry(key="tumor_number", label="Tumour number",
          synonyms=("tumornumber", "tumournumber", "tumormultiplicity", "tumourmultiplicity",
                    "numberoftumors", "肿瘤数目", "肿瘤数量", "肿瘤个数"), levels=("single", "multiple")),
    Entry(key="child_pugh", label="Child-Pugh class",
          synonyms=("childpugh", "childpughclass", "childpughgrade", "cp", "child", "child分级", "childpugh分级",
                    "肝功能分级"), levels=("A", "B", "C")),
    Entry(key="vascular_invasion", label="Vascular invasion",
          synonyms=("vascularinvasion", "mvi", "macrovascularinvasion", "血管侵犯", "微血管侵犯", "脉管癌栓")),
    Entry(key="differentiation", label="Tumour differentiation",
          synonyms=("tumordifferentiation", "tumourdifferentiation", "differentiation", "grade", "分化程度")),
    Entry(key="metastasis", label="Extrahepatic metastasis",
          synonyms=("metastasis", "extrahepaticmetastasis", "ehs", "distantmetastasis", "肝外转移", "远处转移"),
          levels=("no", "yes")),
    Entry(key="hbsag", label="HBsAg", synonyms=("hbsag", "hbv", "乙肝", "乙肝表面抗原")),
    Entry(key="cirrhosis", label="Cirrhosis", synonyms=("cirrhosis", "livercirrhosis", "肝硬化")),
    Entry(key="ascites", label="Ascites", synonyms=("ascites", "腹水"), levels=("no", "yes")),
    Entry(key="capsulation", label="Capsulation", synonyms=("capsulation", "capsule", "包膜")),
    Entry(key="bilirubin", label="Total bilirubin",
          synonyms=("bilirubin", "totalbilirubin", "tbil", "tb", "bili", "总胆红素", "胆红素"),
          kind="numeric", unit="μmol/L", units={"mg/dl": 17.1, "mg/l": 1.71}, limits=(0.5, 1500)),
    Entry(key="albumin", label="Albumin", synonyms=("albumin", "alb", "serumalbumin", "白蛋白", "血清白蛋白"),
          kind="numeric", unit="g/L", units={"g/dl": 10.0}, limits=(5, 80)),
    Entry(key="alt", label="ALT", synonyms=("alt", "sgpt", "谷丙转氨酶", "丙氨酸氨基转移酶"), kind="numeric",
          unit="U/L", units={"iu/l": 1.0}, limits=(0, 20_000)),
    Entry(key="ast", label="AST", synonyms=("ast", "sgot", "谷草转氨酶", "天冬氨酸氨基转移酶"), kind="numeric",
          unit="U/L", units={"iu/l": 1.0}, limits=(0, 20_000)),
    Entry(key="dose", label="Radiation dose",
          synonyms=("dose", "radiationdose", "rtdose", "totaldose", "放疗剂量", "处方剂量"),
          kind="numeric", unit="Gy", units={"cgy": 0.01}, limits=(0, 150)),
    Entry(key="bmi", label="BMI", synonyms=("bmi", "bodymassindex", "体重指数"), kind="numeric", unit="kg/m2",
          limits=(8, 90)),
)

ID_NAMES = ("patientid", "id", "pid", "subjectid", "usubjid", "subjid", "subject", "caseid", "case", "caseno",
            "number", "no", "patient", "patientno", "patientnumber", "studyid", "recordid", "index", "mrn",
            "patnr", "patientennr", "patienten", "编号",
            "病例号", "序号", "患者编号", "病人编号", "患者id", "住院号", "病历号", "病案号", "研究编号")
COUNTER_NAMES = ("number", "no", "case", "index", "序号")  # may count something else than patients
ARM_CODES = ("armcd", "actarmcd", "trtcd", "armnum", "trt01pn", "trt01an", "trtan", "trtpn")
ARM_NAMES = ("arm", "trt", "grp", "treatment", "treatmentarm", "treatmentgroup", "group", "groups", "rx", "armcd",
             "actarm", "trt01p", "trt01a", "therapy", "regimen", "behandlung", "therapie", "gruppe", "治疗组",
             "组别", "分组", "治疗方案", "治疗分组",
             "治疗方式", "治疗")
RESPONSE_NAMES = ("response", "mrecist", "recist", "bestresponse", "bestoverallresponse", "bor", "tumorresponse",
                  "tumourresponse", "疗效", "疗效评价", "最佳疗效", "近期疗效")
RESPONSE_LEVELS = ("CR", "PR", "SD", "PD", "NE")
VISIT_NAMES = ("visit", "avisit", "visitname", "visitnum", "avisitn", "timepoint", "cycle", "week", "访视",
               "随访次数",
               "周期")
BASELINE_WORDS = ("baseline", "screening", "0", "v0", "v1", "cycle 1", "c1", "day 1", "week 0", "基线", "入组")

START_NAMES = ("startdate", "dateofdiagnosis", "diagnosisdate", "datediagnosis", "dxdate", "treatmentstart",
               "treatmentstartdate", "dateoftreatment", "treatmentdate", "randomizationdate", "dateofrandomization",
               "randdt", "trtsdt", "surgerydate", "dateofsurgery", "enrolmentdate", "enrollmentdate", "baselinedate",
               "start", "诊断日期", "确诊日期", "确诊时间", "治疗日期", "治疗开始日期", "开始治疗日期",
               "首次治疗日期",
               "手术日期", "入组日期", "入院日期", "diagnosedatum", "opdatum", "operationsdatum", "datediagnostic",
               "datedudiagnostic", "datechirurgie", "fechadiagnostico", "fechadediagnostico", "fechacirugia",
               "datadiagnosi", "registrationdate", "dateofregistration", "sequencingdate", "dateofsequencing",
               "dateofenrolment", "dateofenrollment", "entrydate", "dateofentry", "studyentrydate", "inclusiondate",
               "dateofinclusion", "登记日期", "einschlussdatum", "dateinclusion", "fechainclusion", "datainclusione")
# Dates that end a time: of the event itself, and of the last time that a patient was seen.
EVENT_DATES: dict[str, tuple[str, ...]] = {
    "OS": ("dateofdeath", "deathdate", "死亡日期", "死亡时间", "todesdatum", "sterbedatum", "datedeces", "datededeces",
           "fechamuerte", "fechademuerte", "fechafallecimiento", "fechadefallecimiento", "datadecesso"),
    "PFS": ("progressiondate", "dateofprogression", "pddate", "进展日期", "疾病进展日期", "进展时间"),
    "DFS": ("recurrencedate", "dateofrecurrence", "relapsedate", "dateofrelapse", "复发日期", "复发时间"),
    "RFS": ("recurrencedate", "dateofrecurrence", "relapsedate", "复发日期", "复发时间"),
}
END_DATES = ("enddate", "lastfollowup", "lastfollowupdate", "dateoflastfollowup",
           "lastcontact", "lastcontactdate", "dateoflastcontact", "lastdate", "deathorlastfollowup", "lastseen",
             "followupdate", "end", "progressionorlastfollowup", "deathorprogression", "末次随访日期", "最后随访日期",
             "letzterkontakt", "datumletzterkontakt", "datedernieresnouvelles", "datedesdernieresnouvelles",
             "fechaultimocontacto", "fechaultimoseguimiento", "lastvisit", "lastvisitdate", "dateoflastvisit",
             "末次随访时间", "随访日期", "死亡或末次随访日期", "截止日期")

EVENT_WORDS = ("dod", "doc", "dooc", "doca", "duc", "dot", "exitus", "décédé", "fallecido", "muerto", "deceduto",
               "verstorben", "gestorben", "tod", "死亡した", "사망", "dead", "death", "died", "deceased", "d",
               "event", "yes", "oui", "ja", "sí", "si", "sì", "y",
               "true", "t", "progressed", "progression", "relapsed", "relapse", "recurrence",
               "recurred", "recurred/progressed", "failed", "failure", "expired", "死亡", "死", "已死亡", "是", "有",
               "进展", "复发", "事件")
NO_EVENT_WORDS = ("awd", "awod", "ned", "ano", "ltfu", "ltf", "anod", "vivo", "viva", "vivant", "lebt", "lebend",
                  "生存中", "생존", "alive", "living", "a", "censored", "censor", "no", "non", "nein",
                  "n", "false", "f", "none",
                  "diseasefree", "noevent", "lost", "losttofollowup", "survived", "survival", "存活", "生存",
                  "存活中", "否", "无", "未进展", "未复发", "删失", "失访", "健在")
CONTROL_WORDS = ("control", "usual", "conventional", "routine", "placebo", "standard", "observation", "obs",
                 "bsc", "controlgroup", "对照", "对照组")
YES_WORDS = ("yes", "y", "true", "1", "是", "有", "阳性", "positive", "pos", "+", "oui", "ja", "sí", "si", "sì",
             "sim", "tak", "да", "はい", "예", "네")
NO_WORDS = ("no", "n", "false", "0", "否", "无", "阴性", "negative", "neg", "non", "nein", "não", "nie", "нет",
            "いいえ", "아니오", "아니요")
# Populations of a trial, the one that is analysed first; flags of the others are no factors.
POPULATION_NAMES = ("ittfl", "fasfl", "itt", "fas", "intenttotreat", "intentiontotreat", "fullanalysisset", "randfl",
                    "randomized", "randomised", "efffl", "pprotfl", "全分析集", "意向治疗")
# Those who never entered a trial, as an arm names them.
_NOT_ENTERED = re.compile(r"screen(ing)?fail|scrnfail|notassign|notassgn|notrandomi|nottreat|nottrt|unplannedtreat"
                          r"|筛选失败|未随机|未治疗")
SAFETY_NAMES = ("saffl", "safety", "safetypopulation", "safetyset", "安全性人群", "安全集")

# The columns of a long adverse-event file, once folded.
AE_FILE_NAMES: dict[str, tuple[str, ...]] = {
    "patient": ID_NAMES,
    "term": ("aedecod", "aeterm", "term", "ae", "adverseevent", "preferredterm", "pt", "event", "toxicity",
             "不良反应", "不良事件", "毒副反应", "不良反应名称"),
    "grade": ("aetoxgr", "atoxgr", "grade", "ctcaegrade", "toxgrade", "aegrade", "ctcgrade", "worstgrade", "分级",
              "级别", "不良反应分级"),
    "severity": ("aesev", "asev", "severity", "aeseverity", "intensity",
                 "schweregrad", "gravite", "severidad", "严重程度", "程度", "重症度"),
    "category": ("aebodsys", "aesoc", "soc", "category", "systemorganclass", "organclass", "organsystem", "系统",
                 "类别"),
    "serious": ("aeser", "serious", "sae", "严重"),
    "related": ("aerel", "related", "relatedness", "causality", "相关性"),
    "day": ("astdy", "day", "studyday", "onsetday", "aestdy"),
    "emergent": ("trtemfl", "treatmentemergent", "teae"),
}

AE_CATEGORIES: dict[str, tuple[str, ...]] = {
    "Haematological": ("leukopenia", "anemia", "anaemia", "thrombocytopenia", "neutropenia",
                       "lymphopenia", "白细胞减少", "贫血", "血小板减少", "中性粒细胞减少"),
    "Hepatic": ("alt", "ast", "alp", "bilirubin", "ggt", "hypoproteinemia", "hypoalbuminemia",
                "ascites", "转氨酶升高", "胆红素升高", "低蛋白血症", "腹水"),
    "Dermatological": ("hand foot", "skin", "rash", "hair loss", "alopecia", "pruritus", "手足", "皮疹",
                       "脱发"),
    "Gastrointestinal": ("nausea", "vomiting", "anorexia", "diarrhea", "diarrhoea",
                         "constipation", "abdominal pain", "ulcer", "恶心", "呕吐", "腹泻", "纳差"),
    "Constitutional": ("fatigue", "fever", "weight loss", "pain", "乏力", "发热"),
}
_ACRONYMS = {"alt", "ast", "alp", "ggt"}

_NAME_UNITS = {
    "day": "days", "days": "days", "d": "days", "天": "days", "日": "days",
    "week": "weeks", "weeks": "weeks", "wk": "weeks", "wks": "weeks", "周": "weeks",
    "month": "months", "months": "months", "mo": "months", "mos": "months", "mon": "months", "月": "months",
    "个月": "months", "year": "years", "years": "years", "yr": "years", "yrs": "years", "y": "years", "年": "years",
}
_BARE_UNITS = {k: v for k, v in _NAME_UNITS.items() if k not in ("d", "y", "日", "月", "年")}


def fold(name: str) -> str:
    """Reduce a header to its letters and digits, without case, width, units and punctuation."""
    text = unicodedata.normalize("NFKC", name)
    text = _IN_BRACKETS.sub("", text).lower()
    text = _UNIT_TAIL.sub("", text)
    return re.sub(r"[^0-9a-z\u00df-\u00ff\u3400-\u9fff]", "", text)


def bracketed(name: str) -> str:
    """Return what stands in a header's brackets, in lower case."""
    return " ".join(_IN_BRACKETS.findall(unicodedata.normalize("NFKC", name))).lower()


def legend_in(name: str) -> dict[str, str]:
    """Return code -> word of a legend in a header.

    `status (0=alive; 1=dead)`, `性别（1男 2女）`, `status (alive=1; dead=0)`, `(dead/alive = 1/2)`.
    """
    text = bracketed(name)
    if match := _LISTS.fullmatch(text.strip()):
        words, codes = ([p.strip() for p in part.split("/")] for part in match.groups())
        return dict(zip(codes, words, strict=True)) if len(words) == len(codes) else {}
    if text[:1].isdecimal():
        pairs = [(code, word) for code, word in _CODE_WORD.findall(text)]
    else:
        pairs = [(code, word) for word, code in _WORD_CODE.findall(text)]
    return {code: word.strip(" .") for code, word in pairs} if len(pairs) > 1 else {}


def means_event(word: str) -> bool | None:
    """Tell whether a status in words is an event, by how it begins; None where it is neither."""
    text = re.sub(r"^\d+\s*[:=.]\s*|[\s_\-]+", "", unicodedata.normalize("NFKC", word)).casefold()
    if text in EVENT_WORDS or text.startswith(_EVENT_BEGINNINGS):
        return True
    return False if text in NO_EVENT_WORDS or text.startswith(_NO_EVENT_BEGINNINGS) else None


def vital(levels: Iterable[str]) -> bool:
    """Tell whether levels are the living and the dead, whatever their column is called."""
    texts = [re.sub(r"[\s_\-]+", "", unicodedata.normalize("NFKC", v)).casefold() for v in levels]
    return any(_DEAD.match(t) for t in texts) and any(_ALIVE.match(t) for t in texts) and all(
        means_event(t) is not None for t in texts)


def never_entered(level: str) -> bool:
    """Tell whether an arm's level says that a patient never entered the trial."""
    return bool(_NOT_ENTERED.search(re.sub(r"[\s_-]+", "", unicodedata.normalize("NFKC", level).casefold())))


def other_cause(word: str) -> bool:
    """Tell whether a status in words is a death of another cause than the disease."""
    text = re.sub(r"[^a-z\u3400-\u9fff]", "", unicodedata.normalize("NFKC", word).casefold())
    return text in ("doc", "dooc", "duc") or "othercause" in text or "unrelated" in text or "其他原因" in text


def unit_in(name: str) -> str:
    """Return the unit that a header states in brackets or at its end, in lower case; "" for none."""
    text = unicodedata.normalize("NFKC", name).lower()
    units = [f.strip() for f in _IN_BRACKETS.findall(text) if _LIKE_A_UNIT.fullmatch(f.strip())]
    if units and units[-1] in _CHINESE_UNITS:
        return _CHINESE_UNITS[units[-1]]
    if units:
        return re.sub(r"\bug/", "μg/", units[-1].replace(" ", "")).replace("umol", "μmol")
    tail = _UNIT_TAIL.search(text)
    written = tail[1].replace("_", "/") if tail else ""
    return re.sub(r"^u(?=g/|mol)", "μ", written)


def time_unit_in(name: str) -> str | None:
    """Return the time unit that a header states (`OS_months`, `OS (days)`), or None."""
    text = unicodedata.normalize("NFKC", name).lower()
    for inside in _IN_BRACKETS.findall(text):
        if inside.strip().rstrip(".") in _NAME_UNITS:
            return _NAME_UNITS[inside.strip().rstrip(".")]
    words = re.split(r"[^a-z\u3400-\u9fff]+", text)
    stated = next((_BARE_UNITS[w] for w in words if w in _BARE_UNITS), None)
    return stated or header_meaning(name).unit or None


def dictionary_entry(name: str) -> Entry | None:
    """Return the dictionary's entry for a header, or None."""
    folded = fold(name)
    if _CHANGED.search(bracketed(name)) and not _LIKE_A_UNIT.fullmatch(bracketed(name)):
        return None
    return next((e for e in DICTIONARY if folded in e.synonyms), None)


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
        if any(name in words or ((" " in name or not name.isascii()) and name in text) for name in names):
            return category
    return "Other"
