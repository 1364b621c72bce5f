"""Every survival figure and 2x2 test beside R's, to 1e-6.

The values stand in tests/reference/reference.json; `Rscript tests/reference/make_reference.R`
writes them with survfit, quantile.survfit, survdiff, coxph (eps = 1e-12, toler.chol = 1e-13) and
fisher.test.
"""

import io

import numpy as np
import pandas as pd
import pytest

from core import read_cohort, treatment_effect
from core.hazards import cox
from core.statistics.two_by_two import fisher_exact, miettinen_nurminen
from core.survival import kaplan_meier
from tests.conftest import HCC, REFERENCE, SAMPLE

TOLERANCE = 1e-6
VP34_AFP400 = {"pvtt": {"in": ["Vp3", "Vp4"]}, "afp": {"gt": 400}}

# What the guess does not know of R's own files.
def _factors(*keys):
    return {k: {"column": k, "kind": "categorical"} for k in keys}


MAPPINGS = {
    "colon.csv": {"arm": {"column": "rx", "reference": "Obs", "levels": {v: v for v in ("Obs", "Lev", "Lev+5FU")}},
                  "endpoints": {"OS": {"time": "time", "event": "status", "event_values": ["1"], "unit": "days"}},
                  "factors": _factors("node4")},
    "pbc.csv": {"patient_id": "id", "factors": _factors("trt", "stage", "sex"),
                "endpoints": {
                    "OS": {"time": "time", "event": "status", "event_values": ["2"], "unit": "days"},
                    "first": {"time": "time", "event": "status", "event_values": ["1", "2"], "unit": "days",
                              "causes": {"1": "transplant", "2": "death"}}}},
    "simulated.csv": {"patient_id": "id", "arm": {"column": "arm", "reference": "control"},
                      "factors": _factors("stage"),
                      "endpoints": {"PFS": {"time": "months", "event": "cause", "event_values": ["1", "2"],
                                            "unit": "months", "causes": {"1": "relapse", "2": "death"}}}},
}


def read(file):
    return read_cohort(file, MAPPINGS.get(file.name))


# name in the reference -> file, endpoint, by, filters
COHORTS = {
    "yang_os": (SAMPLE, "OS", "arm", {}),
    "yang_pfs": (SAMPLE, "PFS", "arm", {}),
    "yang_pvtt": (SAMPLE, "OS", "pvtt", {}),
    "yang_vp34_afp400": (SAMPLE, "OS", "arm", VP34_AFP400),
    "hcc_os_bclc": (HCC, "OS", "bclc", {}),
    "hcc_rfs_tnm": (HCC, "RFS", "tnm", {}),
    "lung_sex": (REFERENCE / "lung.csv", "OS", "sex", {}),
    "lung_ecog": (REFERENCE / "lung.csv", "OS", "ecog", {}),
    "veteran_trt": (REFERENCE / "veteran.csv", "OS", "arm", {}),
    "veteran_cell": (REFERENCE / "veteran.csv", "OS", "celltype", {}),
    "ovarian_rx": (REFERENCE / "ovarian.csv", "OS", "arm", {}),
    "colon_rx": (REFERENCE / "colon.csv", "OS", "arm", {}),
    "colon_node4": (REFERENCE / "colon.csv", "OS", "node4", {}),
    "pbc_trt": (REFERENCE / "pbc.csv", "OS", "trt", {}),
    "pbc_stage": (REFERENCE / "pbc.csv", "OS", "stage", {}),
    "simulated_arm": (REFERENCE / "simulated.csv", "PFS", "arm", {}),
    "simulated_stage": (REFERENCE / "simulated.csv", "PFS", "stage", {}),
}
EDGES = ["half_in_the_middle", "half_at_the_end", "half_then_censored", "all_tied", "zero_time",
         "no_event", "single_event", "one_patient", "no_censoring"]
