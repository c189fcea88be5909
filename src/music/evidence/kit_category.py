"""What sounds that lie in one folder tell of each other's category.

Producers sort: a folder may hold snares alone, or one of everything. Each folder has a
mixture of categories of its own, unknown but likely to be uneven; every sound is judged by
its own evidence and by what the others in its folder seem to be.

Source: a Dirichlet mixture for each folder, as in topic models (Blei, Ng and Jordan 2003),
with collapsed mean-field updates (Teh, Newman and Welling 2007).
"""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

PSEUDO_COUNT = 5.0
"""How many sounds of every kind, taken together, a folder is thought to hold beforehand."""

NEIGHBOURS = 0.5
"""How much the folder counts beside a sound's own evidence: alike sounds are misheard alike."""

_ROUNDS = 30
_LEAST = 1e-4


def in_context(shares: Values, folders: Sequence[Hashable]) -> Values:
    """Compute the probabilities of each sound's categories, its folder considered.

    shares: shape (sounds, categories), rows sum to 1: by name and sound of each alone
    folders: where each lies

    Same shape; rows sum to 1. A sound that is alone stays as it is, and the order of the
    sounds makes no difference.
    """
    by_folder: dict[Hashable, list[int]] = {}
    for number, folder in enumerate(folders):
        by_folder.setdefault(folder, []).append(number)
    found = shares.copy()
    for members in by_folder.values():
        if len(members) > 1:
            found[members] = _folder(shares[members])
    return found


def _folder(alone: Values) -> Values:
    """Update by mean fields until nothing moves much; damped, so that they settle."""
    own = np.log(np.maximum(alone, _LEAST))
    even = PSEUDO_COUNT / alone.shape[1]
    found = alone
    for _ in range(_ROUNDS):
        others = found.sum(axis=0) - found
        mixture = (others + even) / (len(alone) - 1 + PSEUDO_COUNT)
        logs = own + NEIGHBOURS * np.log(mixture)
        likely = np.exp(logs - logs.max(axis=1, keepdims=True))
        found = 0.5 * found + 0.5 * likely / likely.sum(axis=1, keepdims=True)
    return found
