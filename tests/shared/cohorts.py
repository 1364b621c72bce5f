"""Cohorts made of columns; those that have no hazard ratio, each with its covariates and the words for it."""

import io

import pandas as pd

from core import Cohort, read_cohort

_TIMES = list(range(1, 21))


def _arm(test, dead, n=20):
    """Arms by who is in the test arm, events by who died; times 1 ... n."""
    return {"time": _TIMES[:n], "event": [int(i in dead) for i in range(n)],
            "arm": ["test" if i in test else "control" for i in range(n)]}


def cohort_of(columns):
    names = ["id", *columns]
    rows = zip([f"p{i}" for i in range(len(columns["time"]))], *columns.values(), strict=True)
    text = ",".join(names) + "\n" + "\n".join(",".join(map(str, r)) for r in rows)
    factors = {k: {"label": k, "column": k, "kind": "numeric" if k.startswith("x") else "categorical"}
               for k in columns if k not in ("time", "event", "arm")}
    return read_cohort(io.BytesIO(text.encode()), {
        "patient_id": "id", "factors": factors,
        **({"arm": {"column": "arm", "reference": "control", "levels": {"control": "control", "test": "test"}}}
           if "arm" in columns else {}),
        "endpoints": {"OS": {"time": "time", "event": "event", "event_values": ["1"], "unit": "months"}}})


def cohort_from(frame: pd.DataFrame) -> Cohort:
    """Read columns time (months), event, arm (reference a), and factors by their types."""
    numbers = {k: {"column": k, "kind": "numeric"} for k in frame if frame[k].dtype.kind in "fi" and k not in (
        "time", "event")}
    names = {k: {"column": k, "kind": "categorical", "levels": {v: v for v in sorted(frame[k].unique())}}
             for k in frame if k not in numbers and k not in ("time", "event", "arm")}
    arms = {v: v for v in sorted(frame.arm.unique())}
    text = frame.assign(id=[f"p{i}" for i in range(len(frame))]).to_csv(index=False)
    return read_cohort(io.BytesIO(text.encode()), {
        "patient_id": "id", "arm": {"column": "arm", "reference": "a", "levels": arms}, "factors": numbers | names,
        "endpoints": {"OS": {"time": "time", "event": "event", "event_values": ["1"], "unit": "months"}}})


_ODD, _EVEN = range(1, 20, 2), range(0, 20, 2)
_MIXED = _arm(_ODD, {0, 1, 2, 5, 6, 9, 10, 13, 14, 17})
_MONOTONE = "the hazard ratio has no finite value (monotone likelihood)"
_BEYOND = "the hazard ratio per unit is beyond 1000: take a larger unit, a doubling or a cut"
_GROUP = ["a", "a", "b", "b"] * 5
_NOISE = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4]


def _many(k):
    return {f"x{i}": [(v * v * (i + 3) + j * j * (i + 1) + i * i * j) % 17 for j, v in enumerate(_NOISE)]
            for i in range(k)}


CASES = {
    "no event in the test arm": (_arm(_ODD, set(_EVEN)), ["arm"], "no event in test"),
    "one patient in an arm": (_arm({4}, {0, 2, 4, 7, 9}), ["arm"], "only one patient in test"),
    "no event in the reference": (_arm(_ODD, set(_ODD)), ["arm"], _MONOTONE),
    "separation in time": (_arm(range(10), set(range(10))), ["arm"], _MONOTONE),
    "time is minus x": ({**_MIXED, "x": [-t for t in _TIMES]}, ["x"], _MONOTONE),
    "x orders the deaths": ({**_MIXED, "x": [t * t for t in _TIMES]}, ["x"], _MONOTONE),
    "collinear": ({**_MIXED, "x1": _NOISE, "x2": [2 * v + 1 for v in _NOISE]}, ["x1", "x2"],
                  "it follows from the terms before it"),
    "the same twice": ({**_MIXED, "x1": _NOISE}, ["x1", "x1"], "it follows from the terms before it"),
    "a sum of others": ({**_MIXED, "x1": _NOISE, "x2": _NOISE[::-1], "x3": [a + b for a, b in
                                                                           zip(_NOISE, _NOISE[::-1], strict=True)]},
                        ["x1", "x2", "x3"], "it follows from the terms before it"),
    "constant": ({**_MIXED, "x1": [7.5] * 20, "x2": _NOISE}, ["x2", "x1"], "it does not vary in the model's patients"),
    "more terms than events": ({**_MIXED, **_many(10)}, [f"x{i}" for i in range(10)],
                               "10 parameters for 10 events: no model can be fitted"),
    "more terms than patients": ({**{k: v[:8] for k, v in _MIXED.items()}, **{k: v[:8] for k, v in _many(9).items()}},
                                 [f"x{i}" for i in range(9)], "7 parameters for 5 events: no model can be fitted"),
    "20 patients, 11 terms": ({**_MIXED, **_many(11)}, [f"x{i}" for i in range(11)],
                              "11 parameters for 10 events: no model can be fitted"),
    "one event": (_arm(_ODD, {7}), ["arm"], "1 parameter for 1 event: no model can be fitted"),
    "no event": (_arm(_ODD, set()), ["arm"], "No OS event among 20 patients with all covariates known."),
    "a unit too small": ({**_MIXED, "x": [v / 1e5 for v in _NOISE]}, ["x"], _BEYOND),
    "a level without events": ({**_MIXED, "group": ["c" if i in (3, 4, 7) else g for i, g in enumerate(_GROUP)]},
                               ["arm", "group"], "no event in c"),
    "a level with one patient": ({**_MIXED, "group": ["c" if i == 5 else g for i, g in enumerate(_GROUP)]},
                                 ["arm", "group"], "only one patient in c"),
    "an arm that says what a level says": ({**_MIXED, "group": ["u" if a == "test" else "v" for a in _MIXED["arm"]]},
                                           ["arm", "group"], "v follows from the terms before it"),
    "all at once": ({**_MIXED, "time": [5] * 20, "x": [int(e) for e in _MIXED["event"]]}, ["x"], _MONOTONE),
}
