"""How well stems sound together: one score per criterion, each with its reason.

Nothing here asks for a plan: two stems, or a stem and what plays already, are weighed by
tempo, length, key, tones, room in the spectrum, rhythm, loudness, kit and variety. What is
not known or means nothing (the key of drums) is left out, not guessed.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from src.music.model.score import Reason
from src.music.theory.groove import SLOTS, groove_at
from src.music.theory.keys import camelot_distance, transpose
from src.music.theory.library import DRUM_CATEGORIES, StemCard
from src.music.theory.tempo import stretch_cost

WEIGHTS: Mapping[str, float] = {
    "tempo": 1.5, "stretch": 1.0, "length": 0.5, "key": 0.7, "tones": 0.8, "room": 0.5,
    "rhythm": 0.6, "loudness": 0.2, "kit": 0.8, "variety": 0.5,
}  # fmt: skip
"""How much each criterion counts in the weighted geometric mean: one bad criterion can't be
bought off by the others. Set by ear and reason, not fitted to any kits."""

RELATIONS = ((1.0, 1.0, ""), (2.0, 0.92, " in double time"), (0.5, 0.92, " in half time"),
             (1.5, 0.6, " three against two"), (2 / 3, 0.6, " two against three"))  # fmt: skip
"""Ratio of two tempos, what it is worth, and how it is said."""

MAX_SHIFT = 3
"""Largest shift of a tonal stem, in semitones: more changes its character."""

BANDS = ("sub", "bass", "low_mid", "mid", "high_mid", "high")
_BAND_CROWDING = (1.0, 1.0, 0.6, 0.5, 0.4, 0.3)
"""How much it hurts when two stems fill the same band: lows mask and beat, highs blend."""

BY_CHANCE: Mapping[str, float] = {
    "tempo": 0.7, "stretch": 0.5, "length": 0.7, "key": 0.5, "tones": 0.6, "room": 0.7,
    "rhythm": 0.3, "loudness": 0.85,
}  # fmt: skip
"""About what two stems that know nothing of each other get. It stands for what can't be
judged, so that stems of which little is known are neither better nor worse for it."""

BLENDED = frozenset({"tones", "room", "rhythm"})
"""What is left to be judged when tempo and key have been seen to."""

_CROWDED_COST = 0.7
"""What a wholly occupied spectrum costs: equalisers can make some room."""

_FLOOR = 0.02
_UNSTRETCHED = 0.002
_AUDIBLE_OCTAVES = 0.02
_KEY_SCORES = (1.0, 0.9, 0.45, 0.25, 0.12, 0.07, 0.05, 0.05)
_UNKNOWN_KEY, _UNKNOWN_TEMPO = 0.6, 0.75
_SHIFT_COST = 0.1
_CLOSE_LUFS = 24.0
_LEAST_TONAL = 0.3


@dataclass(frozen=True)
class Compatibility:
    """What goes for and against playing stems together. score: 0..1 over all criteria.

    semitones: the shift of the candidate that the scores for key and tones reckon with
    """

    score: float
    reasons: tuple[Reason, ...]
    semitones: int = 0


def compatibility(
    candidate: StemCard, playing: Sequence[StemCard], *, kinship: bool = True
) -> Compatibility:
    """Weigh a stem against what plays already: one stem, or many.

    kinship: whether stems of one kit count as kin; False judges by sound and music alone

    Each criterion is averaged over the stems for which it means something; of the rhythms the
    best partner's counts. Criteria without a reason count as by chance.
    """
    shift = _best_shift(candidate, playing)
    found: dict[str, list[Reason]] = defaultdict(list)
    for other in playing:
        for reason in _pair(candidate, other, shift):
            found[reason.criterion].append(reason)
        if kinship:
            found["kit"].append(_kit(candidate, other))
    reasons = [_over_all(items, len(playing)) for items in found.values()]
    if playing:
        reasons.append(_variety(candidate, playing))
    return Compatibility(overall_score(reasons), tuple(reasons), shift)


def blend(candidate: StemCard, playing: Sequence[StemCard]) -> Reason | None:
    """Rate how well stems sound together that tempo and key already allow: chroma, masking, rhythm.

    Both as they are played, see ``shifted``. None where nothing of it can be judged.
    """
    found: dict[str, list[Reason]] = defaultdict(list)
    for other in playing:
        judged = [*_tones(candidate, other, 0), *_room(candidate, other)]
        for reason in [*judged, *_rhythm(candidate, other)]:
            found[reason.criterion].append(reason)
    if not found:
        return None
    reasons = [_over_all(items, len(playing)) for items in found.values()]
    score = overall_score(reasons, ignoring=frozenset(WEIGHTS) - BLENDED)
    reported = ", ".join(f"{reason.criterion} {reason.score:.2f}" for reason in reasons)
    return Reason("together", score, f"beside what plays: {reported}")


def shifted(card: StemCard, semitones: float) -> StemCard:
    """Return a stem's card as it sounds when it is transposed."""
    up = round(semitones)
    if up % 12 == 0:
        return card
    return replace(
        card,
        key=None if card.key is None else transpose(card.key, up),
        chroma=tuple(card.chroma[(tone - up) % 12] for tone in range(len(card.chroma))),
    )


