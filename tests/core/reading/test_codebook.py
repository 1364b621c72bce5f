"""A codebook sheet or a data dictionary names codes and columns; nothing else is taken for one."""

import io

import numpy as np
import openpyxl
import pytest

from core import read_cohort
from core.errors import MappingError
from core.intake import load_files
from core.reading import codebook_of, read_table
from core.reading.codebook import coded_words

N = 40
TIMES = np.round(np.random.default_rng(5).weibull(1.2, N) * 20 + 2, 1)
COLUMNS = {"id": [f"P{i}" for i in range(N)],
           "sex": [1 + i % 2 for i in range(N)], "bclc": [1 + i % 3 for i in range(N)],
           "v7": [40 + i for i in range(N)], "os": TIMES, "os_status": [i % 3 // 2 for i in range(N)]}
PER_VARIABLE = [("Variable", "Label", "Unit", "Values"), ("sex", "Sex", "", "1 = male; 2 = female"),
                ("bclc", "BCLC stage", "", "1=A, 2=B, 3=C"), ("v7", "Age at diagnosis", "years", ""),
                ("os", "Overall survival", "months", ""), ("os_status", "Overall survival status", "", "0 alive")]
PER_CODE = [("变量", "编码值", "含义"), ("sex", 1, "男"), (None, 2, "女"),
            ("bclc", 1, "A"), (None, 2, "B"), (None, 3, "C"),
            ("os_status", 0, "存活"), (None, 1, "死亡")]
REDCAP = [("Variable / Field Name", "Form Name", "Field Type", "Field Label",
           "Choices, Calculations, OR Slider Labels"),
          ("id", "base", "text", "Study number", ""), ("sex", "base", "radio", "Sex", "1, Male | 2, Female"),
          ("bclc", "base", "dropdown", "BCLC stage", "1, A | 2, B | 3, C"),
          ("v7", "base", "calc", "Age", "round([a], 0)"),
          ("comorb", "base", "checkbox", "Comorbidities", "1, Diabetes | 2, Hypertension"),
          ("os", "fu", "text", "Overall survival (months)", ""), ("os_status", "fu", "yesno", "Died", "")]


def book(sheets):
    out = openpyxl.Workbook()
    out.remove(out.active)
    for name, rows in sheets.items():
        sheet = out.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    data = io.BytesIO()
    out.save(data)
    return data.getvalue()


def rows_of(columns):
    return [tuple(columns), *zip(*(np.asarray(v, dtype=object) for v in columns.values()), strict=True)]


def csv_of(rows):
    return "\n".join(",".join(f'"{c}"' for c in row) for row in rows).encode()


@pytest.mark.parametrize(("text", "words"), [
    ("1, Male | 2, Female", {"1": "Male", "2": "Female"}), ("0 = no; 1 = yes", {"0": "no", "1": "yes"}),
    ("1=male 2=female", {"1": "male", "2": "female"}), ("1：男；2：女", {"1": "男", "2": "女"}),
    ("1男 2女", {"1": "男", "2": "女"}),
    ("alive = 0, dead = 1", {"0": "alive", "1": "dead"}), ("1 - low\n2 - high", {"1": "low", "2": "high"}),
    ("0, none | 1, one, two", {"0": "none", "1": "one, two"}), ("1=≤400 2=>400", {"1": "≤400", "2": ">400"}),
    ("0-5", {}), ("2010-2020", {}), ("numeric", {}), ("A, B, C", {}), ("", {})])
def test_lists_of_codes(text, words):
    assert coded_words(text) == words


@pytest.mark.parametrize("first", [True, False], ids=["codebook first", "data first"])
def test_a_sheet_per_variable(first):
    sheets = {"Codebook": PER_VARIABLE, "Sheet1": rows_of(COLUMNS)}
    cohort = read_cohort(book(sheets if first else dict(reversed(sheets.items()))))
    assert cohort.mapping.endpoints[0].unit == "months"
    assert list(cohort.levels("sex")) == ["male", "female"] and list(cohort.levels("bclc")) == ["A", "B", "C"]
    assert cohort.variables["age"].label == "Age" and cohort.variables["age"].unit == "years"
    assert "'Codebook' says what columns hold" in " ".join(cohort.findings.message)


def test_a_sheet_with_a_row_per_code():
    columns = {k: v for k, v in COLUMNS.items() if k != "os"}
    data = book({"数据": rows_of({**columns, "os_months": TIMES}), "变量说明": PER_CODE})
    cohort = read_cohort(data)
    assert sorted(cohort.levels("sex")) == ["女", "男"] and cohort.mapping.endpoints[0].event_values == ("死亡",)
    assert cohort.table["OS event"].sum() == sum(COLUMNS["os_status"])


def test_redcap_s_dictionary_given_with_the_export():
    checked = {"comorb___1": [i % 2 for i in range(N)], "comorb___2": [i % 4 // 3 for i in range(N)]}
    data = csv_of(rows_of({**COLUMNS, **checked}))
    for files in ([("data.csv", data), ("dictionary.csv", csv_of(REDCAP))],
                  [("dictionary.csv", csv_of(REDCAP)), ("data.csv", data)]):
        loading = load_files(files)
        assert loading.table.labels["comorb___1"] == "Comorbidities: Diabetes" and not loading.open_questions()
        factors = loading.mapping["factors"]
        assert list(factors["sex"]["levels"].values()) == ["Male", "Female"] and factors["age"]["kind"] == "numeric"
        assert factors["comorb___1"]["levels"] == {"no": "no", "yes": "yes"}
        assert loading.mapping["endpoints"]["OS"]["event_values"] == ["yes"]
    assert loading.fingerprint != load_files([("data.csv", data)]).fingerprint


def test_a_dictionary_alone_is_said():
    with pytest.raises(MappingError, match="data dictionary, and no cohort"):
        load_files([("dictionary.csv", csv_of(REDCAP))])


def test_a_code_that_the_codebook_does_not_cover_stays_and_is_said():
    odd = {**COLUMNS, "sex": [5, *COLUMNS["sex"][1:]]}
    cohort = read_cohort(book({"Sheet1": rows_of(odd), "codes": PER_VARIABLE}))
    assert set(cohort.levels("sex")) == {"male", "female", "5"}
    assert "Not listed there: sex 5" in " ".join(cohort.findings.message)


@pytest.mark.parametrize("name", ["Metastatic HCC", "Prediction set", "Barcodes", "Keynote", "Codes A-F"])
def test_a_cohort_is_read_whatever_its_sheet_is_called(name):
    columns = {"os_months" if k == "os" else k: v for k, v in COLUMNS.items() if k != "bclc"}
    labs = [("id", "CRP"), *((f"P{i}", i) for i in range(N))]
    assert read_cohort(book({name: rows_of(columns), "Labs": labs})).endpoints == ("OS",)


@pytest.mark.parametrize("sheet", ["Sheet2", "data description"])
def test_a_codebook_is_known_by_what_it_holds(sheet):
    reverse = [("Column", "Description"), ("os_status", "vital status: 0 = dead, 1 = alive"),
               ("sex", "1 = male, 2 = female")]
    columns = {"os_months" if k == "os" else k: v for k, v in COLUMNS.items() if k != "bclc"}
    cohort = read_cohort(book({"Sheet1": rows_of(columns), sheet: reverse}))
    assert cohort.mapping.endpoints[0].event_values == ("dead",)
    assert cohort.table["OS event"].sum() == N - sum(COLUMNS["os_status"])


@pytest.mark.parametrize("rows", [
    rows_of(COLUMNS), [("Variable", "Label"), ("height", "Height"), ("mass", "Mass")],
    [("Remark", "By"), ("sex is coded", "me")]], ids=["a cohort", "of another file", "prose"])
def test_what_is_no_codebook_of_these_columns(rows):
    assert codebook_of(read_table(csv_of(rows)), list(COLUMNS)) is None
    loading = load_files([("x.xlsx", book({"Sheet1": rows_of(COLUMNS), "notes on codes": rows}))])
    assert set(loading.mapping["factors"]["sex"]["levels"]) == {"1", "2"}


def test_codes_of_a_measurement_that_mean_missing_are_missing():
    columns = {**{k: v for k, v in COLUMNS.items() if k not in ("os", "bclc")}, "os_months": [-9, *TIMES[1:]]}
    said = [("Variable", "Values"), ("os_months", "-9 = unknown; -8 = not applicable"), ("sex", "1 = male; 2 = female")]
    cohort = read_cohort(book({"Sheet1": rows_of(columns), "codebook": said}))
    assert cohort.table["OS time"].isna().sum() == 1 and list(cohort.levels("sex")) == ["male", "female"]
