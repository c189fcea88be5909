"""What stems that lie together say of each other: a common tempo, mostly a common key.

Every stem brings how likely each tempo or key is by its own evidence. A folder may share one
or nothing at all; folders of a kit may share theirs, and so may kits that lie together: a
tree of "it follows what is common, or goes its own way". Adding up over what is unknown
gives for each stem what all the others make likely. A stem never hears its own voice back.

Sources: belief propagation on a tree (Pearl 1988); a latent share of followers, so that a
folder of unrelated loops is left alone, as in mixtures with outliers (Box and Tiao 1968).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]

SHARES = np.array([0.0, 0.3, 0.6, 0.9])
"""How many of those that lie together may follow what is common: none, some, or most."""

USUAL_SHARES = np.array([0.4, 0.05, 0.1, 0.45])
"""How usual each of these is."""

_LEAST_RATIO = 0.02
"""How far a single voice may speak against a value: so many times less likely."""

KitFolder = tuple[str, str]
"""Where a stem lies: its kit, and its folder."""


@dataclass(frozen=True)
class Voices:
    """What stems say of possible values.

    ratios: shape (stems, values); how much likelier the evidence of a stem is if the value
        is that of its context than if it could have any
    prior: shape (values,), sums to 1; how usual each value is
    trust: shape (stems,), 0..1; those that err together count for less than one each
    """

    ratios: Values
    prior: Values
    trust: Values


def advise(voices: Voices, positions: Sequence[KitFolder]) -> Values:
    """Rate how likely each stem follows each value, judged by the other stems alone.

    Shape (stems, values); a row sums to less than 1: the rest is "goes its own way". A stem
    without context gets what is usual.
    """
    kits = _numbered([kit for kit, _ in positions])
    folders = _numbered(list(positions))
    kit_of = np.zeros(int(folders.max()) + 1, dtype=np.int64)
    kit_of[folders] = kits
    stems = _Group(voices.ratios, voices.trust)
    in_folders = _evidence(stems, folders, voices.prior)
    folder_level = _Group(in_folders, np.ones(len(in_folders)))
    in_kits = _evidence(folder_level, kit_of, voices.prior)
    kit_level = _Group(in_kits, np.ones(len(in_kits)))
    top = np.zeros(len(in_kits), dtype=np.int64)
    for_kits = kit_level.advice(top, voices.prior[None])
    for_folders = folder_level.advice(kit_of, _priors(for_kits, voices.prior))
    return stems.advice(folders, _priors(for_folders, voices.prior))


class _Group:
    """Members of one level of the tree. ratios: shape (members, values); trust: (members,)."""

    def __init__(self, ratios: Values, trust: Values) -> None:
        gain = np.maximum(ratios, _LEAST_RATIO) - 1.0
        self.single = trust[:, None] * np.log1p(SHARES[:, None, None] * gain)
        self.usual = np.log(USUAL_SHARES)[:, None, None]

    def sums(self, above: NDArray[np.int64]) -> Values:
        """Log likelihoods of all members below each node, shape (shares, nodes, values)."""
        sums = np.zeros((SHARES.size, int(above.max()) + 1, self.single.shape[2]))
        for share in range(SHARES.size):
            np.add.at(sums[share], above, self.single[share])
        return sums

    def advice(self, above: NDArray[np.int64], priors: Values) -> Values:
        """Compute how likely each member follows each value, from its neighbours and from above.

        above: the node of each member; priors: shape (nodes, values), what they make likely
        """
        logs = self.sums(above)[:, above] - self.single + self.usual
        weights = np.exp(logs - logs.max(axis=(0, 2), keepdims=True)) * priors[above]
        follows: Values = np.tensordot(SHARES, weights, 1) / weights.sum(axis=(0, 2))[:, None]
        return follows


def _evidence(group: _Group, above: NDArray[np.int64], prior: Values) -> Values:
    """Compute how much likelier all below a node are with each value than with any of them."""
    logs = group.sums(above) + group.usual
    likely = np.exp(logs - logs.max(axis=(0, 2), keepdims=True)).sum(axis=0)
    evidence: Values = likely / (likely @ prior)[:, None]
    return evidence


def _priors(follows: Values, prior: Values) -> Values:
    own_way = 1.0 - follows.sum(axis=1, keepdims=True)
    priors: Values = follows + own_way * prior
    return priors


def _numbered(names: Sequence[object]) -> NDArray[np.int64]:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)
