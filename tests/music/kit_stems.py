"""Stems as their own analysis leaves them, for tests of kits."""

from src.music.evidence.estimates import Estimate, Source
from src.music.evidence.kit_evidence import StemEvidence
from src.music.theory.keys import KEYS


def loop(
    *tempos: tuple[float, float],
    source: Source = "audio",
    bars: float = 4.0,
    category: str = "drums",
    key: Estimate[str] | None = None,
    keys: tuple[float, ...] = (),
) -> StemEvidence:
    """A loop that is bar-exact at the first tempo, which it is taken to have."""
    bpm = Estimate(tempos[0][0], tempos[0][1], source) if tempos else None
    length_s = bars * 240.0 / (tempos[0][0] if tempos else 120.0)
    heard = tempos if source == "audio" else ()
    loops = Estimate(True, 0.9, "audio")
    return StemEvidence(length_s, category, loops, bpm, key, bars, 0.0, heard, keys)


def tonal(
    key: str, chance: float = 0.6, *, also: str | None = None, source: Source = "audio"
) -> StemEvidence:
    """A pad whose likeliest key by sound is ``key``; the rest is spread, or on ``also``."""
    rest = 1.0 - chance
    keys = dict.fromkeys(KEYS, rest / 23 if also is None else 0.1 * rest / 22)
    keys[key] = chance
    if also is not None:
        keys[also] = 0.9 * rest
    found = Estimate(key, chance, source)
    return loop(
        (120.0, 0.9), category="pad", key=found, keys=tuple(keys[name] for name in KEYS)
    )  # fmt: skip
