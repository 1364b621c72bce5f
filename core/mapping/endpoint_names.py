"""What a header says of a time to an event: which endpoint, its time or its event, in which unit; in nine languages."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Part = Literal["", "time", "event"]

# Endpoint -> its name in full; its abbreviations; its names in words, folded. A longer name is looked for first.
ENDPOINT_NAMES: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "OS": ("Overall survival", ("os",), (
        "overallsurvival", "overallsurv", "总生存", "总体生存", "全生存", "전체생존", "gesamtuberleben",
        "survieglobale", "supervivenciaglobal", "sopravvivenzaglobale", "sopravvivenzacomplessiva")),
    "PFS": ("Progression-free survival", ("pfs", "rpfs", "ppfs"), (
        "progressionfreesurvival", "progressionfree", "progfreesurv", "无进展生存", "無増悪生存", "無進行生存",
        "무진행생존", "progressionsfreiesuberleben", "surviesansprogression", "supervivencialibredeprogresion",
        "sopravvivenzaliberadaprogressione")),
    "DFS": ("Disease-free survival", ("dfs", "idfs"), (
        "diseasefreesurvival", "diseasefree", "无病生存", "無病生存", "무병생존", "krankheitsfreiesuberleben",
        "surviesansmaladie", "supervivencialibredeenfermedad", "sopravvivenzaliberadamalattia")),
    "RFS": ("Recurrence-free survival", ("rfs",), (
        "recurrencefreesurvival", "relapsefreesurvival", "recurrencefree", "relapsefree", "无复发生存", "無再発生存",
        "무재발생존", "rezidivfreiesuberleben", "surviesansrecidive", "surviesansrechute",
        "supervivencialibrederecaida", "supervivencialibrederecurrencia", "sopravvivenzaliberadarecidiva")),
    "LRFS": ("Local recurrence-free survival", ("lrfs", "lrrfs"), (
        "localrecurrencefreesurvival", "locoregionalrecurrencefreesurvival", "局部无复发生存")),
    "DMFS": ("Distant metastasis-free survival", ("dmfs",), (
        "distantmetastasisfreesurvival", "distantmetastasesfreesurvival", "无远处转移生存", "遠隔無転移生存")),
    "MFS": ("Metastasis-free survival", ("mfs",), (
        "metastasisfreesurvival", "metastasesfreesurvival", "无转移生存", "無転移生存", "metastasenfreiesuberleben")),
    "EFS": ("Event-free survival", ("efs",), (
        "eventfreesurvival", "eventfree", "无事件生存", "無イベント生存", "ereignisfreiesuberleben",
        "surviesansevenement", "supervivencialibredeeventos")),
    "DSS": ("Disease-specific survival", ("dss",), ("diseasespecificsurvival", "疾病特异性生存", "疾病特异生存")),
    "CSS": ("Cancer-specific survival", ("css",), (
        "cancerspecificsurvival", "癌症特异性生存", "肿瘤特异性生存", "癌特異的生存")),
    "TTP": ("Time to progression", ("ttp",), (
        "timetoprogression", "至进展时间", "疾病进展时间", "至增悪期間", "tiempohastalaprogresion")),
    "TTR": ("Time to recurrence", ("ttr",), ("timetorecurrence", "timetorelapse", "至复发时间")),
    "TTF": ("Time to treatment failure", ("ttf",), ("timetotreatmentfailure", "至治疗失败时间", "治療成功期間")),
    "PFI": ("Progression-free interval", ("pfi",), ("progressionfreeinterval",)),
    "DFI": ("Disease-free interval", ("dfi",), ("diseasefreeinterval",)),
    "LC": ("Local control", ("lc",), ("localcontrol", "局部控制")),
    "LRC": ("Locoregional control", ("lrc",), ("locoregionalcontrol", "局部区域控制")),
    "DOR": ("Duration of response", ("dor",), ("durationofresponse", "responseduration", "缓解持续时间")),
    "BCR": ("Biochemical recurrence", ("bcr", "bfs", "bcrfs"), (
        "biochemicalrecurrencefreesurvival", "biochemicalrecurrence", "生化复发")),
}
WITHOUT_DEATH = frozenset({"TTP", "TTR", "TTF", "PFI", "DFI", "LC", "LRC", "DOR", "BCR", "DSS", "CSS"})

# Words that say a column holds a time or an event; those of a unit are times.
UNIT_WORDS: dict[str, str] = {word: unit for unit, words in {
    "days": "days day d dys dagen jours jour tage tag tagen dias dia giorni giorno 天 天数 日 日数 일 일수",
    "weeks": "weeks week wk wks semaines wochen woche semanas settimane 周 周数 週 週数 주",
    "months": "months month mo mos mon mth mths m mois monate monat monaten meses mes mesi mese 月 月数 个月 ヶ月 か月 "
              "カ月 개월 월",
    "years": "years year yr yrs y ans annees jahre jahr jahren anos ano anni anno 年 年数 년",
}.items() for word in words.split()}
_SHORT_UNITS = frozenset({"d", "m", "y", "mes", "ano", "ans", "dia",
                          "日", "月", "年", "周", "週", "일", "월", "주", "년"})


_BARE_UNITS = _SHORT_UNITS | {"day", "week", "month", "year", "years", "tag", "jour", "giorno", "jahr", "monat"}


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


TIME_WORDS = _listed("""
    time t times tm duration dur length follow followup fu fup futime survtime surv survival survivaltime stime interval
    stop tstop exit ftime aval delay
    temps tiempo tempo zeit dauer duree duracion survie supervivencia sopravvivenza uberleben uberlebenszeit
    seguimiento suivi suivie beobachtungszeit
    时间 生存时间 生存期 生存 随访 随访时间 期 期间 期間 生存期間 観察期間 기간 생존 생존기간 추적기간""")
_SURVIVAL = _listed("""
    survtime surv survival survivaltime survie supervivencia sopravvivenza uberleben uberlebenszeit
    生存时间 生存期 生存 生存期間 생존 생존기간""")
_FILLERS = _listed("""in to until from of the since or at last first update updated new final calc total free up
    de del la el du des le les""")
# Where a time begins, behind its name: OS from diagnosis; what the Gene Expression Omnibus puts behind all: ch1.
_FROM = re.compile(r"[ _.-]+(from|since|after)[ _.-]+(the[ _.-]+)?(date[ _.-]+of[ _.-]+)?(initial[ _.-]+)?"
                   r"(diagnosis|dx|diag|rt|surgery|operation|treatment|therapy|randomi[sz]ation|enrol+ment|start|baseline|resection|transplant)"
                   r"(?![a-z])|:ch\d+$", re.IGNORECASE)
EVENT_WORDS = _listed("""
    event events evt ev e status stat state sta censor censored censoring cens cnsr indicator ind flag delta observed
    obs code yn bin binary fail failed failure fustat fustatus fstatus survivalstatus survstat
    ereignis evenement statut evento
    estado etat stato outcome censura zensiert censure
    状态 事件 结局 删失 转归 生存状态 生存结局 イベント 打ち切り 転帰 状態 생존상태 상태 사건 여부""")
DEATH_WORDS = _listed("""
    death deaths dead died deceased vital vitalstatus alive exitus deces decede tod verstorben gestorben todesfall
    muerte muerto fallecido fallecimiento morte morto deceduto decesso mortality mort
    死亡 是否死亡 死亡状态 存活 存活状态 是否存活 生存状态 生存结局 总生存状态 转归 사망 사망여부 転帰""")
_RELAPSE = ("recurrence", "recurred", "relapse", "relapsed", "recidive", "recidiva", "rezidiv", "rechute",
            "复发", "再発")
_PROGRESSION = ("progression", "progressed", "progress", "pd", "进展", "疾病进展", "増悪", "progresion", "progressione")
# An endpoint's event under the name of what happens; the endpoint's own columns come first.
HAPPENS: dict[str, tuple[str, ...]] = {
    "PFS": _PROGRESSION, "TTP": _PROGRESSION, "DOR": _PROGRESSION, "RFS": _RELAPSE, "DFS": _RELAPSE, "TTR": _RELAPSE,
    "LRFS": ("localrecurrence", "局部复发"), "LC": ("localfailure", "localrecurrence", "localprogression", "局部复发"),
    "LRC": ("locoregionalfailure", "locoregionalrecurrence"), "MFS": ("metastasis", "metastases", "转移"),
    "DMFS": ("distantmetastasis", "distantfailure", "远处转移"), "BCR": ("biochemicalrecurrence", "生化复发"),
}
_ALL_HAPPENS = frozenset(w for words in HAPPENS.values() for w in words)
_KNOWN = UNIT_WORDS.keys() | TIME_WORDS | EVENT_WORDS | DEATH_WORDS | _ALL_HAPPENS
_LONGEST_WORD = max(map(len, _KNOWN))
_CJK = r"\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_TOKEN = re.compile(rf"[a-z]+|\d+|[{_CJK}]+")
_BRACKETS = re.compile(r"[\(\[（【]([^)\]）】]*)[\)\]）】]")


@dataclass(frozen=True, kw_only=True)
class HeaderMeaning:
    """What a header says of a time to an event.

    Attributes
    ----------
    endpoint : "OS", "PFS", ...; "" where it names none
    part : whether it says "time" or "event"; "" where it says neither, as a bare `DFI`
    unit : "days", "weeks", "months", "years"; "" where it states none
    about_death : whether it speaks of death or of being alive
    happens : what happens, folded, where it is named: "progression", "recurrence"
    survival : whether a time is called a survival
    """

    endpoint: str = ""
    part: Part = ""
    unit: str = ""
    about_death: bool = False
    happens: str = ""
    survival: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether the header is about none of this."""
        return not (self.endpoint or self.part or self.about_death or self.happens)


