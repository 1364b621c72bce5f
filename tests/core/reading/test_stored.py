"""Files of SPSS, Stata, SAS, Parquet and Feather: values, labels, missing values, dates, damage."""

import io
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pyreadstat
import pytest

from core import read_cohort
from core.errors import ReadingError
from core.reading import read_table
from core.reading.stored import read_stored, stored_kind

N = 40
ARM, GRADE = {1.0: "TACE", 2.0: "TACE+RT"}, {1.0: "low", 2.0: "intermediate", 3.0: "high", 9.0: "unknown"}
LABELS = {"v12": "Overall survival in months", "v13": "Vital status", "grade": "Histological grade"}


def frame():
    rng = np.random.default_rng(4)
    return pd.DataFrame({
        "pid": [f"K{i:03d}" for i in range(N)], "arm": [1.0 + i % 2 for i in range(N)],
        "v12": rng.exponential(20, N).round(1) + 0.5, "v13": [float(i % 3 > 0) for i in range(N)],
        "grade": [(1.0, 2.0, 3.0, 9.0)[i % 4] for i in range(N)], "marker": [np.nan, *np.arange(1.5, N, 1.0)],
        "姓": ["男" if i % 2 else "女" for i in range(N)], "seen": [date(2020, 1 + i % 12, 3) for i in range(N)]})


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """One cohort in every format, as bytes."""
    folder, table, out = tmp_path_factory.mktemp("stored"), frame(), {}
    labels = {"arm": ARM, "v13": {0.0: "alive", 1.0: "dead"}, "grade": GRADE}
    named = [LABELS.get(c, "") for c in table]
    plain = table.rename(columns={"姓": "sex"})
    writers = {
        "sav": lambda p: pyreadstat.write_sav(table, p, column_labels=named, variable_value_labels=labels,
                                              missing_ranges={"grade": [9.0]}),
        "zsav": lambda p: pyreadstat.write_sav(table, p, column_labels=named, variable_value_labels=labels,
                                               compress=True),
        "por": lambda p: pyreadstat.write_por(
            plain.assign(sex=["M" if i % 2 else "F" for i in range(N)]), p, column_labels=named),
        "dta": lambda p: pyreadstat.write_dta(plain, p, column_labels=named, variable_value_labels={
            k: {int(c): w for c, w in v.items()} for k, v in labels.items()}),
        "xpt": lambda p: pyreadstat.write_xport(plain, p, column_labels=named)}
    for kind, write in writers.items():
        write(str(folder / kind))
        out[kind] = (folder / kind).read_bytes()
    for kind, write in (("parquet", pa.parquet.write_table), ("feather", pa.feather.write_feather)):
        buffer = io.BytesIO()
        write(pa.Table.from_pandas(table), buffer)
        out[kind] = buffer.getvalue()
    return out


@pytest.mark.parametrize("kind", ["sav", "zsav", "por", "dta", "xpt", "parquet", "feather"])
def test_every_format_holds_the_same_values(files, kind):
    table, own = read_table(files[kind]), frame()
    cells = {name.lower(): column.series().tolist() for name, column in table.cells.items()}
    assert cells["pid"] == own.pid.tolist() and len(table) == N
    assert [float(v) for v in cells["v12"]] == own.v12.tolist()
    assert cells["marker"][:3] == ["", "1.5", "2.5"]
    if kind != "por":  # SPSS writes dates into it as numbers of its own
        assert cells["seen"][1] == "2020-02-03"
    assert (cells.get("姓") or cells["sex"])[:2] == (["F", "M"] if kind == "por" else ["女", "男"])


@pytest.mark.parametrize("kind", ["sav", "zsav", "dta"])
def test_value_labels_are_levels_in_the_order_of_their_codes(files, kind):
    table = read_table(files[kind])
    name = {c.lower(): c for c in table.columns}
    assert set(table.cells[name["arm"]].texts()) == {"TACE", "TACE+RT"}
    assert table.orders[name["grade"]][:3] == ("low", "intermediate", "high")
    assert table.labels[name["v12"]] == LABELS["v12"]


def test_a_cohort_of_spss_is_known_by_its_labels(files):
    """Times and events by what variables are labelled; user-missing is missing; levels in the order of the codes."""
    cohort = read_cohort(files["sav"])
    endpoint, = cohort.mapping.endpoints
    assert (endpoint.name, endpoint.time, endpoint.event, endpoint.event_values, endpoint.unit) == (
        "OS", "v12", "v13", ("dead",), "months")
    assert cohort.patients["OS event"].sum() == sum(i % 3 > 0 for i in range(N))
    grade = next(f for f in cohort.mapping.factors if f.column == "grade")
    assert cohort.levels(grade.key) == ("low", "intermediate", "high")
    assert cohort.values(grade.key).isin(["low", "intermediate", "high"]).sum() == 30
    assert cohort.levels("arm") == ("TACE", "TACE+RT")


def test_labels_beside_plain_numbers_are_said(tmp_path):
    buffer = frame().assign(marker=[-1.0, *np.arange(1.5, N, 1.0)])
    path = tmp_path / "x.sav"
    pyreadstat.write_sav(buffer, str(path), variable_value_labels={"marker": {-1.0: "not measured"}})
    table = read_table(path)
    said = [f for f in table.findings if f["column"] == "marker"]
    assert "-1 = not measured" in said[0]["message"] and said[0]["severity"] == "warning"


@pytest.mark.parametrize("kind", ["sav", "zsav", "por", "dta", "xpt", "parquet", "feather"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_file_that_ends_early_is_refused_in_words(files, kind, share):
    data = files[kind]
    cut = data[:max(int(share * len(data)), 8)]
    try:
        table = read_table(cut)
    except ReadingError as error:
        assert error.remedy
    else:
        assert len(table) <= N  # a format without a count of its rows gives those that are there


def test_a_kind_is_told_by_content(files):
    kinds = {k: stored_kind(data) for k, data in files.items()}
    assert kinds == {"sav": "sav", "zsav": "sav", "por": "por", "dta": "dta", "xpt": "xport", "parquet": "parquet",
                     "feather": "feather"}
    assert stored_kind(b"id,arm\n1,2\n") == ""
    with pytest.raises(ReadingError, match="has no rows"):
        buffer = io.BytesIO()
        pa.parquet.write_table(pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.int64())}), buffer)
        read_stored(buffer.getvalue(), "parquet")
