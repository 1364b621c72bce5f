"""The order of a variable's levels, lowest first: ranges of numbers, doses, stages and grades, words of a scale."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence

Key = tuple[float, ...]

# Scales, lowest first; spellings of one step stand together. A scale holds where every level is one of its steps.
SCALES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("well", "welldifferentiated", "highlydifferentiated", "高分化", "gut"),
     ("welltomoderate", "高中分化", "中高分化"),
     ("moderate", "moderatelydifferentiated", "moderately", "中分化", "中等分化", "mäßig"),
     ("moderatetopoor", "中低分化", "低中分化"), ("poor", "poorlydifferentiated", "poorly", "低分化", "schlecht"),
     ("undifferentiated", "anaplastic", "未分化")),
    (("none", "no", "absent", "nil", "negative", "-", "无", "阴性"), ("trace", "minimal", "微量", "±"),
     ("mild", "slight", "low", "weak", "small", "minor", "轻", "轻度", "少量", "低", "弱", "小", "+"),
     ("moderate", "medium", "intermediate", "middle", "median", "中", "中度", "中等", "中量", "中危", "++"),
     ("severe", "high", "strong", "large", "marked", "major", "重", "重度", "大量", "高", "强", "大", "+++"),
     ("verysevere", "veryhigh", "critical", "massive", "极重度", "极高", "++++")),
    (("lowrisk", "低危", "低风险"), ("intermediaterisk", "mediumrisk", "中危", "中风险"),
     ("highrisk", "高危", "高风险")),
    (("verylow", "极低"), ("low", "低"), ("intermediate", "medium", "moderate", "中"), ("high", "高"),
     ("veryhigh", "极高")),
    (("never", "neversmoker", "从不", "从未"),
     ("former", "formersmoker", "ex", "exsmoker", "past", "quit", "既往", "已戒"),
     ("current", "currentsmoker", "present", "active", "现在", "目前")),
    (("good", "良好", "好"), ("fair", "intermediate", "average", "一般", "中"), ("poor", "bad", "差")),
    (("localized", "localised", "local", "局限"),
     ("regional", "locallyadvanced", "locoregional", "区域", "局部晚期"),
     ("distant", "metastatic", "advanced", "远处", "转移", "晚期")),
    (("early", "早期"), ("intermediate", "middle", "中期"), ("advanced", "late", "晚期"), ("terminal", "终末期")),
    (("normal", "正常"), ("borderline", "临界"), ("abnormal", "elevated", "high", "异常", "升高")),
    (("none", "no", "无"), ("single", "solitary", "one", "单发"), ("few", "oligo"),
     ("multiple", "several", "many", "多发")),
    (("low", "低"), ("intermediate1", "中危1"), ("intermediate2", "中危2"), ("high", "高")),
    (("underweight", "体重过低", "偏瘦"), ("normal", "normalweight", "正常"), ("overweight", "超重"),
     ("obese", "肥胖")),
    (("first", "firstline", "一线"), ("second", "secondline", "二线"), ("third", "thirdline", "三线"),
     ("fourth", "fourthline", "四线")),
    (("primary", "primaryschool", "小学"), ("secondary", "highschool", "中学"), ("tertiary", "university", "大学")),
)
_NONE = frozenset({"none", "no", "nil", "absent", "negative", "无", "阴性"})
_NUMBER = r"(\d+(?:\.\d+)?)"
_BELOW = re.compile(rf"(?:<|<=|≤|under|below|lessthan|upto|atmost|小于|不超过|低于){_NUMBER}"
                    rf"|{_NUMBER}(?:以下|及以下|及其以下|orless|orbelow|orfewer)")
_ABOVE = re.compile(rf"(?:>|>=|≥|over|above|morethan|atleast|大于|超过|高于){_NUMBER}"
                    rf"|{_NUMBER}(?:\+|以上|及以上|ormore|orabove|orolder|andover|andolder|andabove)")
_BETWEEN = re.compile(rf"[>≥]?=?{_NUMBER}(?:-|–|—|~|to|至|到|[,;]?(?:and)?[<≤]=?){_NUMBER}")
_UNIT = re.compile(r"(?:mg/m2|mg/kg|mg|g|mcg|μg|gy|cgy|cm|mm|ng/ml|u/l|%|years?|yrs?|y|岁|个|枚|cycles?|weeks?"
                   r"|months?|days?)$")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6}
_STAGE = re.compile(r"([a-z]{0,6}?)-?(\d{1,2}|iv|vi|v|i{1,3})"
                    r"-?(mi|[a-e]?)(\d?)(?:[期级型度分]|st|nd|rd|th)?(?:line)?"
                    r"(?:[-/&+和至~](?:\d{1,2}|iv|vi|v|i{1,3})[a-e]?[期级型度]?)?")  # III, T2b, I-II, 2级, 1st line
_IN_SITU = re.compile(r"(p|c|yp)?t(is|a)")
_NOT_ASSESSED = re.compile(r"[a-z]{0,2}x")
_LETTERS = re.compile(r"(?:stage|bclc|class|grade|child(?:pugh)?)?-?([0a-e])([5-9]|1[0-5])?(?:期|级|型|度)?")
_INTERVAL = re.compile(r"[(\[]\s*(-?inf|-?[\d.]+)\s*[,;]\s*(\+?inf|[\d.]+)\s*[)\]]")  # R's cut: (0,10], [50,Inf)
_PREFIX = re.compile(r"(?:ps|ecog|who|asa|kps|grade|score|age|bmi)[:=]?(?=[\d<>≤≥])")
_BEHIND = re.compile(r"(grade|risk|level|stage|dose|expression|风险|级别|水平)$")


def lowest_first(levels: Sequence[str]) -> list[str] | None:
    """Return levels with the lowest first, where they have an order that is known; else None."""
    if len(levels) < 2:
        return None
    bare = {level: _bare(level) for level in levels}
    prefixes = {m[1] for text in bare.values() if (m := _STAGE.fullmatch(text))}
    stages = (_stage, _lettered) if len(prefixes) == 1 else (_lettered,)
    units = {m[0] for text in bare.values() if (m := _UNIT.search(text))}
    numbers = (_bounds, _dose) if len(units) <= 1 else ()  # 1 g is more than 500 mg
    for key in (*numbers, *stages, *(_on(scale) for scale in SCALES)):
        keys = {level: key(text) for level, text in bare.items()}
        if all(k is not None for k in keys.values()) and len(set(keys.values())) > 1:
            return sorted(levels, key=lambda level: (keys[level] or (), level))
    return None


def _bare(level: str) -> str:
    """Return a level without case, width and spaces; signs in one spelling."""
    text = unicodedata.normalize("NFKC", level).casefold().replace("=<", "<=").replace("⩽", "≤").replace("⩾", "≥")
    if interval := _INTERVAL.fullmatch(text.strip()):
        low, high = interval.groups()
        text = f"<{high}" if "inf" in low else f">{low}" if "inf" in high else f"{low}-{high}"
    return re.sub(r"[\s,_]+|(?<=\d)'(?=\d)", "", text)


def _bounds(text: str) -> Key | None:
    """Order `<50`, `50-65`, `>65`, `≥10`, `20 to 50`, `none`, plain numbers by where they begin and end."""
    text = _UNIT.sub("", _PREFIX.sub("", re.sub(r"(?<=\d)[岁个枚分](?=[及以或])", "", text)))
    if text in _NONE:
        return (-math.inf, -math.inf)
    if match := _BELOW.fullmatch(text):
        return (-math.inf, float(match[1] or match[2]))
    if match := _BETWEEN.fullmatch(text):
        return (float(match[1]), float(match[2]))
    if match := _ABOVE.fullmatch(text):
        return (float(match[1] or match[2]), math.inf)
    return (float(text), float(text)) if re.fullmatch(_NUMBER, text) else None


def _dose(text: str) -> Key | None:
    """Order `50 mg`, `100mg bid` by their number."""
    match = re.fullmatch(rf"{_NUMBER}(?:mg|g|mcg|μg|gy|cgy|mg/m2|mg/kg)(?:\D.*)?", text)
    return (float(match[1]),) if match else (0.0,) if text in (*_NONE, "placebo", "control", "安慰剂") else None


def _stage(text: str) -> Key | None:
    """Order `II`, `Stage IIIa`, `Ⅳ期`, `T2b`, `G3`, `2级`; none before them."""
    if text in _NONE:
        return (-1.0, 0.0, 0.0)
    if _IN_SITU.fullmatch(text):
        return (0.0, 0.5, 0.0)
    if _NOT_ASSESSED.fullmatch(text):
        return (math.inf, 0.0, 0.0)
    match = _STAGE.fullmatch(text)
    if not match:
        return None
    number = _ROMAN.get(match[2]) or float(match[2])
    behind = -1.0 if match[3] == "mi" else float(ord(match[3])) if match[3] else 0.0  # micrometastases before the rest
    return (float(number), behind, float(match[4] or 0))


def _lettered(text: str) -> Key | None:
    """Order `A`, `B`, `Stage C`, BCLC's `0` before them, and Child-Pugh's `A5`, `B7` by letter and number."""
    match = _LETTERS.fullmatch(text)
    return (float(ord(match[1])), float(match[2] or 0)) if match else None


def _on(scale: tuple[tuple[str, ...], ...]) -> Callable[[str], Key | None]:
    """Return what places a level on a scale of words."""
    steps = {word: (float(place),) for place, words in enumerate(scale) for word in words}
    return lambda text: steps.get(word := re.sub(r"[^\w+±-]", "", text)) or steps.get(_BEHIND.sub("", word)) or \
        steps.get(word.replace("-", ""))
