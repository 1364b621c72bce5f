"""Efron's rule for tied deaths, summed over them.

Where d patients die at once, the l-th of them leaves a risk set of which the dying count as 1 - l/d. With W the
weight of all at risk and D that of the dying, the sums that the partial likelihood needs run over
v = W - D l/d, l = 0 ... d - 1. Few ties are summed one by one; of many the sums are differences of gamma
functions, so that the cost follows distinct times and not deaths.

Source: Efron B. JASA 1977;72:557.
"""

from __future__ import annotations

import numpy as np

_FEW = 12
_SERIES = 20.0  # from here on the series' error is below 1e-15


def trigamma(x: np.ndarray) -> np.ndarray:
    """Return the trigamma function of numbers from 1 on, by its asymptotic series where that is exact."""
    y = 1 / x
    square = y * y
    out = y + square / 2 + y * square * (1 / 6 - square * (1 / 30 - square * (1 / 42 - square / 30)))
    if (small := x < _SERIES).any():
        from scipy.special import zeta

        out[small] = zeta(2, x[small])
    return np.asarray(out)


class TiedDeaths:
    """The ties of some times of death, laid out once and summed for as many weights as a fit tries.

    Parameters
    ----------
    d : int (t,), deaths at each time, at least 1
    """

    def __init__(self, d: np.ndarray) -> None:
        self.d = d
        self.many = np.flatnonzero(d > _FEW)
        self.few = np.flatnonzero(d <= _FEW)
        ties = d[self.few].astype(np.intp)
        self.start = np.cumsum(ties) - ties
        self.place = np.repeat(self.few, ties)
        self.share = (np.arange(self.place.size) - np.repeat(self.start, ties)) / d[self.place]
        self.single = bool((ties == 1).all())  # the few; the many may be tied beside them

    def sums(self, total: np.ndarray, dying: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of 1/v and 1/v², each (t,), for weights W `total` and D `dying`."""
        first, second = np.empty_like(total), np.empty_like(total)
        if self.few.size:
            inverse = 1 / self._v(total, dying)
            if self.single:
                first[self.few], second[self.few] = inverse, inverse**2
            else:
                first[self.few] = np.add.reduceat(inverse, self.start)
                second[self.few] = np.add.reduceat(inverse**2, self.start)
        if self.many.size:  # with x = W d / D they are differences of the digamma and trigamma functions
            from scipy.special import psi

            scale, lower, upper = self._gamma(total, dying)
            first[self.many] = scale * (psi(upper) - psi(lower))
            second[self.many] = scale**2 * (trigamma(lower) - trigamma(upper))
        return first, second

    def share_sums(self, total: np.ndarray, dying: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the sums of (l/d)/v and (l/d)/v², each (t,): what the rule takes from the dying themselves."""
        first, second = np.zeros_like(total), np.zeros_like(total)
        if self.few.size and not self.single:
            inverse = 1 / self._v(total, dying)
            first[self.few] = np.add.reduceat(self.share * inverse, self.start)
            second[self.few] = np.add.reduceat(self.share * inverse**2, self.start)
        if self.many.size:  # l/d = (W - v) / D
            one, two = self.sums(total, dying)
            w, d, n = total[self.many], dying[self.many], self.d[self.many]
            first[self.many] = (w * one[self.many] - n) / d
            second[self.many] = (w * two[self.many] - one[self.many]) / d
        return first, second

    def log_sums(self, total: np.ndarray, dying: np.ndarray) -> np.ndarray:
        """Return the sums of log v, (t,)."""
        out = np.empty_like(total)
        if self.few.size:
            logs = np.log(self._v(total, dying))
            out[self.few] = logs if self.single else np.add.reduceat(logs, self.start)
        if self.many.size:
            from scipy.special import gammaln

            scale, lower, upper = self._gamma(total, dying)
            out[self.many] = gammaln(upper) - gammaln(lower) - self.d[self.many] * np.log(scale)
        return out

    def _v(self, total: np.ndarray, dying: np.ndarray) -> np.ndarray:
        return np.asarray(total[self.place] - dying[self.place] * self.share)

    def _gamma(self, total: np.ndarray, dying: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        scale = self.d[self.many] / dying[self.many]
        upper = total[self.many] * scale + 1
        return scale, upper - self.d[self.many], upper
