"""Fusing what names, metadata, the kit and the sound say of a stem into one value each.

Every source gives candidates with weights in 0..1. Agreeing candidates strengthen each
other; a name or a metadata chunk beats the sound unless the sound contradicts it. The
result is a value with a confidence and a source, or nothing where nothing is known.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from src.music.keys import camelot_distance, is_minor, pitch_class
from src.music.library import CATEGORIES, DRUM_CATEGORIES
from src.music.tempo import beats_in, beats_miss_s

Source = Literal["user", "filename", "metadata", "audio"]
Value = TypeVar("Value")

SAME_TEMPO = 0.006
"""Tempos closer than this (as a share) are the same."""

FITS_LENGTH_S = 0.012
"""A length fits a tempo where it misses whole beats by less than this."""

LEAST_TEMPO, LEAST_KEY = 0.12, 0.2
"""Below this confidence a tempo or a key is not known."""

_FIT_BONUS, _MISFIT = 0.5, 0.45
_CLEAR_CLAIM = 0.4
_TRUST: dict[Source, float] = {"user": 1.0, "filename": 1.0, "metadata": 0.9, "audio": 0.95}


@dataclass(frozen=True)
class Candidate(Generic[Value]):
    """One source's opinion. weight: how far to believe it, in 0..1."""

    value: Value
    weight: float
    source: Source


@dataclass(frozen=True)
class Finding(Generic[Value]):
    """What is believed in the end. confidence: 0..1."""

    value: Value
    confidence: float
    source: Source


@dataclass(frozen=True)
class KeyOpinion:
    """A key that somebody names. mode_known: False where only its tonic is meant."""

    key: str
    mode_known: bool = True


def fuse_tempo(
    candidates: Sequence[Candidate[float]], *, duration_s: float, heard_exact: bool
) -> Finding[float] | None:
    """One tempo from all that is claimed.

    duration_s: length of the clip, which a true tempo mostly fits in whole beats
    heard_exact: whether the tempo that was heard fits the length; then a claim that does not
        fit, nor agrees with it, loses to it

    Where a name and the sound differ by an octave, the name wins.
    """
    sane = [c for c in candidates if math.isfinite(c.value) and 20.0 < c.value < 999.0]
    heard = max((c for c in sane if c.source == "audio"), key=_weight, default=None)

    def whole_bars(candidate: Candidate[float]) -> bool:
        fits = beats_miss_s(duration_s, candidate.value) < FITS_LENGTH_S
        return fits and round(beats_in(duration_s, candidate.value)) % 4 == 0

    def belief(candidate: Candidate[float]) -> float:
        weight = candidate.weight * _TRUST[candidate.source]
        if candidate.source == "user":
            return weight
        if candidate.source == "audio":
            others = (c for c in sane if c.source != "audio" and c.weight >= _CLEAR_CLAIM)
            overruled = any(_octave_apart(c, candidate) and whole_bars(c) for c in others)
            return weight * (_MISFIT if overruled else 1.0)
        if whole_bars(candidate):
            return weight + (1.0 - weight) * _FIT_BONUS
        if heard is not None and heard_exact and not _octave_apart(candidate, heard, same=True):
            return weight * _MISFIT
        return weight

    return _fuse(sane, belief, _same_tempo, least=LEAST_TEMPO)


def fuse_key(candidates: Sequence[Candidate[KeyOpinion]]) -> Finding[str] | None:
    """One key from all that is claimed.

    A named tonic without a mode takes the mode of the likeliest key heard on that tonic.
    A name loses only to a sound that is far more certain and far away on the Camelot wheel.
    """
    heard = [c for c in candidates if c.source == "audio"]
    best_heard = max(heard, key=_weight, default=None)
    named = [_with_mode(c, heard) for c in candidates if c.source != "audio"]

    def belief(candidate: Candidate[KeyOpinion]) -> float:
        weight = candidate.weight * _TRUST[candidate.source]
        if candidate.source in ("user", "audio") or best_heard is None:
            return weight
        away = camelot_distance(candidate.value.key, best_heard.value.key)
        doubt = best_heard.weight * 0.3 if away >= 4 else 0.0
        return weight * (1.0 - doubt)

    found = _fuse([*named, *heard], belief, _same_key, least=LEAST_KEY)
    return None if found is None else Finding(found.value.key, found.confidence, found.source)


