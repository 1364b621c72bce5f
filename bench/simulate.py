"""Cohorts of any size with the sample's shape: two arms, OS and PFS, twelve factors, 18 adverse events."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from core.schema import MONTHS_PER

TERMS = 18
_LEVELS = {"sex": ["M", "F"], "ecog": ["0", "1", "2"], "child_pugh": ["A", "B"], "etiology": ["HBV", "HCV", "none"],
           "tumor_number": ["single", "multiple"], "pvtt": ["Vp1", "Vp2", "Vp3", "Vp4"], "hvtt": ["no", "yes"],
           "t_stage": ["T3b", "T4"], "n_stage": ["N0", "N1"]}


def simulate(n: int, folder: Path, *, laboratory: int = 0) -> Path:
    """Write a cohort of n patients as CSV and return its path; the same n gives the same file.

    Times are whole days, written in months; `laboratory` more columns hold measurements.
    """
    path = folder / f"cohort_{n}.csv"
    rng = np.random.default_rng(n)
    arm = rng.integers(0, 2, n)
    hazard = 0.05 * np.where(arm == 1, 0.7, 1.0) * np.exp(0.3 * rng.standard_normal(n))
    follow_up = rng.uniform(6, 60, n)
    columns: dict[str, object] = {
        "patient_id": np.arange(1, n + 1),
        "arm": np.where(arm == 1, "test", "control"),
        "afp_ng_ml": np.round(0.1 + 10 ** rng.normal(2.3, 1, n), 1),
        "age": rng.integers(30, 85, n),
        "tumor_size_cm": np.round(rng.uniform(2, 16, n), 1),
    }
    columns |= {name: rng.choice(levels, n) for name, levels in _LEVELS.items()}
    for name, speed in (("os", 1.0), ("pfs", 1.8)):
        event_time = rng.exponential(1 / (hazard * speed))
        days = np.ceil(np.minimum(event_time, follow_up) * MONTHS_PER["months"] / MONTHS_PER["days"])
        columns[f"{name}_months"] = np.round(days * MONTHS_PER["days"], 4)
        columns[f"{name}_event"] = (event_time <= follow_up).astype(int)
    for i in range(TERMS):
        rate = 0.1 + 0.03 * i + 0.04 * arm
        grade = rng.choice([1, 2, 3], n, p=[0.5, 0.3, 0.2])
        columns[f"ae_term_{i:02d}"] = np.where(rng.random(n) < rate, grade, 0)
    for i in range(laboratory):
        columns[f"lab_{i:02d}"] = np.round(rng.normal(50, 10, n), 1)
    pd.DataFrame(columns).to_csv(path, index=False)
    return path
