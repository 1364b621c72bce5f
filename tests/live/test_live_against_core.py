"""What a browser shows of a range that is brushed, or of clicked levels, equals what core computes of it, to 1e-9."""

import base64
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core import Filters, kaplan_meier, read_cohort, treatment_effect
from core.cohort import (
    GROUPS,
    SELECTION,
    Cohort,
    Definition,
    Groups,
    against_rest,
    between,
    bin_counts,
    brush_index,
    count,
    fine_edges,
    level_counts,
    reference_place,
    strata,
    timeline,
    with_groups,
)
from core.errors import NotEstimable
from core.format import exact, hazard_ratio, p_phrase
from tests.live.node import node
from tests.shared.from_r import REFERENCE, curve_cohort

HERE = Path(__file__).parent
EXACT = {"rel": 1e-9, "abs": 1e-12}


def in_a_browser(cases):
    """Return what the browser's modules give for cases of (index, bins kept each time, place of the reference)."""
    lines = [json.dumps({"index": base64.b64encode(index.to_bytes()).decode(), "kept": kept, "reference": place})
             for index, kept, place in cases]
    done = subprocess.run([node(), str(HERE / "figures.mjs")], input="\n".join(lines), capture_output=True, text=True,
                          check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_numbers_are_written_as_core_writes_them():
    rng = np.random.default_rng(9)
    p = [*(10 ** rng.uniform(-5, 0, 3000)).tolist(), 0.0099, 0.0451, 0.0949, 0.0951, 0.0994, 0.0996, 0.994, 0.996]
    ratios = [*np.exp(rng.normal(0, 2.5, (2000, 3))).tolist(), [1.001, 0.99, 1.012], [0.0031, 0.0012, 0.2]]
    bounds = [0.1, 1.5, 1000.0, 12345.678, 38572.0, 0.0]
    done = subprocess.run([node(), str(HERE / "numbers.mjs")], input=json.dumps([p, ratios, bounds]), check=True,
                          capture_output=True, text=True)
    assert json.loads(done.stdout) == [[p_phrase(v) for v in p], [hazard_ratio(*r) for r in ratios],
                                       [exact(v) for v in bounds]]


def narrowed(cohort: Cohort, key: str, low: int, high: int) -> Cohort:
    """Filter as letting go of a brush does; who has the value missing is never in a brush."""
    condition = between(cohort, key, low, high)
    whole = cohort.whole
    if condition is None:
        known = pd.notna(whole.values(key).to_numpy(dtype=float))
        return cohort.filter({key: {"not": {"missing": True}}}) if not known.all() else cohort
    return whole.filter(cohort.filters.with_condition(key, condition))


def bins_within(ends, last: int) -> list[list[bool]]:
    """Say which bins lie between two edges, each time; the last bin is that of missing values."""
    return [[*(low <= i < high for i in range(last)), False] for low, high in ends]


def agrees(shown, cohort: Cohort, endpoint: str, by: str | None, others):
    """Compare one answer of the browser with core's figures of the filtered cohort."""
    assert shown["n"] == cohort.n
    for key in others:
        counts = bin_counts(cohort, key)[1] if cohort.variable(key).kind == "numeric" else level_counts(cohort, key)
        assert shown["levels"][key] == counts.tolist()
    if by == SELECTION:
        try:
            cohort = against_rest(cohort)
        except NotEstimable:
            return
    counts = count(cohort, endpoint, by)
    assert [s["n"] for s in shown["strata"]] == counts.n.tolist()
    assert [s["events"] for s in shown["strata"]] == counts.n_event.tolist()
    result = kaplan_meier(cohort, endpoint=endpoint, by=by)
    times = timeline(cohort, endpoint).times
    for i, level in enumerate(counts.strata.levels):
        curve = result.curves[result.curves.strata == level]
        at = np.searchsorted(times, curve.time.to_numpy(dtype=float) - 1e-9)
        assert np.array(shown["strata"][i]["survival"])[at] == pytest.approx(curve.estimate.to_numpy(), **EXACT)
        assert np.array(shown["strata"][i]["atRisk"])[at] == pytest.approx(curve.n_risk.to_numpy(), **EXACT)
        median = result.medians[result.medians.strata == level]["median"]
        median = float(median.iloc[0]) if len(median) else np.nan
        assert shown["strata"][i]["median"] == (None if np.isnan(median) else pytest.approx(median, **EXACT))
    if len(counts.strata.levels) < 2:
        return
    test = result.log_rank
    if test.empty or not test.df.iloc[0] > 0:
        assert shown["logRank"] is None
    else:
        assert shown["logRank"]["df"] == test.df.iloc[0]
        assert shown["logRank"]["statistic"] == pytest.approx(test.statistic.iloc[0], rel=1e-9, abs=1e-9)
        assert shown["logRank"]["p"] == pytest.approx(test.p_value.iloc[0], rel=1e-7, abs=1e-12)
    terms = treatment_effect(cohort, endpoint=endpoint, by=by).terms.set_index("level")
    for level, ratio in zip(counts.strata.levels, shown["ratios"], strict=True):
        if level not in terms.index or np.isnan(terms.hazard_ratio[level]):
            assert ratio is None, (level, ratio, terms)
        else:
            assert ratio is not None, (level, terms)
            assert ratio["ratio"] == pytest.approx(terms.hazard_ratio[level], rel=1e-9)
            assert (ratio["low"], ratio["high"]) == pytest.approx(  # core's standard error is that of its last step
                (terms.conf_low[level], terms.conf_high[level]), rel=1e-7)


def tried(cohort: Cohort, endpoint: str, by: str | None, keys, rng, ranges: int):
    """Compare random ranges of some variables, the whole and the narrowest among them."""
    others = [k for k, v in cohort.variables.items() if v.kind != "grade"]
    place = reference_place(cohort, by, strata(cohort, by).levels) if by and by != SELECTION else 0
    cases, wanted = [], []
    for key in keys:
        last = len(fine_edges(cohort, key)) - 1
        ends = [[0, last], [0, 1], [last - 1, last],
                *(sorted(rng.choice(last + 1, 2, replace=False).tolist()) for _ in range(ranges))]
        index = brush_index(cohort, key, endpoint=endpoint, by=by, others=others)
        cases.append((index, bins_within(ends, last), place))
        wanted.append((key, ends))
    for (key, ends), answers in zip(wanted, in_a_browser(cases), strict=True):
        for (low, high), shown in zip(ends, answers, strict=True):
            agrees(shown, narrowed(cohort, key, low, high), endpoint, by, others)


def clicked(cohort: Cohort, endpoint: str, by: str | None, keys, rng, times: int):
    """Compare random sets of a factor's levels, with missing values and negated among them."""
    others = [k for k, v in cohort.variables.items() if v.kind != "grade"]
    place = reference_place(cohort, by, strata(cohort, by).levels) if by and by != SELECTION else 0
    cases, wanted = [], []
    for key in keys:
        levels = strata(cohort.whole, key).levels
        asked = []
        for _ in range(times):
            named = rng.random(len(levels) + 1) < 0.5
            named[-1] &= by != SELECTION  # who is in the rest is then not known
            negated = bool(rng.random() < 0.4) and by != SELECTION
            condition = {"in": [x for x, on in zip(levels, named, strict=False) if on],
                         **({"missing": True} if named[-1] else {})}
            if named.any() and (condition["in"] or named[-1]):
                asked.append(({key: {"not": condition} if negated else condition}, (named ^ negated).tolist()))
        index = brush_index(cohort, key, endpoint=endpoint, by=by, others=others)
        cases.append((index, [kept for _, kept in asked], place))
        wanted.append([filters for filters, _ in asked])
    for filters, answers in zip(wanted, in_a_browser(cases), strict=True):
        for one, shown in zip(filters, answers, strict=True):
            agrees(shown, cohort.filter(one), endpoint, by, others)


@pytest.mark.parametrize("by", ["arm", "pvtt", None, SELECTION])
def test_clicks_on_the_sample(sample, by):
    clicked(sample, "OS", by, ("pvtt", "hvtt", "ecog", "arm"), np.random.default_rng(11), 12)


def test_the_rest_beside_filters_that_missing_values_pass_and_beside_named_groups(sample):
    """Neither a missing value that an excluding filter lets pass nor being in no group makes a wrong rest."""
    table = sample.table.assign(pvtt=sample.table.pvtt.where(np.arange(82) % 6 > 0))
    holes = replace(sample, table=table)
    with pytest.raises(NotEstimable):
        brush_index(holes.filter({"pvtt": {"not": {"in": ["Vp3"]}}}), "arm", endpoint="OS", by=SELECTION, others=[])
    rng, groups = np.random.default_rng(3), Groups()
    clicked(holes.filter({"pvtt": {"in": ["Vp3", "Vp4"]}}), "OS", SELECTION, ("arm", "hvtt"), rng, 8)
    for level in ("Vp3", "Vp4"):
        groups = groups.with_group(level, Definition(filters=Filters.from_json({"pvtt": {"in": [level]}})))
    grouped = with_groups(sample, groups)
    clicked(grouped.filter({GROUPS: {"in": ["Vp4"]}}), "OS", SELECTION, ("arm", "hvtt"), rng, 8)
    clicked(grouped, "OS", SELECTION, (GROUPS,), rng, 8)


def test_clicks_beside_another_filter(vp3):
    clicked(vp3, "PFS", "arm", ("ecog", "hvtt"), np.random.default_rng(12), 12)


def test_clicks_where_values_are_missing():
    lung = curve_cohort(REFERENCE / "lung.csv")
    assert lung.values("ecog").isna().any()
    for by in ("sex", None):
        clicked(lung, "OS", by, ("ecog", "sex"), np.random.default_rng(13), 20)


@pytest.mark.parametrize("by", ["arm", "pvtt", None, SELECTION])
@pytest.mark.parametrize("endpoint", ["OS", "PFS"])
def test_the_sample(sample, endpoint, by):
    tried(sample, endpoint, by, ("afp", "age", "tumor_size"), np.random.default_rng(5), 12)


def test_the_sample_with_a_filter_on(vp3):
    tried(vp3, "OS", "arm", ("afp", "age"), np.random.default_rng(6), 12)


def test_hepatocellular_patients(hcc):
    numbers = [k for k, v in hcc.variables.items() if v.kind == "numeric"][:4]
    for by in [k for k, v in hcc.variables.items() if v.kind == "categorical"][:2]:
        tried(hcc, "OS", by, numbers, np.random.default_rng(7), 6)




def test_lung_patients_by_performance_status():
    """Ties, missing values, and a level with a single patient."""
    lung = curve_cohort(REFERENCE / "lung.csv")
    for by in ("ecog", "sex"):
        tried(lung, "OS", by, ("age", "wt_loss"), np.random.default_rng(8), 20)


def made(rng, *, late: bool) -> bytes:
    """Make a small file: whole months with many ties, up to four groups, missing values."""
    n, groups = int(rng.integers(3, 50)), int(rng.integers(1, 5))
    time = rng.integers(1, 15, n)
    columns = {"id": range(n), "arm": [f"arm {g}" for g in rng.integers(0, groups, n)], "os_months": time,
               "os_event": (rng.random(n) < rng.uniform(0.1, 0.9)).astype(int),
               "marker": np.where(rng.random(n) < 0.1, "", np.round(rng.exponential(5, n), 1).astype(str))}
    if late:
        columns["entry"] = np.round(rng.uniform(0, 0.9, n) * time, 2)
    return pd.DataFrame(columns).to_csv(index=False).encode()


def mapping_of(late: bool) -> dict:
    entry = {"entry": "entry"} if late else {}
    return {"patient_id": "id", "factors": {"marker": {"column": "marker", "kind": "numeric"},
                                            "group": {"column": "arm", "kind": "categorical"}},
            "endpoints": {"OS": {"time": "os_months", "event": "os_event", "event_values": ["1"], "unit": "months",
                                 **entry}}}


@pytest.mark.slow
@pytest.mark.parametrize("late", [False, True], ids=["from time zero", "late entry"])
def test_random_cohorts(late):
    """A thousand: ties, groups that a range empties, nobody at risk, monotone likelihoods."""
    rng = np.random.default_rng(1 + late)
    cases, wanted = [], []
    while len(cases) < 500:
        cohort = read_cohort(made(rng, late=late), mapping_of(late))
        if not np.isfinite(cohort.values("marker").to_numpy(dtype=float)).any():
            continue
        last = len(fine_edges(cohort, "marker")) - 1
        ends = [[0, last], *(sorted(rng.choice(last + 1, 2, replace=False).tolist()) for _ in range(2))]
        cases.append((brush_index(cohort, "marker", endpoint="OS", by="group", others=["group"]),
                      bins_within(ends, last), 0))
        wanted.append((cohort, ends))
    for (cohort, ends), answers in zip(wanted, in_a_browser(cases), strict=True):
        for (low, high), shown in zip(ends, answers, strict=True):
            agrees(shown, narrowed(cohort, "marker", low, high), "OS", "group", ["group"])
