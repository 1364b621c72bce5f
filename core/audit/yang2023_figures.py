"""The figures that Yang 2023 printed, each with the place where it stands.

Source: Yang D, Du J, Nie W, Wang C, Ma Z. Medicine 2023;102:45(e35713), typed from the paper.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

FILE = Path(__file__).parents[2] / "sample_data" / "yang2023_published.csv"
CITATION = "Yang D, Du J, Nie W, Wang C, Ma Z. Medicine 2023;102:45(e35713)"
Key = tuple[str, str, str, str, str]  # place, item, level, group, quantity


def published() -> pd.DataFrame:
    """Return every printed figure: place, item, level, group ("A" with sorafenib, "B" without), quantity, printed."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return pd.DataFrame(list(csv.DictReader(file)))