CONF_TYPES = ["log-log", "log", "plain"]
CURVE = ["time", "n_risk", "n_event", "n_censor", "estimate", "std_error", "conf_low", "conf_high", "cumulative_hazard",
         "hazard_error"]
KEPT = 240  # rows of a long curve in the reference: every so many


def floats(values) -> np.ndarray:
    values = values if isinstance(values, list) else [values]
    return np.array([np.nan if v is None else v for v in values], dtype=float)


def agree(ours, theirs, scale=0.0) -> None:
    """Hold ours against R's: within 1e-6 of the larger of the value and its scale."""
    ours, theirs = np.asarray(ours, float), floats(theirs)
    assert ours.shape == theirs.shape
    assert np.array_equal(np.isnan(ours), np.isnan(theirs)), (ours, theirs)
    known = ~np.isnan(theirs)
    bound = TOLERANCE * np.maximum(np.abs(theirs), scale)[known]
    assert (np.abs(ours - theirs)[known] <= bound + 1e-15).all(), (ours, theirs)


@pytest.fixture(scope="module")
def cohorts():
    files = {file: read(file) for file, *_ in COHORTS.values()}
    return {name: files[file].filter(filters)
            for name, (file, _, _, filters) in COHORTS.items()}


@pytest.mark.parametrize("conf_type", CONF_TYPES)
@pytest.mark.parametrize("name", COHORTS)
def test_curves_and_medians(name, conf_type, cohorts, reference):
    """survfit(conf.type = ...) and quantile(fit, 0.5)."""
    _, endpoint, by, _ = COHORTS[name]
    ours = kaplan_meier(cohorts[name], endpoint=endpoint, by=by, conf_type=conf_type)
    theirs = reference["cohorts"][name][conf_type]
    order = ours.curves.set_index("strata").loc[theirs["medians"]["strata"]].reset_index()
    order = order.iloc[::-(-len(order) // KEPT)]
    assert order.strata.tolist() == theirs["strata"]
    for column in CURVE:
        r = floats(theirs[column])
        if column == "std_error":  # R prints NaN where survival is 0, as we do
            r = np.where(floats(theirs["estimate"]) == 0, np.nan, r)
        agree(order[column], list(r))
    medians = ours.medians.set_index("strata").loc[theirs["medians"]["strata"]]
    for column in ("median", "conf_low", "conf_high"):
        agree(medians[column], theirs["medians"][column])


@pytest.mark.parametrize("name", COHORTS)
def test_log_rank(name, cohorts, reference):
    """survdiff(rho = 0)."""
    _, endpoint, by, _ = COHORTS[name]
    ours = kaplan_meier(cohorts[name], endpoint=endpoint, by=by).log_rank
    theirs = reference["cohorts"][name]["log_rank"]
    for column in ("statistic", "df", "p_value"):
        agree(ours[column], theirs[column])


@pytest.mark.parametrize("name", COHORTS)
def test_hazard_ratio(name, cohorts, reference):
    """coxph(ties = "efron"); a coefficient's scale is its standard error."""
    _, endpoint, by, _ = COHORTS[name]
    terms = treatment_effect(cohorts[name], endpoint=endpoint, by=by).terms.set_index("level")
    theirs = reference["cohorts"][name]["cox"]
    estimable = terms[terms.reason == ""]
    shared = [i for i, level in enumerate(theirs["level"]) if level in estimable.index]
    assert len(shared) == len(estimable)
    for column in ("coef", "std_error", "hazard_ratio", "conf_low", "conf_high", "p_value"):
        agree(estimable.loc[[theirs["level"][i] for i in shared], column],
              [floats(theirs[column])[i] for i in shared],
              scale=floats(theirs["std_error"])[shared] if column == "coef" else 0.0)


MODELS = {
    "yang": (SAMPLE, "OS", ["arm", "age", "pvtt", "tumor_size"]),
    "lung": (REFERENCE / "lung.csv", "OS", ["age", "sex", "wt_loss"]),
    "veteran": (REFERENCE / "veteran.csv", "OS", ["arm", "karno", "celltype"]),
    "age_alone": (HCC, "OS", ["age"]),
}


@pytest.mark.parametrize("name", MODELS)
def test_models_of_several_covariates(name, reference):
    """coxph on complete cases."""
    file, endpoint, covariates = MODELS[name]
    model = cox(read(file), endpoint=endpoint, covariates=covariates)
    theirs = reference["models"][name]
    assert (model.n, model.n_event) == (theirs["n"], theirs["n_event"])
    agree(model.terms.coef, theirs["coef"], scale=floats(theirs["std_error"]))
    agree(model.terms.std_error, theirs["std_error"])
    agree(model.terms.p_value, theirs["p_value"])


def test_one_patient_in_a_level_is_the_only_refusal(cohorts):
    """Of all reference cohorts, lung's single patient with ECOG 3 alone is not estimable."""
    refused = {(name, row.level) for name, (_, endpoint, by, _) in COHORTS.items()
               for row in treatment_effect(cohorts[name], endpoint=endpoint, by=by).terms.itertuples()
               if row.reason}
    assert refused == {("lung_ecog", "3")}


def cohort_of(time, event):
    text = pd.DataFrame({"id": [f"p{i}" for i in range(len(time))], "OS_months": time,
                         "OS_event": event.astype(int)}).to_csv(index=False)
    return read_cohort(io.BytesIO(text.encode()), {
        "patient_id": "id",
        "endpoints": {"OS": {"time": "OS_months", "event": "OS_event", "event_values": ["1"],
                             "unit": "months"}}})


@pytest.mark.parametrize("conf_type", CONF_TYPES)
@pytest.mark.parametrize("name", EDGES)
def test_edges(name, conf_type, reference):
    """A curve at exactly one half, at 0, all tied, time zero, no event, one patient."""
    data = reference["edges"][name]["data"]
    theirs = reference["edges"][name][conf_type]
    ours = kaplan_meier(cohort_of(floats(data["time"]), floats(data["event"])), endpoint="OS",
                        conf_type=conf_type)
    for column in ("time", "estimate", "conf_low", "conf_high"):
        agree(ours.curves[column], theirs[column])
    agree(ours.medians[["median", "conf_low", "conf_high"]].iloc[0], theirs["median"])


def test_fisher_and_risk_difference(reference):
    """fisher.test, and Miettinen-Nurminen limits found without their closed form."""
    tables = pd.DataFrame(reference["two_by_two"])
    x1, n1, x0, n0 = (tables[c].to_numpy(dtype=int) for c in ("x1", "n1", "x0", "n0"))
    agree(fisher_exact(x1, n1, x0, n0), tables.fisher.tolist())
    difference, low, high = miettinen_nurminen(x1, n1, x0, n0)
    np.testing.assert_allclose(difference, x1 / n1 - x0 / n0, atol=1e-15)
    np.testing.assert_allclose(np.column_stack([low, high]), np.array(tables.limits.tolist()), atol=1e-6)


@pytest.mark.parametrize(("table", "low", "high"), [
    ((56, 70, 48, 80), 0.0528, 0.3382),
    ((9, 10, 3, 10), 0.1700, 0.8406),
    ((5, 56, 0, 29), -0.0326, 0.1933),
    ((10, 10, 0, 10), 0.6636, 1.0),
])
def test_published_intervals(table, low, high):
    """Newcombe RG. Stat Med 1998;17:873, table II, method 6 (Miettinen-Nurminen)."""
    x1, n1, x0, n0 = (np.array([v]) for v in table)
    _, ours_low, ours_high = miettinen_nurminen(x1, n1, x0, n0)
    assert ours_low[0] == pytest.approx(low, abs=5e-5)
    assert ours_high[0] == pytest.approx(high, abs=5e-5)
