"""Rules for tied deaths, summed over the deaths of a time.

Of d tied deaths, Efron's rule counts those who die as 1 - l/d in the risk set of the l-th death, l = 0 ... d - 1;
Breslow's rule counts them in full for every death. With W the weight of all at risk and D that of those who die, the
partial likelihood needs sums over v = W - D l/d (Breslow: v = W).

Sources: Efron B. JASA 1977;72:557; Breslow N. Biometrics 1974;30:89.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

Ties = Literal["efron", "breslow"]


def tie_fractions(deaths: np.ndarray) -> np.ndarray:
    """Return l / d of each death by Efron's rule, (sum of deaths,), from how many die at each time, int (t,)."""
    time = np.repeat(np.arange(deaths.size), deaths)
    first = np.cumsum(deaths) - deaths
    return np.asarray((np.arange(time.size) - first[time]) / deaths[time])


class TiedDeaths:
    """The deaths of each time, laid out once and summed for as many weights as a fit tries.

    Parameters
    ----------
    deaths : int (t,), how many die at each time, at least 1

    Attributes
    ----------
    time_of_death : int (d,), place of each death's time among the times of death
    fraction : (d,), l/d, the part of those who die that is not at risk at each death; 0 by Breslow's rule
    """

    def __init__(self, deaths: np.ndarray, ties: Ties) -> None:
        self.starts = np.cumsum(deaths) - deaths
        self.time_of_death = np.repeat(np.arange(deaths.size), deaths)
        self.fraction = tie_fractions(deaths) if ties == "efron" else np.zeros(self.time_of_death.size)

    def seen_by_each(self, at_risk: np.ndarray, dying: np.ndarray) -> np.ndarray:
        """Return the sum at risk at each death, v (d, ...), from sums over all at risk and those who die, (t, ...)."""
        fraction = self.fraction.reshape(-1, *[1] * (at_risk.ndim - 1))
        return np.asarray(at_risk[self.time_of_death] - fraction * dying[self.time_of_death])

    def sums(self, at_risk: np.ndarray, dying: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of 1/v and 1/v² over the deaths of each time, each (t,), for weights W and D, each (t,)."""
        inverse = 1 / self.seen_by_each(at_risk, dying)
        return self._by_time(inverse), self._by_time(inverse**2)

    def fraction_sums(self, at_risk: np.ndarray, dying: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of (l/d)/v and (l/d)/v², each (t,): what Efron's rule takes from the dying themselves."""
        inverse = 1 / self.seen_by_each(at_risk, dying)
        return self._by_time(self.fraction * inverse), self._by_time(self.fraction * inverse**2)

    def log_sums(self, at_risk: np.ndarray, dying: np.ndarray) -> np.ndarray:
        """Return the sums of log v, (t,)."""
        return self._by_time(np.log(self.seen_by_each(at_risk, dying)))

    def _by_time(self, values: np.ndarray) -> np.ndarray:
        return np.asarray(np.add.reduceat(values, self.starts)) if values.size else np.zeros(0)
