"""Lilliefors' test: Kolmogorov and Smirnov's distance from a normal distribution with estimated parameters.

Sources: Lilliefors. JASA 1967;62:399; Dallal and Wilkinson. Am Stat 1986;40:294; Stephens. JASA 1974;69:730
(R: nortest::lillie.test).
"""

from __future__ import annotations

import math

import numpy as np

_UPPER = ((0.302, (1.0,)), (0.5, (2.76773, -19.828315, 80.709644, -138.55152, 81.218052)),
          (0.9, (-4.901232, 40.662806, -97.490286, 94.029866, -32.355711)),
          (1.31, (6.198765, -19.558097, 23.186922, -12.234627, 2.423045)))


def lilliefors_p(values: np.ndarray) -> float:
    """Return the approximate p of a sample (n,), n of at least 5, against a normal distribution; 0 for a constant."""
    x, n = np.sort(values), values.size
    spread = float(x.std(ddof=1))
    if spread == 0:
        return 0.0
    from scipy.special import ndtr

    under = ndtr((x - x.mean()) / spread)
    rank = np.arange(1, n + 1)
    distance = float(max((rank / n - under).max(), (under - (rank - 1) / n).max()))
    kept, size = (distance, n) if n <= 100 else (distance * (n / 100) ** 0.49, 100)
    p = math.exp(-7.01256 * kept**2 * (size + 2.78019) + 2.99587 * kept * math.sqrt(size + 2.78019) - 0.122119
                 + 0.974598 / math.sqrt(size) + 1.67997 / size)
    if p <= 0.1:
        return p
    scaled = (math.sqrt(n) - 0.01 + 0.85 / math.sqrt(n)) * distance
    for most, factors in _UPPER:
        if scaled <= most:
            return float(sum(f * scaled**i for i, f in enumerate(factors)))
    return 0.0
