"""Results in Chinese: the sentences that figures say in English, by their forms; names and numbers stay as they are."""

from __future__ import annotations

import re

# Forms of sentences, tried in this order on a whole sentence; what stands between keeps its place.
_SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = tuple((re.compile(pattern), chinese) for pattern, chinese in (
    (r"(.+): (\d[\d,]*|<\d+) patients?, (\d[\d,]*|<\d+) events?, median (\S+) \((.+)\) months",
     r"\1:\2 例,\3 例事件,中位 \4 个月(95% CI \5)"),
    (r"(.+): (\d[\d,]*|<\d+) patients?, (\d[\d,]*|<\d+) events?, median NR months",
     r"\1:\2 例,\3 例事件,中位数未达到"),
    (r"(.+): (\d[\d,]*|<\d+) patients?, (\d[\d,]*|<\d+) events?, median (\S+) months",
     r"\1:\2 例,\3 例事件,中位 \4 个月"),
    (r"Log-rank (p .+)", r"log-rank 检验 \1"), (r"Log-rank: (.+)", r"log-rank 检验:\1"),
    (r"HR (\S+) \((.+)\) against (.+)", r"HR \1(95% CI \2),以 \3 为参照"),
    (r"HR (.+): (\S+) \((.+)\)", r"\1 的 HR \2(95% CI \3)"),
    (r"Weighted HR (\S+) \((.+)\), (p .+)", r"加权 HR \1(95% CI \2),\3"),
    (r"Unweighted, in the same patients, HR (\S+) \((.+)\), (p .+)", r"同一批患者未加权 HR \1(95% CI \2),\3"),
    (r"E-value (\S+) \(of the limit nearest 1: (\S+)\)", r"E 值 \1(最接近 1 的置信限:\2)"),
    (r"Proportional hazards: (p .+), no evidence against them", r"比例风险假设:\1,未见违反的证据"),
    (r"Proportional hazards: (p .+), the ratio seems to change over time and one number may not describe it: compare "
     r"restricted means", r"比例风险假设:\1,风险比似随时间变化,单一数值可能不足以描述,请比较限制平均生存时间"),
    (r"Restricted mean to month (\S+): (.+) \((.+)\) months against (.+), (p .+)",
     r"至 \1 个月的限制平均生存时间差 \2 个月(95% CI \3),以 \4 为参照,\5"),
    (r"Exploratory: (\d+) subgroups of (\d+) factors? were looked at", r"探索性分析:共查看 \2 个因素的 \1 个亚组"),
    (r"All patients", r"全部患者"),
    (r"([\d,]+) patients?, ([\d,]+) events? in the multivariable model", r"多因素模型纳入 \1 例,\2 例事件"),
    (r"(.+): Gray's test (p .+)", r"\1:Gray 检验 \2"),
    (r"Objective response: (\S+) \((.+)\) points, (.+)", r"客观缓解率差 \1 个百分点(95% CI \2),\3"),
    (r"Disease control: (\S+) \((.+)\) points, (.+)", r"疾病控制率差 \1 个百分点(95% CI \2),\3"),
    (r"Largest difference (\S+) before, (\S+) after", r"最大标准化均数差:加权前 \1,加权后 \2"),
    (r"(.+): (p .+) against a straight line", r"\1:与直线相比 \2"),
    (r"(.+): (\S+) \((.+)\) points, (p .+)", r"\1:率差 \2 个百分点(95% CI \3),\4"),
    (r"([\d,]+) of ([\d,]+) patients? without a missing value", r"\2 例中 \1 例无缺失值")))
_VIEWS = {"Survival": "生存率", "1 − survival": "1 − 生存率", "Cumulative hazard": "累积风险",
          "Log minus log": "log(−log) 生存"}
_TITLES: tuple[tuple[re.Pattern[str], str], ...] = tuple((re.compile(pattern), chinese) for pattern, chinese in (
    (r"\bOverall survival\b", "总生存"), (r"\boverall survival\b", "总生存"),
    (r"\b[Pp]rogression-free survival\b", "无进展生存"), (r"\b[Dd]isease-free survival\b", "无病生存"),
    (r"\b[Rr]ecurrence-free survival\b", "无复发生存"), (r"\bCumulative hazard, ", "累积风险,"),
    (r": hazard ratio of the arms within subgroups", ":亚组内两组的风险比"), (r": hazard ratios\b", ":风险比"),
    (r": hazard ratio along (.+?)(?= ·|$)", r":风险比随 \1 的变化"),
    (r": cumulative incidence by cause", ":按原因的累积发生率"),
    (r"^Best response", "最佳疗效"), (r"^Adverse events", "不良事件"), (r"^Baseline", "基线特征"),
    (r": patients by exactly the sites where they failed", ":各失败部位组合的患者数"),
    (r"^Failure pattern", "失败模式"), (r"^Missing data", "缺失数据"),
    (r"^Balance of the arms before and after weighting", "加权前后的组间均衡性"),
    (r", worst CTCAE grade", ",CTCAE 最高级别"), (r", weighted\b", ",加权"), (r" by arm\b", ",按治疗组"),
    (r" and arm\b", "与治疗组"), (r" by (\S.*?)(?= ·|,|:|$)", r",按 \1"),
    (r" within (\S.*?)(?= ·|$)", r",\1 各水平内"), (r", (\S+) of (\S+) patients", r",\2 例中 \1 例"),
    (r" · ", " · ")))


def sentence_in_chinese(sentence: str) -> str:
    """Say a figure's sentence in Chinese; one of a form that is not known stays as it is."""
    parts = [part.strip().rstrip(".") for part in sentence.split("; ")]
    return ";".join(_first(part) for part in parts)


def title_in_chinese(title: str) -> str:
    """Say a figure's title in Chinese, as far as its words are known."""
    for pattern, chinese in _TITLES:
        title = pattern.sub(chinese, title)
    return title


def _first(part: str, names: int = 2) -> str:
    """Say a part of a sentence: by its form, or behind names of groups with which it begins, so many at most."""
    if ". " in part:  # the endpoint, and the first of its groups
        return "。".join(_first(one) for one in part.replace(". ", "\n").split("\n"))
    for pattern, chinese in _SENTENCES:
        if pattern.fullmatch(part):
            return pattern.sub(chinese, part).replace("All patients:", "全部患者:")
    view, method, endpoint = part.rpartition(" by Kaplan-Meier, ")
    if method and view in _VIEWS:
        return f"{endpoint},Kaplan-Meier 法{_VIEWS[view]}"
    name, colon, rest = part.partition(": ")
    return f"{name}:{_first(rest, names - 1)}" if colon and names else part