def _pair(candidate: StemCard, other: StemCard, shift: int) -> list[Reason]:
    return [
        *_time(candidate, other),
        *_harmony(candidate, other, shift),
        *_room(candidate, other),
        *_rhythm(candidate, other),
        *_loudness(candidate, other),
    ]


def _over_all(items: Sequence[Reason], playing: int) -> Reason:
    """Average one criterion over all stems that play; the text is that of the most typical of
    them.
    """
    scores = [item.score for item in items]
    partner = items[0].criterion == "rhythm"
    score = max(scores) if partner else sum(scores) / len(scores)
    typical = min(items, key=lambda item: abs(item.score - score))
    text = typical.text if playing == 1 else f"{typical.text} ({len(items)} of {playing} compared)"
    return Reason(typical.criterion, round(score, 4), text)


def overall_score(reasons: Sequence[Reason], *, ignoring: Collection[str] = ()) -> float:
    """Weighted geometric mean; what could not be judged counts as by chance.

    ignoring: criteria that shall not count
    """
    scores = {**BY_CHANCE, **{reason.criterion: reason.score for reason in reasons}}
    kept = {name: score for name, score in scores.items() if name not in ignoring}
    weight = sum(WEIGHTS[name] for name in kept)
    logs = sum(WEIGHTS[name] * math.log(max(score, _FLOOR)) for name, score in kept.items())
    return math.exp(logs / weight) if weight > 0.0 else 1.0


def _time(candidate: StemCard, other: StemCard) -> list[Reason]:
    """Tempo relation, what stretching costs, and whether the lengths repeat together."""
    if not (candidate.is_loop and other.is_loop):
        return [Reason("tempo", _UNKNOWN_TEMPO, "no tempo of its own: placed on any beat")]
    worth, factor, reported = _relation(candidate, other)
    octaves = math.log2(factor)
    reasons = [Reason("tempo", worth * (1.0 - stretch_cost(factor)), reported)]
    if abs(octaves) <= math.log2(1.0 + _UNSTRETCHED):
        return [*reasons, Reason("stretch", 1.0, "plays as it is"), *_length(candidate, other)]
    kept = 0.3 + 0.5 * math.exp(-abs(octaves) / _AUDIBLE_OCTAVES)
    percent = 100.0 * (factor - 1.0)
    return [*reasons, Reason("stretch", kept, f"must be stretched by {percent:+.1f} %")]


def _relation(candidate: StemCard, other: StemCard) -> tuple[float, float, str]:
    """(worth, stretch, words) of the best relation, by tempos or by lengths alone.

    Loops whose lengths are 1:2 or 1:4 repeat together, whatever tempo was read in them.
    """
    lengths = _length_ratio(candidate, other)
    doublings = round(math.log2(lengths))
    found = []
    if abs(doublings) <= 4:
        factor = lengths / 2.0**doublings
        found.append((1.0, factor, f"lengths are {_as_ratio(doublings)}"))
    if candidate.bpm and other.bpm:
        for ratio, worth, words in RELATIONS:
            factor = candidate.bpm * ratio / other.bpm
            reported = f"{candidate.bpm:.4g} BPM to {other.bpm:.4g}{words}"
            found.append((worth, factor, reported))
    if not found:
        return _UNKNOWN_TEMPO, 1.2, "tempo not known"
    return max(found, key=lambda item: item[0] * (1.0 - stretch_cost(item[1])))


def _length_ratio(candidate: StemCard, other: StemCard) -> float:
    return max(candidate.duration_s, 1e-3) / max(other.duration_s, 1e-3)


def _as_ratio(doublings: int) -> str:
    larger = 2 ** abs(doublings)
    return f"{larger}:1" if doublings > 0 else f"1:{larger}"


def _length(candidate: StemCard, other: StemCard) -> list[Reason]:
    doublings = abs(math.log2(_length_ratio(candidate, other)))
    whole = abs(doublings - round(doublings)) < math.log2(1.01)
    if not whole:
        return [Reason("length", 0.4, "repeats at other places")]
    return [Reason("length", 1.0 - 0.05 * round(doublings), "repeats together")]


def _best_shift(candidate: StemCard, playing: Sequence[StemCard]) -> int:
    """Find the one shift with which its key and chroma suit all that plays; 0 where none
    matters.
    """
    others = [other for other in playing if _tonal(other)]
    if not (_tonal(candidate) and others):
        return 0

    def worth(shift: int) -> float:
        reasons = [r for other in others for r in _harmony(candidate, other, shift)]
        return sum(WEIGHTS[reason.criterion] * reason.score for reason in reasons)

    shifts = sorted(range(-MAX_SHIFT, MAX_SHIFT + 1), key=lambda shift: (abs(shift), shift))
    return max(shifts, key=worth)