def header_meaning(name: str) -> HeaderMeaning:
    """Read a header such as `OS_months`, `PFS.time`, `t.os`, `OStime_day`, `生存月数`, `survie_mois` or `Death`."""
    name = _FROM.sub("", name)
    words = _words(_BRACKETS.sub(" ", name))
    inside = [w for text in _BRACKETS.findall(unicodedata.normalize("NFKC", name)) for w in _words(text)]
    endpoint, rest = _endpoint_of(words)
    if not endpoint and inside:
        endpoint = next((e for e, (_, short, _) in ENDPOINT_NAMES.items() if inside[0] in short), "")
    known = _known_words(rest)
    if known is None:  # with other words: only what is certain
        return HeaderMeaning(about_death=any(w in DEATH_WORDS for w in words))
    if any(w in EVENT_WORDS or w in DEATH_WORDS for w in known):
        inside = [w for w in inside if w not in _SHORT_UNITS]  # Status (A/D): no days
    unit = next((UNIT_WORDS[w] for w in [*known, *inside] if w in UNIT_WORDS), "")
    if not endpoint and not inside and len(known) == 1 and known[0] in _BARE_UNITS:
        return HeaderMeaning(part="time") if known[0] == "years" else HeaderMeaning()  # an age, a calendar year
    about_death, happens = any(w in DEATH_WORDS for w in known), next((w for w in known if w in _ALL_HAPPENS), "")
    is_event = about_death or bool(happens) or any(w in EVENT_WORDS for w in known)
    is_time = bool(unit) or any(w in TIME_WORDS for w in known)
    up_to = is_time and "to" in words[1:-1]  # time to event, days to death
    part: Part = "event" if is_event and not unit and not up_to else "time" if is_time else ""
    return HeaderMeaning(endpoint=endpoint, part=part, unit=unit, about_death=about_death, happens=happens,
                         survival=part == "time" and any(w in _SURVIVAL for w in known))


