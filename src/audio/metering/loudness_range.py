"""Loudness range after EBU Tech 3342: how far soft and loud parts lie apart."""

import numpy as np
from numpy.typing import NDArray

_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -20.0
_LOW_PERCENT, _HIGH_PERCENT = 10.0, 95.0


def range_of_short_term(short_term_lufs: NDArray[np.float64]) -> float:
    """Measure the loudness range of a programme, in LU.

    short_term_lufs: loudness of windows of 3 s that overlap by at least 2 s, shape (windows,);
        -inf for silence

    Windows below -70 LUFS don't count, nor those more than 20 LU below the mean power of the
    rest; the range runs from the 10th to the 95th percentile of what is left (EBU Tech 3342,
    2016). Nothing left, or one window only, gives 0.
    """
    loud = short_term_lufs[short_term_lufs > _ABSOLUTE_GATE_LUFS]
    if loud.size == 0:
        return 0.0
    mean_lufs = 10 * np.log10(np.mean(10 ** (loud / 10)))
    gated = loud[loud > mean_lufs + _RELATIVE_GATE_LU]
    low, high = np.percentile(gated, [_LOW_PERCENT, _HIGH_PERCENT])
    return float(high - low)
