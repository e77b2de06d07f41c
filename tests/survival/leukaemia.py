"""Remission of 42 children with acute leukaemia, by treatment, and their white blood cells.

Times in weeks, from E. J. Freireich and others, Blood 21 (1963) 699-716; sex and logarithms of white blood cells as in
D. G. Kleinbaum and M. Klein, Survival Analysis, 3rd edition, Springer 2012, whose table 3.1 has the same coefficients.
"""

from __future__ import annotations

import numpy as np

_TIMES = (
    "35 34 32 32 25 23 22 20 19 17 16 13 11 10 10 9 7 6 6 6 6 "
    "23 22 17 15 12 12 11 11 8 8 8 8 5 5 4 4 3 2 2 1 1"
)
EVENT = np.array([*map(int, "000001100011001010111" + 21 * "1")])
SEX = np.array([*map(int, "111111110010000000010" + "100000000001101111111")])
_CELLS = (
    "1.45 1.47 2.2 2.53 1.78 2.57 2.32 2.01 2.05 2.16 3.6 2.88 2.6 2.7 2.96 2.8 4.43 3.2 2.31 4.06 3.28 "
    "1.97 2.73 2.95 2.3 1.5 3.06 3.49 2.12 3.52 3.05 2.32 3.26 3.49 3.97 4.36 2.42 4.01 4.91 4.48 2.8 5.0"
)
TIME, CELLS = np.array(_TIMES.split(), float), np.array(_CELLS.split(), float)
PLACEBO = np.repeat([0.0, 1.0], 21)
X = np.column_stack([PLACEBO, CELLS])
Y = np.column_stack([TIME, EVENT])
"""The columns (time, event)."""
RISK = (np.array([1.38608, 1.69043]) * X).sum(axis=1).round(1)
"""A risk with ties."""