def _known_words(words: list[str]) -> list[str] | None:
    """Return the known words among a header's, fillers left out; None where one is not known."""
    parts = [p for word in words for p in _parts_of(word)]
    if "?" not in parts and not any(w.isdecimal() for w in words):
        return parts
    whole = _parts_of("".join(words))
    return None if "?" in whole or any(w.isdecimal() for w in words) else whole


def _words(text: str) -> list[str]:
    """Return a header's words in lower case and without accents; camelCase and changes of script part them."""
    wide = unicodedata.normalize("NFKC", text)
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", wide)
    bare = "".join(c for c in unicodedata.normalize("NFD", apart.lower())
                   if not unicodedata.combining(c) or c in "\u3099\u309a")
    return _TOKEN.findall(unicodedata.normalize("NFC", bare))


def _endpoint_of(words: list[str]) -> tuple[str, list[str]]:
    """Return the endpoint that words name, and the words that are left."""
    joined = "".join(words)
    spelled = [(phrase, name) for name, (_, _, phrases) in ENDPOINT_NAMES.items() for phrase in phrases
               if phrase in joined]
    if spelled:
        phrase, name = max(spelled, key=lambda pair: len(pair[0]))
        before, after = joined.split(phrase, 1)
        return name, [w for w in (before, after) if w]
    for name, (_, short, _) in ENDPOINT_NAMES.items():
        for i, word in enumerate(words):
            left = next((word.removeprefix(s) for s in short if word.startswith(s)
                         and (word == s or "?" not in _parts_of(word.removeprefix(s)))), None)
            if left is None:
                left = next((word.removesuffix(s) for s in short if word.endswith(s) and word != s and len(s) > 1
                             and word.removesuffix(s) in ("time", "t", "status", "event", "cens", "e")), None)
            if left is not None:
                return name, [*words[:i], *([left] if left else []), *words[i + 1:]]
    return "", words


def _parts_of(word: str) -> list[str]:
    """Cut a word into known ones, the longest first: `survivaltime` is survival, time; ["?"] where it cannot be."""
    if word in _KNOWN:
        return [word]
    if not word or word in _FILLERS:
        return []
    for size in range(min(len(word) - 1, _LONGEST_WORD), 0, -1):
        if word[:size] in _FILLERS or (word[:size] in _KNOWN and (size > 2 or not word.isascii())):
            rest = _parts_of(word[size:])
            if "?" not in rest:
                return [*([word[:size]] if word[:size] in _KNOWN else []), *rest]
    return ["?"]
