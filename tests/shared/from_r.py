"""R's figures, room by room, and the cohorts they are of; `Rscript tests/reference/<room>.R` writes them."""

import json
from functools import cache
from pathlib import Path

import numpy as np

from core import Cohort, CoxOptions, cox, read_cohort
from core.hazards import CoxModel
from tests.conftest import HCC, REFERENCE, SAMPLE

TOLERANCE = 1e-6
VP34_AFP400 = {"pvtt": {"in": ["Vp3", "Vp4"]}, "afp": {"gt": 400}}


@cache
def from_r(room: str) -> dict:
    """What R gave for a room of `core`."""
    return json.loads((REFERENCE / f"{room}.json").read_text())


def floats(values) -> np.ndarray:
    return np.array([np.nan if v is None else v for v in np.atleast_1d(values)], dtype=float)


def agree(ours, theirs, scale=0.0, tolerance=TOLERANCE) -> None:
    """Hold ours against R's within the tolerance of the larger of the value and its scale, or standard error."""
    a, b = floats(ours), floats(theirs)
    assert a.shape == b.shape and (np.isnan(a) == np.isnan(b)).all(), (a, b)
    bound = tolerance * np.maximum(np.abs(b), scale)
    assert (np.abs(a - b) <= bound + 1e-15)[~np.isnan(a)].all(), (a, b)


def _levels(*keys):
    return {k: {"column": k, "kind": "categorical"} for k in keys}


def _numbers(*keys):
    return {k: {"column": k, "kind": "numeric"} for k in keys}


def _days(time, status, event):
    return {"OS": {"time": time, "event": status, "event_values": [event], "unit": "days"}}


def _arm(column, *levels):
    return {"column": column, "reference": levels[0], "levels": {v: v for v in levels}}


def _plain(time, event, unit, *, values=("1",)):
    return {"endpoints": {"OS": {"label": "Overall survival", "time": time, "unit": unit, "event": event,
                                 "event_values": list(values)}}}


# Of R's files: what a test between curves asks of them, where the reader's guess does not know it ...
CURVE_MAPPINGS = {
    "lung.csv": _plain("time", "status", "days", values=("2",)) | {"factors": _levels("sex") | {
        "ecog": {"column": "ph.ecog", "kind": "categorical"}, "wt_loss": {"column": "wt.loss", "kind": "numeric"},
        "age": {"column": "age", "kind": "numeric"}}},
    "veteran.csv": _plain("time", "status", "days") | {
        "arm": _arm("trt", "1", "2"), "factors": _levels("celltype") | _numbers("karno", "age")},
    "ovarian.csv": _plain("futime", "fustat", "days") | {"arm": _arm("rx", "1", "2"), "factors": _numbers("age")},
    HCC.name: {"endpoints": {
        name: {"label": name, "time": name, "event": event, "event_values": ["1"], "unit": "months"}
        for name, event in (("OS", "Death"), ("RFS", "Recurrence"))},
        "factors": {"bclc": {"column": "BCLC", "kind": "categorical"}, "tnm": {"column": "TNM", "kind": "categorical"},
                    "age": {"column": "Age", "kind": "numeric"}}},
    "colon.csv": {"arm": {"column": "rx", "reference": "Obs", "levels": {v: v for v in ("Obs", "Lev", "Lev+5FU")}},
                  "endpoints": {"OS": {"time": "time", "event": "status", "event_values": ["1"], "unit": "days"}},
                  "factors": _levels("node4")},
    "pbc.csv": {"patient_id": "id", "factors": _levels("trt", "stage", "sex"),
                "endpoints": {
                    "OS": {"time": "time", "event": "status", "event_values": ["2"], "unit": "days"},
                    "first": {"time": "time", "event": "status", "event_values": ["1", "2"], "unit": "days",
                              "causes": {"1": "transplant", "2": "death"}}}},
    "simulated.csv": {"patient_id": "id", "arm": {"column": "arm", "reference": "control"},
                      "factors": _levels("stage"),
                      "endpoints": {"PFS": {"time": "months", "event": "cause", "event_values": ["1", "2"],
                                            "unit": "months", "causes": {"1": "relapse", "2": "death"}}}},
}
# ... and what Cox models ask.
MODEL_MAPPINGS = {
    "lung.csv": {"endpoints": _days("time", "status", "2"),
                 "factors": _levels("sex", "ph.ecog") | _numbers("age", "wt.loss")},
    "veteran.csv": {"arm": _arm("trt", "1", "2"), "endpoints": _days("time", "status", "1"),
                    "factors": {"celltype": {"column": "celltype", "kind": "categorical", "levels": {
                        v: v for v in ("adeno", "large", "smallcell", "squamous")}}} | _levels("prior") |
                    _numbers("karno", "age")},
    "ovarian.csv": {"arm": _arm("rx", "1", "2"), "endpoints": _days("futime", "fustat", "1"),
                    "factors": _numbers("age")},
    "colon.csv": {"arm": _arm("rx", "Obs", "Lev", "Lev+5FU"), "endpoints": _days("time", "status", "1"),
                  "factors": _levels("node4", "sex") | _numbers("age")},
    "pbc.csv": {"patient_id": "id", "arm": _arm("trt", "1", "2"), "endpoints": _days("time", "status", "2"),
                "factors": _levels("stage", "sex") | _numbers("age", "bili")},
    "simulated.csv": {"patient_id": "id", "arm": _arm("arm", "control", "test"), "factors":
                      _levels("stage") | _numbers("age", "marker"),
                      "endpoints": {"OS": {"time": "months", "event": "cause", "event_values": ["1", "2"],
                                           "unit": "months"}}},
    "visits.csv": {"patient_id": "id", "arm": _arm("arm", "control", "test"), "factors":
                   _levels("stage") | _numbers("age", "marker"),
                   "endpoints": {"OS": {"time": "months", "event": "cause", "event_values": ["1", "2"],
                                        "unit": "months"}}},
    "thin.csv": {"arm": _arm("arm", "control", "test"), "factors": _numbers("x"), "endpoints": {
        "OS": {"time": "time", "event": "status", "event_values": ["1"], "unit": "months"}}},
    HCC.name: {"endpoints": {"OS": {"time": "OS", "event": "Death", "event_values": ["1"], "unit": "months"}},
               "factors": _levels("BCLC", "TNM") | _numbers("Age")},
}


