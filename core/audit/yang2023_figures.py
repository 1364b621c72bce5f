"""The figures that Yang 2023 printed, each with the place where it stands.

Source: Yang D, Du J, Nie W, Wang C, Ma Z. Medicine 2023;102:45(e35713), typed from the paper.
"""

from __future__ import annotations

import csv
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

_FOLDER = Path(__file__).parents[2] / "sample_data"
FILE, _LABELS = _FOLDER / "yang2023_published.csv", _FOLDER / "yang2023_labels.json"
CITATION = "Yang D, Du J, Nie W, Wang C, Ma Z. Medicine 2023;102:45(e35713)"
Key = tuple[str, str, str, str, str]  # place, item, level, group, quantity


def published() -> pd.DataFrame:
    """Return every printed figure: place, item, level, group ("A" with sorafenib, "B" without), quantity, printed."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return pd.DataFrame(list(csv.DictReader(file)))


@lru_cache(maxsize=1)
def labels() -> dict[str, Any]:
    """Return how the paper names what a cohort has.

    factors (item -> variable), levels and printed_levels of Table 1, terms and sites (the paper's -> the cohort's),
    covariates, covariate_levels and references of Table 3.
    """
    names: dict[str, Any] = json.loads(_LABELS.read_text(encoding="utf-8"))
    return names
