"""What means the event is read from evidence beside the column: who has a date of death."""

import numpy as np
import pytest

from core import read_cohort
from tests.conftest import read_answered

N = 30
DIED = np.arange(N) % 3 == 0
DATES = ["2018-05-06" if d else "" for d in DIED]


def table(**columns):
    every = {"id": np.arange(N), **columns}
    return "\n".join([",".join(every), *(",".join(map(str, r)) for r in zip(*every.values(), strict=True))]).encode()


@pytest.mark.parametrize(("alive", "dead"), [("1", "0"), ("0", "1"), ("2", "1"), ("x", "y")])
def test_the_values_of_those_with_a_date_of_death_mean_the_event(alive, dead):
    status = np.where(DIED, dead, alive)
    cohort = read_cohort(table(os_months=np.arange(N) + 3, status=status, **{"death date": DATES}))
    assert np.array_equal(cohort.table["OS event"], DIED)


def test_a_cause_of_death_is_no_status():
    cause = np.where(DIED, np.where(np.arange(N) % 2, "cancer", "other"), "")
    data = table(**{"date of diagnosis": ["2015-01-02"] * N, "death date": DATES, "last follow-up": ["2019-01-02"] * N,
                    "cause_of_death": cause})
    cohort = read_answered(data, "Yes")
    assert np.array_equal(cohort.table["OS event"], DIED) and "cause_of_death" not in {
        f.column for f in cohort.mapping.factors if f.known == "baseline"}


@pytest.mark.parametrize("words", [("alive", "dead"), ("存活", "死亡"), ("lebt", "verstorben"), ("vivo", "muerto")])
def test_the_living_and_the_dead_are_no_baseline(words):
    cohort = read_cohort(table(x7=np.where(DIED, words[1], words[0]), age=40 + np.arange(N)))
    assert cohort.variables["x7"].known == "later"