def curve_cohort(file: Path) -> Cohort:
    return read_cohort(file, CURVE_MAPPINGS.get(file.name))


def model_cohort(name: str | Path) -> Cohort:
    path = REFERENCE / name
    return read_cohort(path, MODEL_MAPPINGS.get(path.name))


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
LOG2_AFP, LOG2_BILI, LOG2_MARKER = ({k: "log2"} for k in ("afp", "bili", "marker"))
# name in the reference -> file, endpoint, covariates, options
MODELS = {
    "yang_os": (SAMPLE, "OS", ["arm", "age", "pvtt", "tumor_size"], {}),
    "yang_pfs": (SAMPLE, "PFS", ["arm", "afp", "hvtt", "ecog"], {"forms": LOG2_AFP}),
    "hcc": (HCC, "OS", ["Age", "BCLC", "TNM"], {}),
    "lung": ("lung.csv", "OS", ["age", "sex", "wt.loss"], {}),
    "lung_within": ("lung.csv", "OS", ["age", "sex"], {"stratify_by": ["ph.ecog"]}),
    "veteran": ("veteran.csv", "OS", ["arm", "karno", "celltype"], {}),
    "veteran_breslow": ("veteran.csv", "OS", ["arm", "karno", "celltype"], {"ties": "breslow"}),
    "veteran_within": ("veteran.csv", "OS", ["arm", "karno"], {"stratify_by": ["celltype", "prior"]}),
    "ovarian": ("ovarian.csv", "OS", ["arm", "age"], {}),
    "colon": ("colon.csv", "OS", ["arm", "node4", "age"], {"stratify_by": ["sex"]}),
    "pbc": ("pbc.csv", "OS", ["arm", "bili", "age", "stage"], {"forms": LOG2_BILI}),
    "simulated": ("simulated.csv", "OS", ["arm", "stage", "age", "marker"], {"forms": LOG2_MARKER}),
    "visits": ("visits.csv", "OS", ["arm", "stage", "age", "marker"], {"forms": LOG2_MARKER}),
    "simulated_within": ("simulated.csv", "OS", ["arm", "age"], {"stratify_by": ["stage"], "ties": "breslow"}),
}


def fitted(name: str) -> CoxModel:
    file, endpoint, covariates, options = MODELS[name]
    return cox(model_cohort(file), endpoint=endpoint, covariates=covariates, options=CoxOptions.of(**options))
