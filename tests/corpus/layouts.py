"""Layouts of the field: headers, codings and quirks of public files, with invented patients.

Each layout says what is right: the endpoints as they must be read, or the questions that must be asked before it is
explored, and the answers that a person would give. Never may another reading come without a question.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

MONTH = 30.4375
PER_MONTH = {"days": MONTH, "weeks": MONTH / 7, "months": 1.0, "years": 1 / 12}


@dataclass(frozen=True)
class Layout:
    """A file of `n` patients.

    Attributes
    ----------
    right : endpoint -> (time column, event column, unit in which the times are)
    asked : parts of the questions that must be asked, and the answer that is right, as it begins
    """

    name: str
    columns: dict[str, list[str]]
    right: dict[str, tuple[str, str, str]]
    asked: dict[str, str] = field(default_factory=dict)
    later: tuple[str, ...] = ()


N = 60
_random = np.random.default_rng(20261128)
MONTHS = np.round(_random.weibull(1.2, N) * 22 + 1, 1)
DEAD = (_random.random(N) < 0.62).astype(int)
EARLIER = np.round(MONTHS * np.where(DEAD == 1, _random.uniform(0.4, 1, N), 1), 1)
FAILED = np.maximum(DEAD, (MONTHS != EARLIER).astype(int))
BASE = {"patient_id": [f"K{i:03d}" for i in range(1, N + 1)],
        "arm": [("TACE", "TACE+RT")[i % 2] for i in range(N)],
        "age": [str(v) for v in _random.integers(35, 85, N)], "sex": [("M", "F")[i % 3 == 0] for i in range(N)]}


def _times(unit: str, months: np.ndarray = MONTHS) -> list[str]:
    values = months * PER_MONTH[unit]
    return [f"{v:.0f}" if unit == "days" else f"{v:.3f}" for v in values]


def _codes(happened: np.ndarray, no: str = "0", yes: str = "1") -> list[str]:
    return [yes if h else no for h in happened]


def _pair(time: str, event: str, endpoint: str, in_unit: str, no: str = "0", yes: str = "1", /,
          **asked: str) -> Layout:
    """Make a layout of one endpoint; what must be asked: `unit`, `event`, `which`, with the right answer."""
    of_os = endpoint == "OS"
    columns = {**BASE, time: _times(in_unit, MONTHS if of_os else EARLIER),
               event: _codes(DEAD if of_os else FAILED, no, yes)}
    words = {"unit": "In which unit", "event": "means an event", "which": "Which endpoint"}
    return Layout(f"{time} and {event} ({no}, {yes})", columns, {endpoint: (time, event, in_unit)},
                  {words[k]: answer for k, answer in asked.items()})


PAIRS = [
    _pair("time", "delta", "OS", "days", unit="days", which="Overall"),
    _pair("PFS_Months", "Progression_Event", "PFS", "months"),
    _pair("survival_days", "vital_status", "OS", "days"),
    _pair("OS_days", "vital_status", "OS", "days", "Alive", "Dead"),
    _pair("days", "dead", "OS", "days"),
    _pair("fu_months", "status", "OS", "months", which="Overall"),
    _pair("follow_up_months", "death", "OS", "months"),
    _pair("DFI.time", "DFI", "DFI", "days", unit="days"),
    _pair("PFI.time", "PFI", "PFI", "days", unit="days"),
    _pair("DSS.time", "DSS", "DSS", "days", unit="days"),
    _pair("MFS_time", "MFS_status", "MFS", "months", unit="months"),
    _pair("LC_months", "local_failure", "LC", "months"),
    _pair("DOR_months", "DOR_event", "DOR", "months"),
    _pair("OS.time", "OS", "OS", "days", unit="days"),
    _pair("duration", "observed", "OS", "months", unit="months", which="Overall"),
    _pair("survival_months", "deceased", "OS", "months"),
    _pair("overall.survival", "censored", "OS", "months", "1", "0", unit="months"),
    _pair("time_to_event", "event", "EFS", "days", unit="days", which="Event-free"),
    _pair("t.os", "e.os", "OS", "months", unit="months"),
    _pair("OSmonth", "OSstatus", "OS", "months"),
    _pair("生存月数", "生存状态", "OS", "months", event="1"),
    _pair("PFS(月)", "PFS状态", "PFS", "months"),
    _pair("supervivencia_meses", "exitus", "OS", "months"),
    _pair("survie_mois", "deces", "OS", "months"),
    _pair("CSS_months", "CSS_event", "CSS", "months"),
    _pair("os_time_months", "os_event", "OS", "months"),
    _pair("OStime_day", "Status_of_death", "OS", "days"),
    _pair("os_days_update", "survival_flag", "OS", "days"),
    _pair("time", "cens", "OS", "days", unit="days", event="1", which="Overall"),
    _pair("Survival.time", "deadstatus.event", "OS", "days", unit="days"),
    _pair("futime", "death", "OS", "months", unit="months"),
    _pair("OS", "Death_1_StillAliveorLostToFU_0", "OS", "weeks", unit="weeks"),
    _pair("OS (weeks)", "OS event", "OS", "weeks"),
    _pair("Overall Survival (Months)", "Overall Survival Status", "OS", "months", "0:LIVING", "1:DECEASED"),
    _pair("Relapse Free Status (Months)", "Relapse Free Status", "RFS", "months", "0:Not Recurred", "1:Recurred"),
    _pair("Disease Free (Months)", "Disease Free Status", "DFS", "months", "0:DiseaseFree", "1:Recurred/Progressed"),
    _pair("Progress Free Survival (Months)", "Progression Free Status", "PFS", "months", "0:CENSORED", "1:PROGRESSION"),
    _pair("OS_MONTHS", "OS_STATUS", "OS", "months", "LIVING", "DECEASED"),
    _pair("OS_years", "OS_status", "OS", "years", "alive", "exitus"),
    _pair("Überlebenszeit (Monate)", "Tod", "OS", "months", "nein", "ja"),
    _pair("OS (m)", "Status (A/D)", "OS", "months", "A", "D"),
    _pair("os_delay (months):ch1", "os_event:ch1", "OS", "months"),
    _pair("os time:ch1", "os event:ch1", "OS", "days", unit="days"),
    _pair("survival_years", "survival", "OS", "years", "1", "0", event="0"),
    _pair("ftime", "fstatus", "OS", "days", unit="days", which="Overall"),
    _pair("durée de suivi (mois)", "état", "OS", "months", "vivant", "décédé", which="Overall"),
    _pair("tiempo de seguimiento (meses)", "estado", "OS", "months", "vivo", "muerto", which="Overall"),
    _pair("Survival from diagnosis (days)", "died", "OS", "days"),
    _pair("OS_time_from_RT", "OS_status_from_RT", "OS", "months", unit="months"),
    _pair("Time to death or last FU (months)", "Death event", "OS", "months"),
    _pair("AVAL", "CNSR", "OS", "days", "1", "0", unit="days", which="Overall"),
    _pair("survie_mois", "décès", "OS", "months", "non", "oui"),
    _pair("Gesamtüberleben (Tage)", "verstorben", "OS", "days"),
    _pair("全生存期間(月)", "死亡", "OS", "months"),
    _pair("無増悪生存期間（日）", "増悪", "PFS", "days"),
    _pair("생존기간(개월)", "사망여부", "OS", "months"),
    _pair("总生存期(月)", "是否死亡", "OS", "months", "否", "是"),
    _pair("无病生存时间(月)", "复发", "DFS", "months"),
    _pair("随访时间（月）", "结局", "OS", "months", "存活", "死亡", which="Overall"),
    _pair("sopravvivenza_mesi", "deceduto", "OS", "months"),
    _pair("survie_globale_jours", "décès", "OS", "days"),
    _pair("OS_months", "OS_status", "OS", "months", "2", "1", event="1"),
    _pair("OS_months", "OS_status", "OS", "months", "AWOD", "DOD"),
    _pair("TTP (mo)", "TTP event", "TTP", "months"),
    _pair("BCR_FreeTime", "BCR_Event", "BCR", "months", unit="months"),
    _pair("DMFS_days", "DMFS_event", "DMFS", "days"),
    _pair("time_EFS", "status_EFS", "EFS", "months", unit="months"),
    _pair("TTF_weeks", "TTF_cens", "TTF", "weeks", event="1"),
    _pair("relapse_free_survival_years", "relapse", "RFS", "years"),
    _pair("rfs_d", "rfs_e", "RFS", "days"),
    _pair("LRC_months", "LRC_status", "LRC", "months"),
]

_OS = {"OS_months": _times("months"), "OS_event": _codes(DEAD)}
OTHERS = [
    Layout("PFS without a unit beside OS in months", {
        **BASE, **_OS, "PFS": _times("months", EARLIER), "PFS_event": _codes(FAILED)},
        {"OS": ("OS_months", "OS_event", "months"), "PFS": ("PFS", "PFS_event", "months")}),
    Layout("PFS in days beside OS in months", {
        **BASE, **_OS, "PFS": _times("days", EARLIER), "PFS_event": _codes(FAILED)},
        {"OS": ("OS_months", "OS_event", "months"), "PFS": ("PFS", "PFS_event", "days")}),
    Layout("PFS headed months, and thirty times too long", {
        **BASE, **_OS, "PFS_months": _times("days", EARLIER / 2 + 0.2), "PFS_event": _codes(FAILED)},
        {"OS": ("OS_months", "OS_event", "months"), "PFS": ("PFS_months", "PFS_event", "days")},
        {"do not fit each other": "PFS is in days"}),
    Layout("dates beside a time without a unit", {
        **BASE, "OS": _times("weeks"), "OS_event": _codes(DEAD), "date of diagnosis": ["2015-01-01"] * N,
        "last follow-up": [str(np.datetime64("2015-01-01") + round(m * MONTH)) for m in MONTHS]},
        {"OS": ("OS", "OS_event", "weeks")}),
    Layout("outcomes beside OS", {
        **BASE, **_OS, "DSS": _codes(DEAD), "txtime": _times("days", MONTHS * 0.1), "relapse_status": _codes(FAILED),
        "cause_of_death": [("cancer", "other")[i % 2] if d else "" for i, d in enumerate(DEAD)],
        "ORR": _codes(FAILED, "no", "yes"), "Recurrence within 2 years": _codes(FAILED), "best_change": _times("days"),
        "post_treatment_AFP": _times("days"), "DCR": _codes(DEAD, "no", "yes")},
        {"OS": ("OS_months", "OS_event", "months")},
        later=("DSS", "txtime", "relapse_status", "cause_of_death", "ORR", "Recurrence within 2 years", "best_change",
               "post_treatment_AFP", "DCR")),
    Layout("a calendar year beside the times", {
        "pid": BASE["patient_id"], "year": [str(1978 + i % 16) for i in range(N)], "age": BASE["age"],
        "survival_months": _times("months"), "interval_days": [str(5 + i % 40) for i in range(N)], "death": _codes(DEAD)},
        {"OS": ("survival_months", "death", "months")}),
    Layout("an explicit event beside a censoring", {
        **BASE, "PFS_m": _times("months", EARLIER), "PFS_censored": _codes(FAILED, "Y", "N"), "PFS_event": _codes(FAILED, "N", "Y")},
        {"PFS": ("PFS_m", "PFS_event", "months")}),
    Layout("a bare survival of zeros and ones", {
        **BASE, "overall_survival_months": _times("months"), "overall_survival": _codes(DEAD, "1", "0"),
        "death_from_cancer": _codes(DEAD, "Living", "Died of Disease")},
        {"OS": ("overall_survival_months", "overall_survival", "months")}, {"means an event": "0"}),
    Layout("free of progression", {**BASE, "PFS_months": _times("months", EARLIER), "progression_free": _codes(FAILED, "1", "0")},
        {"PFS": ("PFS_months", "progression_free", "months")}, {"means an event": "0"}),
    Layout("dates of death in few distinct values", {
        **BASE, "date of diagnosis": ["2015-01-01"] * N,
        "date of death": [("2016-03-02", "2017-05-01", "2018-04-05")[i % 3] if d else "" for i, d in enumerate(DEAD)],
        "last follow-up": ["2019-01-01"] * N, "status": _codes(DEAD, "alive", "dead")}, {}),
    Layout("late entry in months", {**BASE, **_OS, "entry_months": _times("months", MONTHS * 0.3)},
        {"OS": ("OS_months", "OS_event", "months")}, {"under observation": "Yes"}, later=("entry_months",)),
    Layout("an interval per patient", {
        **BASE, "tstart": _times("months", MONTHS * 0.2), "tstop": _times("months"), "death": _codes(DEAD)},
        {"OS": ("tstop", "death", "months")}, {"In which unit": "months", "under observation": "Yes"}),
    Layout("several words of one meaning", {
        **BASE, "OS_months": _times("months"), "status": [
            ("DOD", "dod ", "DOOC")[i % 3] if d else ("AWD", "NED", "LTFU")[i % 3] for i, d in enumerate(DEAD)]},
        {"OS": ("OS_months", "status", "months")}),
]
LAYOUTS = [*PAIRS, *OTHERS]
