"""Files that are read, as they are or mended and said."""

from __future__ import annotations

import gzip
from datetime import date

from tests.corpus.files import (
    BASE,
    LINES,
    Case,
    N,
    changed,
    chinese,
    columns,
    cycle,
    dated,
    dates,
    long_events,
    raw,
    renamed,
    serials,
    text,
    typed_rows,
    visits,
    workbook,
    zipped,
)


def afp(cohort):
    return cohort.patients.afp.tolist()


def ages(cohort):
    return cohort.patients.age.tolist()


def os_times(cohort):
    return cohort.patients["OS time"].round(4).tolist()


def deaths(cohort):
    return cohort.patients["OS event"].tolist()


LATER = date(2019, 6, 1)
GOOD_TIMES = [i + 2.5 for i in range(N)]
GOOD_EVENTS = [float(i % 2) for i in range(N)]
GOOD_AFP = [round(5 * 1.4 ** i, 1) for i in range(N)]


def as_good(cohort):
    return (os_times(cohort) == GOOD_TIMES and deaths(cohort) == GOOD_EVENTS and afp(cohort) == GOOD_AFP
            and cohort.levels("arm") == ("control", "test"))


def comma(values):
    return [v.replace(".", ",") for v in values]


def european(**changes):
    table = {k: comma(v) if k in ("AFP (ng/mL)", "OS_months") else v for k, v in columns().items()}
    return text({**table, **changes}, sep=";")