def _harmony(candidate: StemCard, other: StemCard, shift: int) -> list[Reason]:
    return [*_key(candidate, other, shift), *_tones(candidate, other, shift)]


def _tonal(card: StemCard) -> bool:
    return card.category not in DRUM_CATEGORIES and card.category != "fx"


def _key(candidate: StemCard, other: StemCard, shift: int) -> list[Reason]:
    if candidate.key is None or other.key is None:
        return []
    if not (_tonal(candidate) and _tonal(other)):
        return []
    distance = camelot_distance(transpose(candidate.key, shift), other.key)
    sure = math.sqrt(candidate.confidence.get("key", 1.0) * other.confidence.get("key", 1.0))
    good = sure * _KEY_SCORES[distance] + (1.0 - sure) * _UNKNOWN_KEY
    reported = f" shifted {shift:+d}" if shift else ""
    text = f"{candidate.key}{reported} is {distance} Camelot steps from {other.key}"
    return [Reason("key", good * _kept_by(shift), text)]


def _tones(candidate: StemCard, other: StemCard, shift: int) -> list[Reason]:
    """Rate how alike the chroma is spread (coefficient of Bhattacharyya, 1943)."""
    if not (_has_tones(candidate) and _has_tones(other)):
        return []
    moved = [candidate.chroma[(tone - shift) % 12] for tone in range(12)]
    both = sum(math.sqrt(a * b) for a, b in zip(moved, other.chroma, strict=True))
    alike = both / math.sqrt(sum(moved) * sum(other.chroma))
    text = f"{100 * alike:.0f} % of their tones agree"
    return [Reason("tones", alike * _kept_by(shift), text)]


def _has_tones(card: StemCard) -> bool:
    return _tonal(card) and len(card.chroma) == 12 and sum(card.chroma) >= _LEAST_TONAL


def _kept_by(shift: int) -> float:
    """Rate what a shift leaves of a tonal score: the further, the less it sounds like itself."""
    return 1.0 - _SHIFT_COST * abs(shift)


def _room(candidate: StemCard, other: StemCard) -> list[Reason]:
    """Rate how little two spectra mask each other: two basses don't fit."""
    here, there = _shares(candidate), _shares(other)
    if not (any(here) and any(there)):
        return []
    both = [min(a, b) * k for a, b, k in zip(here, there, _BAND_CROWDING, strict=True)]
    crowded = BANDS[both.index(max(both))].replace("_", " ")
    score = 1.0 - _CROWDED_COST * sum(both)
    text = f"{100 * sum(both):.0f} % of the spectrum is taken, most of the {crowded}"
    return [Reason("room", score, text)]


def _shares(card: StemCard) -> list[float]:
    shares = [max(card.features.get(f"{name}_share", 0.0), 0.0) for name in BANDS]
    total = sum(shares)
    return [share / total for share in shares] if total > 0.0 else [0.0] * len(BANDS)


def _rhythm(candidate: StemCard, other: StemCard) -> list[Reason]:
    """Rate whether onsets fall on the same sixteenths of a bar (weighted Jaccard index)."""
    if not (_grooves(candidate) and _grooves(other)):
        return []
    here = groove_at(candidate.groove, bpm=candidate.bpm or 1.0, target_bpm=other.bpm or 1.0)
    if not here:
        return []
    pairs = list(zip(here, other.groove, strict=True))
    score = sum(min(pair) for pair in pairs) / sum(max(pair) for pair in pairs)
    return [Reason("rhythm", score, f"{100 * score:.0f} % of the onsets fall together")]


def _grooves(card: StemCard) -> bool:
    return bool(card.is_loop and card.bpm and len(card.groove) == SLOTS and any(card.groove))


def _loudness(candidate: StemCard, other: StemCard) -> list[Reason]:
    if candidate.loudness_lufs is None or other.loudness_lufs is None:
        return []
    apart = candidate.loudness_lufs - other.loudness_lufs
    score = math.exp(-((apart / _CLOSE_LUFS) ** 2))
    return [Reason("loudness", score, f"{apart:+.1f} LU")]


def _kit(candidate: StemCard, other: StemCard) -> Reason:
    if candidate.kit_id is not None and candidate.kit_id == other.kit_id:
        return Reason("kit", 1.0, f"of the same kit {candidate.kit or ''}".rstrip())
    return Reason("kit", 0.5, "of another kit")


def _variety(candidate: StemCard, playing: Sequence[StemCard]) -> Reason:
    """Another of the same kind adds less than what is not there yet."""
    same = [card for card in playing if card.category == candidate.category]
    if any(card.id == candidate.id for card in same):
        return Reason("variety", 0.1, "plays already")
    if same:
        return Reason("variety", 0.7, f"another {candidate.category}")
    return Reason("variety", 1.0, f"the only {candidate.category}")
