"""Time adverse events: 100 terms, nine bands, two arms of 100,000 patients; by a new filter each time.

    python -m bench.toxicity [PATIENTS]
"""

from __future__ import annotations

import io
import itertools
import sys

import numpy as np
import pandas as pd

from bench.beside import timed
from core import read_cohort
from core.summaries import EventOptions, adverse_events

TERMS, GRADES = 100, ([1, 2, 3, 4, 5], [0.4, 0.3, 0.2, 0.08, 0.02])


def file_of(n: int) -> io.BytesIO:
    """Return a cohort file; the rarest term has 5 %, the commonest 45 %."""
    rng = np.random.default_rng(n)
    arm = rng.integers(0, 2, n)
    columns: dict[str, object] = {"patient_id": np.arange(n), "arm": np.where(arm == 1, "test", "control"),
                                  "age": rng.integers(30, 80, n)}
    for i in range(TERMS):
        had = rng.random(n) < 0.05 + 0.004 * i + 0.02 * arm
        columns[f"ae_term_{i:02d}"] = np.where(had, rng.choice(GRADES[0], n, p=GRADES[1]), 0)
    return io.BytesIO(pd.DataFrame(columns).to_csv(index=False).encode())


def main(n: int) -> None:
    whole = read_cohort(file_of(n))
    for words, options in (("four bands", EventOptions()), ("nine bands", EventOptions(single=True)),
                           ("categories", EventOptions(rows="categories"))):
        ages = itertools.count(40)

        def work(options: EventOptions = options, ages: itertools.count[int] = ages) -> object:
            return adverse_events(whole.filter({"age": {"ge": next(ages) % 70}}), options=options)

        work()
        print(f"n = {n:,}, {TERMS} terms, {words}: {timed(work, 15):.0f} ms, the filter included", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