LAYOUT = [
    *(Case(f"separated by {name}", raw(text(sep=sep)), "accepted", holds=as_good)
      for name, sep in (("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("bar", "|"))),
    *(Case(f"line ends {name}", raw(text(eol=eol)), "accepted", holds=as_good)
      for name, eol in (("LF", "\n"), ("CRLF", "\r\n"), ("CR", "\r"))),
    Case("mixed line ends", raw("\r\n".join(LINES[:5]) + "\r" + "\r".join(LINES[5:9]) + "\n" + "\n".join(LINES[9:])), "accepted", holds=as_good),
    Case("no line end at the end", raw(BASE.rstrip("\n")), "accepted", holds=as_good),
    Case("every cell quoted", raw(BASE.replace(",", '","').replace("\n", '"\n"')[:-1].join(['"', ""])), "accepted",
         holds=as_good),
    Case("UTF-8 with BOM", raw(BASE, "utf-8-sig"), "accepted", holds=as_good),
    Case("UTF-16 with BOM", raw(BASE, "utf-16"), "accepted", holds=as_good),
    Case("UTF-16 big endian", b"\xfe\xff" + BASE.encode("utf-16-be"), "accepted", holds=as_good),
    Case("GB18030, Chinese headers", raw(chinese(), "gb18030"), "repaired", "read as GB18030",
         holds=lambda c: os_times(c) == GOOD_TIMES and deaths(c) == GOOD_EVENTS and c.levels("arm")[0] == "对照组"),
    Case("UTF-8, Chinese headers", raw(chinese()), "repaired", "死亡 means event", holds=lambda c: afp(c) == GOOD_AFP),
    Case("Windows-1252 accents", raw(text(centre=cycle("Köln", "Besançon")), "cp1252"), "repaired", "Windows-1252",
         holds=lambda c: "Köln" in c.levels("centre")),
    Case("a name twice", raw(BASE.replace("age", "arm", 1)), "repaired", "is called 'arm (2)'"),
    Case("gzip", gzip.compress(raw(BASE)), "repaired", "is an archive", holds=as_good),
    Case("zip of one table", zipped({"data/cohort.csv": raw(BASE), "__MACOSX/._cohort.csv": b"x"}), "repaired",
         "data/cohort.csv was read", holds=as_good),
    Case("columns between spaces", raw(BASE.replace(",", "  ").replace("AFP (ng/mL)", "AFP_ng/mL")), "accepted", holds=as_good),
    Case("R's write.table", raw(" ".join(f'"{n}"' for n in BASE.split("\n")[0].split(",")) + "\n" + "".join(
        f'"{i}" ' + " ".join(line.split(",")) + "\n" for i, line in enumerate(BASE.strip().split("\n")[1:], start=1))),
         "repaired", "counts the rows", holds=as_good),
    Case("a page that a hospital's system calls .xls", raw("<html><body><table><tr><td>Report</td></tr></table><table>" + "".join(
        "<tr>" + "".join(f"<td>{c}</td>" for c in line.split(",")) + "</tr>" for line in BASE.strip().split("\n"))
        + "</table></body></html>"), "repaired", "is a web page", holds=as_good),
    Case("title line above", raw("HCC cohort of our department\n" + BASE), "repaired", "above the header", holds=as_good),
    Case("title padded with commas", raw("HCC cohort,,,,,,\n,,,,,,\n" + BASE), "repaired", "above the header",
         holds=as_good),
    Case("comment lines above", raw("# exported 2024-01-01\n# by the registry\n" + BASE), "repaired",
         "above the header", holds=as_good),
    Case("blank lines above", raw("\n\n" + BASE), "accepted", holds=as_good),
    Case("60 blank lines above", raw("\n" * 60 + BASE), "accepted", holds=as_good),
    Case("lines of no-break spaces above", raw("\u00a0\n\u3000 \u2007\n" * 40 + BASE), "accepted", holds=as_good),
    Case("Excel's sep= line", raw("sep=;\n" + text(sep=";")), "accepted", holds=as_good),
    Case("blank rows within", raw("\n".join([*LINES[:5], "", ",,,,,,", *LINES[5:]])), "repaired", "blank row", holds=as_good),
    Case("blank rows at the end", raw(BASE + ",,,,,,\n\n\n"), "accepted", holds=as_good),
    Case("spaces for a blank row", raw("\n".join([*LINES[:5], "    ", *LINES[5:]])), "repaired", "blank row", holds=as_good),
    Case("trailing empty columns", raw("\n".join(f"{line},," for line in LINES[:-1])), "repaired", "empty column",
         holds=as_good),
    Case("a trailing delimiter in the rows", raw("\n".join([LINES[0], *(f"{line}," for line in LINES[1:-1])])),
         "repaired", "empty column", holds=as_good),
    Case("an unnamed index column", raw("\n".join([f",{LINES[0]}", *(f"{i},{line}" for i, line in
                                                                     enumerate(LINES[1:-1]))])),
         "repaired", "counts the rows", holds=as_good),
    Case("R's row names", raw("\n".join([LINES[0], *(f"r{i},{line}" for i, line in enumerate(LINES[1:-1]))])),
         "repaired", "no name", holds=as_good),
    Case("quoted line breaks", raw(text(note=cycle('"first\nsecond"', "plain"))), "accepted", holds=as_good),
    Case("a header with a line break", raw(BASE.replace("OS_months", '"OS\n(months)"')), "accepted", holds=as_good),
    Case("inch signs in cells", raw(text(needle=cycle('5"', '7"'))), "accepted", holds=as_good),
    Case("escaped quotes", raw(text(note=cycle('"said ""no"""', '"x"'))), "accepted", holds=as_good),
    Case("a total row", raw(BASE + "Total,,1234,,,,12\n"), "repaired", "not a patient", holds=as_good),
    Case("a Chinese total row", raw(BASE + "合计,,1234,,,,12\n"), "repaired", "not a patient", holds=as_good),
    Case("mean and total rows", raw(BASE + "Mean,,51,,,,\nTotal:,,1234,,,,12\n"), "repaired", "not a patient", holds=as_good),
    Case("a remark under the table", raw(BASE + "Note: 0 = censored\n"), "repaired", "remark", holds=as_good),
    Case("the header again", raw(BASE + BASE.replace("P0", "Q0")), "repaired", "header is repeated here", n=2 * N),
    Case("spaces around cells", raw(BASE.replace(",", " , ")), "accepted", holds=as_good),
    Case("no-break spaces around cells", raw(BASE.replace(",", "\u00a0,\u3000")), "accepted", holds=as_good),
    Case("a zero-width mark in the header", raw(BASE.replace("OS_event", "OS_event\u200b")), "accepted", holds=as_good),
    Case("identical rows", raw(BASE + LINES[3] + "\n"), "repaired", "exact copy of another row", holds=as_good),
    Case("decimal commas", raw(european()), "repaired", "decimal comma", holds=as_good),
    Case("decimal commas, thousands points", raw(european(**{"AFP (ng/mL)": [f"1.{100 + i}" for i in range(N)]})),
         "repaired", "without thousands marks", holds=lambda c: afp(c) == [1100 + i for i in range(N)]),
    Case("workbook", workbook(typed_rows()), "accepted", holds=as_good),
    Case("workbook with a title", workbook([["HCC cohort"], [], *typed_rows()]), "repaired", "above the header",
         holds=as_good),
    Case("workbook whose second sheet has the table", workbook([], sheets={"data": typed_rows()}), "repaired",
         "sheet 'data'", holds=as_good),
    Case("workbook with formulas never computed", workbook([[*r, "=1+1" if i else "sum"] for i, r in enumerate(typed_rows())]),
         "warned", "24 formulas were never computed and are empty, the first in cell H2", holds=as_good),
    Case("workbook with merged cells", workbook(typed_rows(), merge="B2:B5"), "warned",
         "merged cells, the first from row 2 to 5", holds=lambda c: c.patients.arm[:4].tolist() == ["control"] * 4),
    Case("workbook with dates", workbook([[*r, d] for r, d in zip(typed_rows(), ["visit date", *[None] * N], strict=True)]),
         "accepted", holds=as_good),
]

NUMBERS = [
    Case("bounds", raw(renamed("AFP (ng/mL)", "AFP (ng/mL)", [">400", "<0.6", *(str(10 * i + 3) for i in range(N - 2))])),
         "repaired", "read as the bound", holds=lambda c: c.filter({"afp": {"gt": 400}}).n == 1
         and c.filter({"afp": {"lt": 0.6}}).n == 1),
    Case("thousands commas", raw(text(**{"AFP (ng/mL)": [f'"{1 + i},210"' for i in range(N)]})), "repaired",
         "without thousands marks", holds=lambda c: afp(c)[:2] == [1210, 2210]),
    Case("thousands spaces", raw(text(**{"AFP (ng/mL)": [f"{1 + i} 210" for i in range(N)]})), "repaired",
         "without thousands marks", holds=lambda c: afp(c)[:2] == [1210, 2210]),
    Case("units in cells", raw(text(**{"tumour size": [f"{2 + i / 10:.1f} cm" for i in range(N)]})), "repaired",
         "without the unit 'cm'", holds=lambda c: c.patients.tumor_size.tolist()[0] == 2.0),
    Case("percent signs", raw(text(ki67=[f"{i + 3}%" for i in range(N)])), "repaired", "without the unit '%'",
         holds=lambda c: c.patients.ki67.tolist()[0] == 3),
    Case("full-width digits", raw(text(age=["".join(chr(0xFEE0 + ord(d)) for d in str(40 + i)) for i in range(N)])),
         "accepted", holds=lambda c: ages(c) == [40 + i for i in range(N)]),
    Case("a Unicode minus", raw(text(change=[f"\u2212{i}.5" for i in range(N)])), "accepted",
         holds=lambda c: c.patients.change.tolist()[1] == -1.5),
    Case("ages with 岁", raw(text(age=[f"{40 + i}岁" for i in range(N)])), "repaired", "岁",
         holds=lambda c: ages(c)[0] == 40),
    Case("missing codes", raw(text(age=["NA", "N/A", ".", "-", "?", "unknown", "不详", "[Not Available]", "",
                                        *(str(40 + i) for i in range(N - 9))])), "warned", "known in 15 of 24",
         holds=lambda c: c.patients.age.isna().sum() == 9),
    Case("999 where no age can be", raw(changed("age", 4, "999")), "repaired", "999 is read as missing",
         holds=lambda c: c.patients.age.isna().sum() == 1),
    Case("None is a level", raw(text(invasion=cycle("None", "Micro", "Macro"))), "accepted",
         holds=lambda c: "None" in c.levels("invasion") and not c.patients.invasion.isna().any()),
    Case("size in mm", raw(text(**{"Tumour size (mm)": [str(20 + 5 * i) for i in range(N)]})), "repaired", "given in mm",
         holds=lambda c: abs(c.patients.tumor_size[0] - 2.0) < 1e-9 and c.variable("tumor_size").unit == "cm"),
    Case("AFP in μg/L", raw(renamed("AFP (ng/mL)", "AFP (μg/L)")), "accepted", holds=lambda c: afp(c) == GOOD_AFP),
    Case("AFP in IU/mL", raw(renamed("AFP (ng/mL)", "AFP (IU/mL)")), "repaired", "kept in IU/mL",
         holds=lambda c: afp(c) == GOOD_AFP and not c.variable("afp").cuts),
    Case("a typing error in a number", raw(changed("age", 5, "4S")), "warned", "'4S' is not a number",
         holds=lambda c: c.patients.age.isna().sum() == 1),
    Case("an implausible age", raw(changed("age", 5, "350")), "warned", "Line 6: Age '350' is not plausible"),
    Case("ALBI from bilirubin and albumin", raw(text(**{"bilirubin (umol/L)": cycle("12", "30", "90"),
                                                        "albumin (g/L)": cycle("45", "35", "22")})), "repaired",
         "ALBI grade", holds=lambda c: c.patients.albi.astype(str).tolist()[:3] == ["1", "2", "3"]),
]

LEVELS = [
    Case("spellings of a thrombus grade", raw(text(pvtt=cycle("Vp 3", "VP3", "Vp-3", "vp4", "Vp2"))), "repaired",
         "VP3 = Vp3", holds=lambda c: c.levels("pvtt") == ("Vp2", "Vp3", "Vp4")),
    Case("yes and no in many spellings", raw(text(hvtt=cycle("yes", "No", "Y", "n", "TRUE", "FALSE", "1", "0", "是", "否"))),
         "repaired", "TRUE = yes", holds=lambda c: sorted(c.levels("hvtt")) == ["no", "yes"]),
    Case("sex in many spellings", raw(text(sex=cycle("M", "男", "male", "F", "女"))), "repaired", "男 = male",
         holds=lambda c: sorted(c.levels("sex")) == ["female", "male"]),
    Case("arms that differ by case", raw(text(arm=cycle("TACE", "tace", "TACE + IMRT", "TACE+IMRT", "TACE"))), "repaired",
         "only by spaces or case", holds=lambda c: len(c.levels("arm")) == 2),
    Case("dead and alive", raw(renamed("OS_event", "OS_status", cycle("Alive", "Dead"))), "repaired", "Dead means event",
         holds=lambda c: deaths(c) == GOOD_EVENTS),
    Case("死亡 and 存活", raw(renamed("OS_event", "OS_status", cycle("存活", "死亡"))), "repaired", "死亡 means event",
         holds=lambda c: deaths(c) == GOOD_EVENTS),
    Case("cBioPortal's status", raw(renamed("OS_event", "OS_STATUS", cycle("0:LIVING", "1:DECEASED"))), "repaired",
         "1:DECEASED means event", holds=lambda c: deaths(c) == GOOD_EVENTS),
    Case("status 1 and 2", raw(renamed("OS_event", "status", cycle("1", "2", "1"))), "repaired", "2 means event",
         holds=lambda c: sum(deaths(c)) == 8),
    Case("TRUE and FALSE events", raw(renamed("OS_event", "OS_event", cycle("FALSE", "TRUE"))), "repaired",
         "TRUE means event", holds=lambda c: deaths(c) == GOOD_EVENTS),
    Case("ones are censored", raw(renamed("OS_event", "OS_censor")), "repaired", "0 means event",
         holds=lambda c: deaths(c) == [1 - e for e in GOOD_EVENTS]),
    Case("event 1.0 and 0.0", raw(renamed("OS_event", "OS_event", cycle("0.0", "1.0"))), "accepted", holds=as_good),
    Case("grades in words", raw(text(ae_fever=cycle("Grade 2", "G3", "none", "1", "2级", "IV"))), "accepted",
         holds=lambda c: c.worst_grades.grades[:6, 0].tolist() == [2, 3, 0, 1, 2, 4]),
    Case("Chinese adverse events", raw(text(**{"恶心": cycle("0", "1", "2"), "乏力": cycle("0", "3")})), "accepted",
         holds=lambda c: c.worst_grades.terms == ("恶心", "乏力")),
    Case("a level with one patient", raw(changed("pvtt", 3, "Vp1")), "warned", "single patient has PVTT grade 'Vp1'"),
    Case("a constant column", raw(text(centre=cycle("Beijing"))), "warned", "the same in every patient"),
    Case("names and telephones", raw(text(姓名=[f"张{i}" for i in range(N)], tel=[f"138{i:08d}" for i in range(N)])),
         "warned", "may identify the patient", holds=lambda c: c.mapping.identifiers == ("姓名", "tel")),
    Case("ID cards by their form", raw(text(code=[f"1101011980011{i % 10}{i:03d}X" for i in range(N)])),
         "warned", "may identify the patient"),
    Case("birth dates", raw(text(出生日期=dates("%Y-%m-%d", 400, date(1950, 2, 3)))),
         "warned", "may identify the patient"),
    Case("markup in levels", raw(text(centre=cycle("<b>x</b>", "![a](http://x/y.png)", "$x^2$"))), "accepted",
         holds=lambda c: "<b>x</b>" in c.levels("centre")),
    Case("formulas in levels", raw(text(centre=cycle("=1+1", "@SUM(A1)"))), "accepted",
         holds=lambda c: "=1+1" in c.levels("centre")),
    Case("a classification headed Cheng", raw(renamed("pvtt", "Cheng classification", cycle("I", "II", "III"))),
         "accepted", holds=lambda c: c.levels("cheng") == ("Cheng I", "Cheng II", "Cheng III")),
]

TIMES = [
    *(Case(f"times in {unit}", raw(renamed("OS_months", header, [f"{t * per:.6f}" for t in GOOD_TIMES])), "accepted",
           holds=lambda c: [round(t, 3) for t in os_times(c)] == GOOD_TIMES)
      for unit, header, per in (("days", "Overall survival (days)", 30.4375), ("weeks", "OS (weeks)", 30.4375 / 7),
                                ("years", "OS_years", 1 / 12), ("months", "总生存期（月）", 1.0))),
    Case("two dates, year first", raw(dated(dates("%Y-%m-%d"), dates("%Y/%m/%d", 30, LATER))),
         "repaired", "runs from 'diagnosis date'", holds=lambda c: abs(os_times(c)[0] - 139 / 30.4375) < 1e-3),
    Case("two dates, day first", raw(dated(dates("%d/%m/%Y"), dates("%d.%m.%Y", 30, LATER))),
         "repaired", "are day first", holds=lambda c: abs(os_times(c)[0] - 139 / 30.4375) < 1e-3),
    Case("Chinese dates", raw(dated(dates("%Y年%m月%d日"), dates("%Y-%m-%d", 30, LATER))),
         "repaired", "in days", holds=lambda c: abs(os_times(c)[0] - 139 / 30.4375) < 1e-3),
    Case("Excel's serial dates", raw(dated(*serials())), "repaired", "Excel's days",
         holds=lambda c: abs(os_times(c)[0] - 100 / 30.4375) < 1e-3),
    Case("a time of zero", raw(changed("OS_months", 3, "0")), "repaired", "time of 0: kept",
         holds=lambda c: os_times(c)[2] == 0),
    Case("a missing time", raw(changed("OS_months", 3, "")), "warned", "Line 4: left out of OS"),
    Case("a missing time with an event", raw(changed("OS_months", 4, "NA")), "warned", "though the patient had an event"),
    Case("PFS longer than OS", raw(text(PFS_months=[f"{i + 2.0:.1f}" if i != 4 else "99" for i in range(N)],
                                        PFS_event=cycle("1"))), "warned", "Line 6: PFS is longer than OS"),
    Case("progression after death", raw(text(PFS_months=[f"{i + 2.0:.1f}" if i != 5 else "99" for i in range(N)],
                                             PFS_event=cycle("1"))), "warned", "Line 7: the PFS event comes after death"),
    Case("death without a PFS event", raw(text(PFS_months=[f"{i + 2.0:.1f}" for i in range(N)],
                                               PFS_event=["0"] * N)), "warned", "died, and has no PFS event"),
    Case("events and censored exchanged", raw(renamed("OS_event", "OS_event", ["1"] * 23 + ["0"])), "warned", "nearly all"),
    Case("2 commoner than 1", raw(renamed("OS_event", "status", cycle("2", "2", "1"))), "warned", "commoner value"),
    Case("no time or event column", raw(text(OS_months=None, OS_event=None)), "warned", "No pair of time and event",
         holds=lambda c: not c.endpoints and "pvtt" in c.variables),
    Case("99999 as a time", raw(changed("OS_months", 3, "99999")), "warned", "left out of OS",
         holds=lambda c: c.patients["OS time"].isna().sum() == 1),
]

SHAPES = [
    Case("visits, the baseline chosen", raw(visits()), "repaired", "was not taken", n=N, mapping={
        "patient_id": "patient_id", "arm": {"column": "arm", "reference": "A"},
        "endpoints": {"OS": {"time": "OS_months", "event": "OS_event"}},
        "rows": {"take": "where", "column": "visit", "value": "baseline"}}),
    Case("visits, the last row chosen", raw(visits()), "repaired", "the last row counts", n=N, mapping={
        "patient_id": "patient_id", "rows": {"take": "last"}, "factors": {"visit": {"column": "visit"}}},
         holds=lambda c: c.levels("visit") == ("week 6",)),
    Case("adverse events in a second file", raw(BASE), "warned", "'P999'", also=long_events(
        "P001,Nausea,2", "P001,nausea,3", "P002,Fatigue,1", "P999,Rash,2"),
         holds=lambda c: c.worst_grades.terms == ("Fatigue", "Nausea") and c.worst_grades.grades[0].tolist() == [0, 3]),
    Case("adverse events beside wide ones", raw(text(ae_fever=cycle("0", "1"))), "accepted", also=long_events("P001,Nausea,2"),
         holds=lambda c: c.worst_grades.terms == ("Fever", "Nausea")),
    Case("a blank grade", raw(text(ae_fever=cycle("0", "", "2"))), "warned", "denominator is smaller"),
    Case("a cohort of one arm", raw(text(arm=None)), "accepted", holds=lambda c: c.mapping.arm is None),
    Case("an arm column of one level", raw(text(arm=cycle("TACE"))), "warned", "single level"),
    Case("no patient id", raw(text(patient_id=None)), "repaired", "identified by their row"),
]

MEANINGS = [  # what a header or the neighbours of a cell say of it
    Case("a legend in the header", raw(renamed("OS_event", "status (0=dead; 1=alive)")), "repaired", "0 means event for OS, as the header says",
         holds=lambda c: deaths(c) == [1 - e for e in GOOD_EVENTS]),
    Case("a Chinese legend", raw(renamed("OS_event", "生存状态（1=死亡，2=存活）", cycle("2", "1"))), "repaired", "1 means event",
         holds=lambda c: deaths(c) == GOOD_EVENTS),
    Case("vital status 0/1 is said", raw(renamed("OS_event", "vital_status")), "repaired", "1 means event for OS", holds=as_good),
    Case("death and last follow-up", raw(text(OS_months=None, **{
        "diagnosis date": ["2019-01-01"] * N, "death date": ["2019-03-02" if i % 2 else "" for i in range(N)],
        "date of last follow-up": ["2019-04-01"] * N})), "repaired", "or, where it is empty",
         holds=lambda c: [round(t * 30.4375) for t in os_times(c)][:2] == [90, 60]),
    Case("exchanged days and months", raw(dated(["2019-01-05"] * N, cycle("2019-05-03", "13/05/2019", "2019-11-02", "25/12/2019"))),
         "warned", "may have swapped"),
    Case("one cell in mm among cm", raw(text(**{"tumour size": ["85 mm", *(f"{2 + i / 10:.1f}" for i in range(N - 1))]})), "repaired",
         "converted from mm to cm", holds=lambda c: c.patients.tumor_size.tolist()[:2] == [8.5, 2.0]),
    Case("percent beside fractions", raw(text(necrosis=["45%", *(f"0.{i + 10}" for i in range(N - 1))])), "warned", "others none"),
    Case("minus beside plus", raw(text(ascites=cycle("-", "+", "++"))), "accepted", holds=lambda c: "-" in c.levels("ascites")),
    Case("-99 in a positive column", raw(text(platelets=["-99", *(str(100 + 7 * i) for i in range(N - 1))])), "repaired",
         "-99 is read as missing", holds=lambda c: c.patients.platelets.isna().sum() == 1),
    Case("999 far from the rest", raw(text(inr=["999", *(f"1.{i}" for i in range(10, 9 + N))])),
         "warned", "is far from"),
    Case("a slash for a blank", raw(text(sex=cycle("男", "女", "/"))), "warned", "known in 16 of 24"),
    Case("missing codes in any case", raw(text(stage=cycle("I", "II", "Missing", "n.a."))), "warned", "known in 12 of 24"),
    Case("laboratory flags are no adverse events", raw(text(GGT=cycle("0", "1"), ALP=cycle("1", "0"))), "accepted",
         holds=lambda c: not c.worst_grades.terms and "ggt" in c.variables),
    Case("an adverse event without grades", raw(text(ae_fever=cycle("yes", "no"))), "repaired", "holds no CTCAE grades",
         holds=lambda c: c.variable("ae_fever").known == "later"),
    Case("two diameters", raw(text(**{"tumour size (mm)": ["85x100", *(str(30 + i) for i in range(N - 1))]})), "warned",
         "'85x100' is not a number", holds=lambda c: c.patients.tumor_size.isna().sum() == 1),
    Case("platelets in 10^9/L", raw(text(PLT=[f"{100 + i}×10^9/L" for i in range(N)])), "repaired", "10^9/l",
         holds=lambda c: c.patients.plt.tolist()[0] == 100),
    Case("a failed formula", raw(text(albumin=["#DIV/0!", *(str(30 + i) for i in range(N - 1))])), "warned", "a formula failed"),
    Case("prothrombin time is no T stage", raw(text(PT=[f"{11 + i / 10:.1f}" for i in range(N)])), "accepted",
         holds=lambda c: "t_stage" not in c.variables and c.variable("pt").kind == "numeric"),
    Case("codes with and without a point", raw(text(ecog=cycle("0", "0.0", "1", "1.0", "2"))), "repaired", "0.0 = 0",
         holds=lambda c: c.levels("ecog") == ("0", "1", "2")),
    Case("AFP's unit without brackets", raw(renamed("AFP (ng/mL)", "AFP ng/mL")), "accepted",
         holds=lambda c: c.variable("afp").unit == "ng/mL"),
    Case("case and control beside an id", raw("Case,Patient_ID,OS_months,OS_event\n" + "".join(
        f"{('case', 'control')[i % 2]},P{i},{i + 3},{i % 2}\n" for i in range(N))), "accepted"),
    Case("thrombus present or absent", raw(renamed("pvtt", "pvtt", cycle("0", "1"))), "accepted",
         holds=lambda c: c.levels("pvtt") == ("0", "1")),
    Case("times with their unit in the cells", raw(renamed("OS_months", "OS", [f"{50 + i} 天" for i in range(N)])), "repaired",
         "without the unit", holds=lambda c: c.mapping.endpoints[0].unit == "days"),
    Case("German headers", raw(";".join(["PatNr", "Behandlung", "Alter", "Überleben (Monate)", "Status"]) + "\n" + "".join(
        f"{i + 100};{('Kontrolle', 'Test')[i % 2]};{50 + i};{i + 3},5;{i % 2}\n" for i in range(N)), "cp1252"), "repaired",
         "decimal comma", holds=lambda c: c.mapping.patient_id == "PatNr" and c.mapping.arm and c.endpoints == ("OS",)),
    Case("response by its values", raw(text(outcome=cycle("CR", "PR", "SD", "PD"))), "accepted",
         holds=lambda c: c.levels("response") == ("CR", "PR", "SD", "PD")),
    Case("ALBI as a score", raw(text(ALBI=[f"-{1 + i / 10:.2f}" for i in range(N)])), "accepted",
         holds=lambda c: c.variable("albi").label == "ALBI" and c.variable("albi").kind == "numeric"),
    Case("albumin in an unknown unit gives no ALBI", raw(text(**{"bilirubin (umol/L)": cycle("12", "30", "90"),
                                                                 "albumin (mg/dL)": [str(3900 + i) for i in range(N)]})), "repaired", "No ALBI grade",
         holds=lambda c: "albi" not in c.variables),
]

LEGENDS = [  # who died is what must not be turned round
    *(Case(f"legend {header}", raw(renamed("OS_event", header, cycle(*codes))), "repaired", "means event for OS, as the header says",
           holds=lambda c: deaths(c) == GOOD_EVENTS)
      for header, codes in (
          ("status (alive=1; dead=0)", "10"), ("status (0=dead from any cause; 1=alive)", "10"),
          ("生存状态（死亡0、存活1）", "10"), ("生存状态(存活=1 死亡=0)", "10"), ("status (1=died; 2=alive at last follow-up)", "21"),
          ("status (2=alive; 1=dead of HCC)", "21"), ("生存状态(1=死亡 2=生存中)", "21"), ("生存状态(1、死亡；2、存活)", "21"),
          ("生存状态(死亡1 存活2)", "21"), ("status (dead/alive = 1/2)", "21"), ("OS_censor (0=no; 1=yes)", "10"),
          ("status (0=alive; 1=dead)", "01"))),
    Case("ones of a header that says alive", raw(renamed("OS_event", "OS status (alive)", cycle("1", "0"))), "repaired", "0 means event",
         holds=lambda c: deaths(c) == GOOD_EVENTS),
    Case("Alive 0/1", raw(renamed("OS_event", "Alive", cycle("1", "0"))), "repaired", "0 means event", holds=lambda c: deaths(c) == GOOD_EVENTS),
    Case("是否存活", raw(renamed("OS_event", "是否存活", cycle("是", "否"))), "repaired", "否 means event", holds=lambda c: deaths(c) == GOOD_EVENTS),
    Case("labels of REDCap", raw(renamed("OS_event", "Survival status", cycle("Alive", "Dead of HCC", "Lost to follow-up", "Dead, other"))
                                 .replace("Dead, other", "Dead other")), "repaired", "Dead of HCC, Dead other means event", holds=lambda c: sum(deaths(c)) == 12),
    Case("a legend of arms", raw(renamed("arm", "group (1=experimental; 2=control)", cycle("1", "2"))), "repaired", "'control' is taken",
         holds=lambda c: c.levels("arm") == ("control", "experimental")),
    Case("a legend of sex", raw(text(**{"性别(1男 2女)": cycle("1", "2")})), "repaired", "1 = 男", holds=lambda c: c.levels("sex") == ("男", "女")),
    Case("usual care", raw(text(arm=cycle("Intervention", "Usual care"))), "accepted", holds=lambda c: c.levels("arm")[0] == "Usual care"),
    Case("non-standard", raw(text(arm=cycle("non-standard", "standard"))), "accepted", holds=lambda c: c.levels("arm")[0] == "standard"),
    Case("an arm coded 99", raw(text(arm=cycle("A", "B", "99"))), "warned", "No arm: 8 patients", holds=lambda c: c.levels("arm") == ("A", "B")),
    Case("an event without its date", raw(text(OS_months=None, OS_event=None, **{
        "death": cycle("1", "0"), "surgery date": ["2019-01-01"] * N, "death date": ["" if i else "2019-09-01" for i in range(N)],
        "last follow-up date": ["2020-01-01"] * N})), "warned", "is empty, though the patient had an event"),
    Case("AFP as a logarithm", raw(text(**{"AFP (ng/mL)": None, "AFP (log10)": [f"{i / 6:.2f}" for i in range(N)]})), "accepted",
         holds=lambda c: c.variable("afp_log10").cuts == ()),
    Case("direct bilirubin gives no ALBI", raw(text(**{"bilirubin (direct)": [f"{2 + i / 3:.1f}" for i in range(N)], "albumin (g/L)": [str(30 + i) for i in range(N)]})),
         "accepted", holds=lambda c: "albi" not in c.variables),
    Case("a long time in days", raw(renamed("OS_months", "OS_days", ["999", *(str(5 + 9 * i) for i in range(N - 1))])), "warned",
         "far longer than all other times", holds=lambda c: not c.patients["OS time"].isna().any()),
    Case("999.0 among months", raw(renamed("OS_months", "OS_months", ["999.0", *(f"{i + 3}.0" for i in range(N - 1))])), "repaired",
         "999.0 is read as missing"),
    Case("9 among ECOG", raw(text(ecog=cycle("0", "1", "9"))), "warned", "is unlike the other"),
    Case("minus beside 1+", raw(text(ki67=cycle("-", "1+", "2+", "3+"))), "accepted", holds=lambda c: "-" in c.levels("ki67")),
    Case("minus beside 阳性", raw(text(HBsAg=cycle("-", "阳性"))), "accepted", holds=lambda c: "-" in c.levels("hbsag")),
    Case("years and months in cells", raw(renamed("OS_months", "OS", ["2年", *(f"{i + 3}个月" for i in range(N - 1))])), "repaired",
         "is converted from 年 to months", holds=lambda c: os_times(c)[:2] == [24, 3]),
    Case("days in a column of months", raw(changed("OS_months", 5, "45 days")), "repaired", "converted from days to months",
         holds=lambda c: abs(os_times(c)[4] - 45 / 30.4375) < 1e-3),
    Case("毫米", raw(text(**{"肿瘤大小（毫米）": [str(20 + i) for i in range(N)]})), "repaired", "given in mm",
         holds=lambda c: c.patients.tumor_size[0] == 2.0),
    Case("肿瘤直径/mm", raw(text(**{"肿瘤直径/mm": [str(20 + i) for i in range(N)]})), "repaired", "given in mm"),
    Case("a baseline symptom is no adverse event", raw(text(**{"fatigue (baseline)": cycle("0", "1", "2"), "history of ulcer": cycle("0", "2"),
                                                               "pain score": cycle("0", "2", "3")})), "accepted", holds=lambda c: not c.worst_grades.terms),
    Case("Not related, 12 d", raw(BASE), "warned", "'maybe later' is neither yes nor no",
         also=b"id,term,grade,related,day\nP001,Nausea,2,Not related,12 d\nP002,Rash,3,Possible,day 5\nP003,Pain,1,maybe later,6\n",
         holds=lambda c: c.long_events.related.astype(object).tolist()[:2] == ["no", "yes"] and c.long_events.day.tolist() == [12, 5, 6]),
    Case("albumin in g/dL by its size", raw(text(alb=[f"{2.5 + i / 12:.1f}" for i in range(N)])), "repaired", "read in g/dL",
         holds=lambda c: abs(c.patients.albumin[0] - 25) < 1e-9),
]

CASES = [*LEGENDS, *MEANINGS, *LAYOUT, *NUMBERS, *LEVELS, *TIMES, *SHAPES]