def fuse_category(
    named: Mapping[str, float], heard: Mapping[str, float]
) -> tuple[Finding[str], dict[str, float]]:
    """The likeliest category, and the probabilities of all, summing to 1.

    named: category -> weight in 0..1 of words in the names; heard: probabilities by sound

    A word of weight w multiplies the odds of its category by about w / (1 - w), scaled so
    that a clear word needs strong contradiction to lose. Nothing at all gives "other".
    """
    spread = 0.02
    scores = {}
    for category in CATEGORIES:
        weight = min(0.985, named.get(category, 0.0))
        odds = 1.0 + 8.0 * weight / (1.0 - weight)
        scores[category] = (heard.get(category, 0.0) + spread) * odds
    total = sum(scores.values())
    shares = {category: score / total for category, score in scores.items()}
    best = max(shares, key=lambda category: shares[category])
    if not named and not heard:
        return Finding("other", 0.0, "audio"), shares
    by_sound = max(heard, key=lambda category: heard[category], default=None)
    source: Source = "filename" if named.get(best, 0.0) > 0.0 and best != by_sound else "audio"
    if named.get(best, 0.0) >= 0.5:
        source = "filename"
    return Finding(best, shares[best], source), shares


def fuse_loop(candidates: Sequence[Candidate[bool]]) -> Finding[bool]:
    """Loop or one-shot: the odds of all sources multiplied. weight: probability of the value.

    Nothing known means one-shot, with confidence 0.5.
    """
    log_odds = 0.0
    for candidate in candidates:
        probability = min(0.98, max(0.02, candidate.weight))
        odds = math.log(probability / (1.0 - probability))
        log_odds += odds if candidate.value else -odds
    chance = 1.0 / (1.0 + math.exp(-log_odds))
    value = chance > 0.5
    agreeing = [c for c in candidates if c.value is value]
    source = max(agreeing, key=_weight).source if agreeing else "audio"
    return Finding(value, chance if value else 1.0 - chance, source)


def has_key(category: str) -> bool:
    """Whether a key means anything for a category: not for drums."""
    return category not in DRUM_CATEGORIES


def _fuse(
    candidates: Sequence[Candidate[Value]],
    belief: Callable[[Candidate[Value]], float],
    same: Callable[[Value, Value], bool],
    *,
    least: float,
) -> Finding[Value] | None:
    """The candidate whose group believes most. Agreement: 1 - product of the doubts."""
    best: Finding[Value] | None = None
    for candidate in sorted(candidates, key=lambda c: -belief(c)):
        doubt = 1.0
        by_source: dict[Source, float] = {}
        for other in candidates:
            if same(candidate.value, other.value):
                by_source[other.source] = max(by_source.get(other.source, 0.0), belief(other))
        for share in by_source.values():
            doubt *= 1.0 - min(1.0, max(0.0, share))
        confidence = min(0.99, 1.0 - doubt)
        if "user" in by_source:
            return Finding(candidate.value, 1.0, "user")
        if best is None or confidence > best.confidence + 1e-9:
            source = max(by_source, key=lambda name: (name != "audio", by_source[name]))
            best = Finding(candidate.value, confidence, source)
    return best if best is not None and best.confidence >= least else None


def _with_mode(
    named: Candidate[KeyOpinion], heard: Sequence[Candidate[KeyOpinion]]
) -> Candidate[KeyOpinion]:
    if named.value.mode_known:
        return named
    tonic = pitch_class(named.value.key)
    here = [c for c in heard if c.value.mode_known and pitch_class(c.value.key) == tonic]
    if not here:
        return named
    likeliest = max(here, key=_weight)
    if not is_minor(likeliest.value.key):
        return named
    return Candidate(KeyOpinion(likeliest.value.key), named.weight, named.source)


def _same_tempo(first: float, second: float) -> bool:
    return abs(first / second - 1.0) < SAME_TEMPO


def _same_key(first: KeyOpinion, second: KeyOpinion) -> bool:
    return first.key == second.key


def _octave_apart(first: Candidate[float], second: Candidate[float], *, same: bool = False) -> bool:
    """Whether one tempo is half or double the other (or the same, with ``same``)."""
    octaves = math.log2(first.value / second.value)
    whole = abs(octaves - round(octaves)) < 0.01 and abs(octaves) < 1.5
    return whole and (same or round(octaves) != 0)


def _weight(candidate: Candidate[Value]) -> float:
    return candidate.weight
