"""How well a stem meets the request for a part: one score per criterion, each with its reason."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from src.music.casting.asked_sounds import Alternatives, is_called
from src.music.casting.cast_part import CastPart
from src.music.casting.compatibility import blend, shifted
from src.music.casting.fit import Fit, Target, fit_stem
from src.music.model.part_request import PartRequest
from src.music.model.plan import SECTION_END
from src.music.model.score import Reason
from src.music.theory.exclusion import suspicion, words_of
from src.music.theory.key_fit import BY_CHANCE
from src.music.theory.library import DRUM_CATEGORIES, TONAL_CATEGORIES, StemCard
from src.music.theory.loop_harmony import has_progression, is_still
from src.music.theory.roles import category_fit, role_of
from src.words.vocabulary import vocabulary

WEIGHTS: dict[str, float] = {
    "meaning": 1.0, "category": 1.3, "tempo": 1.5, "key": 2.0, "kit": 0.6, "variety": 1.0,
    "quality": 0.35, "role": 0.8, "length": 0.3, "wanted": 1.2, "shape": 1.2,
    "together": 0.6, "named": 2.5, "chords": 2.5,
}  # fmt: skip
"""How much each criterion counts. The scores are joined by a weighted geometric mean, so
that one bad criterion can't be bought off by the others."""

UNKNOWN_QUALITY = 0.6
_READ = {2.0: " in double time", 0.5: " in half time", 1.5: " three against two",
         0.67: " two against three"}  # fmt: skip
_HARDLY_TONAL = 0.7
"""What is worth a stem of unknown key in which no tones are heard: it can't be out of key."""

_BASS_POWER = 1.5
"""A bass out of key is worse than another part: it says which chord the others play."""

_LEAST_TONES = 0.3
_FLOOR = 0.02
_LENGTH_SCORES = {0.5: 0.55, 1.0: 0.8, 2.0: 0.95, 4.0: 1.0, 8.0: 1.0, 16.0: 0.95}
_CUT_BARS = 0.1
"""Bars that lose their end: a loop that fits the metre, or a one-shot, is far better."""

LONGEST_HAT_S = 0.8
"""A crash is no hi-hat: cymbals that ring longer don't stand in for one."""
_CHORDAL = tuple(name for name in TONAL_CATEGORIES if name != "vocal")
_MOVED, _DEAF, _PUZZLING = 0.55, 0.2, 0.5
"""What loops that can follow chords are worth beside a sampled note, and what can't follow."""

_NAMED_BONUS = 0.3
_NOT_NAMED = 0.1
_LONGEST_DRUM_HIT_S = {"hihat": 0.2, "kick": 1.0}
_LONGEST_OTHER_HIT_S = 1.2
_SHORTEST_RISER_S = 1.5


@dataclass(frozen=True)
class StemCandidate:
    """A stem that the search found. similarity: how close it is in meaning, 0..1."""

    card: StemCard
    similarity: float


@dataclass(frozen=True)
class CastingContext:
    """What is already decided when a part is cast.

    backbone: id of the kit that the track is built on
    kit_keys: key of each kit as its stems agree on it
    used: stems that already play another role in the track
    playing: what plays in the same sections, as it sounds
    excluded: what the plan refuses
    names: of the sound that the prompt asks for; empty where it asks for none of its own
    kit_shifts: semitones by which the tonal loops of each kit move together
    chords_asked: the track's chords are asked for, so that its parts have to play them
    chords_move: the track changes its chords, beneath which a loop must be understood
    """

    backbone: str | None = None
    kit_keys: Mapping[str, str] = field(default_factory=dict)
    used: frozenset[str] = frozenset()
    playing: tuple[StemCard, ...] = ()
    excluded: tuple[str, ...] = ()
    names: Alternatives = ()
    kit_shifts: Mapping[str, int] = field(default_factory=dict)
    chords_asked: bool = False
    chords_move: bool = False


def match_stem(
    candidate: StemCandidate, request: PartRequest, target: Target, context: CastingContext
) -> CastPart | None:
    """Propose a stem for a part, with a score in 0..1; None where it can't play it at all."""
    card = candidate.card
    fits_category = category_fit(request.category, card.category)
    doubt = suspicion(card, context.excluded)
    if fits_category == 0.0 or doubt >= 1.0 or _is_crash_for_hat(card, request):
        return None
    shift = None if card.kit_id is None else context.kit_shifts.get(card.kit_id)
    fit = fit_stem(card, target, key=believed_key(card, context.kit_keys), shift=shift)
    if fit.way == "none":
        return None
    reasons = [
        _meaning(candidate, request),
        _category(card, request, fits_category),
        _quality(card),
        _variety(card, context),
        *_kit(card, context),
        *_named(card, context),
        *(
            [
                *_manner(card, request, fit, target),
                *_together(card, fit, context),
                *_chords(card, fit, context),
            ]
            if request.position is None
            else [_shape(card, request)]
        ),
    ]
    if doubt > 0.0:
        names = ", ".join(context.excluded)
        reasons.append(Reason("wanted", 1.0 - doubt, f"may hold what is refused: {names}"))
    return CastPart(request, card, fit, joined_score(reasons), tuple(reasons))


def _is_crash_for_hat(card: StemCard, request: PartRequest) -> bool:
    """Tell whether a cymbal rings too long to be hit as a hi-hat."""
    rings = card.duration_s > LONGEST_HAT_S and "ride" not in words_of(card)
    return request.category == "hihat" and card.category == "cymbal" and rings


def joined_score(reasons: list[Reason]) -> float:
    """Weighted geometric mean of the criteria's scores, 0..1."""
    weight = sum(WEIGHTS[reason.criterion] for reason in reasons)
    logs = sum(
        WEIGHTS[reason.criterion] * math.log(max(reason.score, _FLOOR)) for reason in reasons
    )
    return math.exp(logs / weight)


def believed_key(card: StemCard, kit_keys: Mapping[str, str]) -> str | None:
    """Choose a stem's key, or its kit's where the stem alone is not sure.

    Stems of one kit were made to sound together: shifting each by its own doubtful key
    would pull them apart.
    """
    if card.kit_id is None or card.kit_id not in kit_keys or not card.is_loop:
        return card.key
    if card.key is None and card.category not in TONAL_CATEGORIES:
        return None
    if card.key is not None and card.confidence.get("key", 0.0) >= 0.95:
        return card.key
    return kit_keys[card.kit_id]


def _meaning(candidate: StemCandidate, request: PartRequest) -> Reason:
    similar = min(1.0, max(0.0, candidate.similarity))
    tags, words = candidate.card.tags, words_of(candidate.card)
    score, reported = similar, [f"similarity {similar:.2f}"]
    if request.tags:
        hits = {tag: 1.0 if tag in words else tags.get(tag, 0.0) for tag in request.tags}
        score = 0.6 * similar + 0.4 * sum(hits.values()) / len(hits)
        reported.append(f"tags: {', '.join(t for t, hit in hits.items() if hit >= 0.3) or 'none'}")
    requested = frozenset(request.text.lower().replace("-", "").split()) - {request.category}
    if requested & words:
        reported.append(f"named {', '.join(sorted(requested & words))}")
    named = _NAMED_BONUS * len(requested & words) / max(1, len(requested))
    return Reason("meaning", min(1.0, score + named), "; ".join(reported))


def _named(card: StemCard, context: CastingContext) -> list[Reason]:
    """Prefer stems that are called what the prompt asks for, where there are any."""
    if not context.names:
        return []
    asked = " or ".join(" ".join(sorted(name)) for name in context.names)
    if is_called(card, context.names):
        return [Reason("named", 1.0, f"is called {asked}")]
    return [Reason("named", _NOT_NAMED, f"is not called {asked}")]


def _category(card: StemCard, request: PartRequest, fits: float) -> Reason:
    sure = card.confidence.get("category", 1.0)
    score = fits * (0.6 + 0.4 * sure)
    if card.category == request.category:
        return Reason("category", score, f"is {card.category} (confidence {sure:.2f})")
    return Reason("category", score, f"{card.category} stands in for {request.category}")


def _manner(card: StemCard, request: PartRequest, fit: Fit, target: Target) -> list[Reason]:
    """Rate what matters for a stem that plays through its sections."""
    return [
        _role(request, fit),
        *_tempo(card, fit, target),
        *_key(card, fit, target),
        *_length(card, fit, target),
    ]


def _shape(card: StemCard, request: PartRequest) -> Reason:
    """Tell whether an effect rises to its end or falls from its start, by name, else by its
    level.
    """
    words = words_of(card)
    names = vocabulary().names
    rises, falls = bool(words & names.rises), bool(words & names.falls)
    if rises == falls:
        centre = card.features.get("temporal_centroid", 0.5)
        risen = min(1.0, max(0.0, (centre - 0.3) / 0.4))
    else:
        risen = 1.0 if rises else 0.0
    if request.position == SECTION_END:
        score = risen * min(1.0, max(0.25, card.duration_s / _SHORTEST_RISER_S))
        return Reason("shape", score, "rises to its end" if risen >= 0.5 else "does not rise")
    return Reason("shape", 1.0 - risen, "falls from its start" if risen < 0.5 else "rises")


def _role(request: PartRequest, fit: Fit) -> Reason:
    role = role_of(request.category)
    if fit.way == "loop":
        return Reason("role", role.loop, "a loop")
    if fit.way == "steps":
        return Reason("role", role.shot, "a one-shot, played by a step pattern")
    if fit.way == "texture":
        good = {"atmo": 1.0, "pad": 0.85, "strings": 0.7, "fx": 0.7}.get(request.category, 0.4)
        return Reason("role", good, "a texture, played at its own pace")
    good = {"fx": 1.0, "vocal": 0.8, "cymbal": 0.8}.get(request.category, 0.3)
    return Reason("role", good, "a phrase, placed now and then")


def _quality(card: StemCard) -> Reason:
    if card.user_rating is None:
        return Reason("quality", UNKNOWN_QUALITY, "not rated")
    return Reason("quality", (card.user_rating - 1) / 4.0, f"rated {card.user_rating} of 5")


def _variety(card: StemCard, context: CastingContext) -> Reason:
    if card.id in context.used:
        return Reason("variety", 0.1, "plays another role elsewhere")
    return Reason("variety", 1.0, "not used elsewhere")


def _tempo(card: StemCard, fit: Fit, target: Target) -> list[Reason]:
    if fit.way == "steps":
        return []
    if fit.way != "loop":
        return [Reason("tempo", 0.75, "no tempo of its own")]
    if fit.guessed:
        score = 0.6 * (1.0 - fit.tempo_cost)
        return [Reason("tempo", score, f"tempo unknown; its length makes {fit.beats:g} beats")]
    read = _READ.get(round(fit.half_or_double, 2), "")
    percent = (fit.stretch_ratio - 1.0) * 100.0
    text = f"{card.bpm or 0.0:.4g} BPM{read} at {target.bpm:g}: {percent:+.1f} % length"
    return [Reason("tempo", 1.0 - fit.tempo_cost, text)]


def _key(card: StemCard, fit: Fit, target: Target) -> list[Reason]:
    if card.category in DRUM_CATEGORIES or card.category == "fx":
        return []
    bass = card.category == "bass"
    if fit.key_worth is None or fit.key_distance is None:
        return [_unknown_key(card, BY_CHANCE**_BASS_POWER if bass else BY_CHANCE)]
    shift = f"shifted {fit.semitones:+.0f} semitones" if fit.semitones else "as it is"
    text = f"{card.key or '?'} {shift}, {fit.key_distance} Camelot steps from {target.key}"
    return [Reason("key", fit.key_worth**_BASS_POWER if bass else fit.key_worth, text)]


def _unknown_key(card: StemCard, by_chance: float) -> Reason:
    if card.chroma and sum(card.chroma) < _LEAST_TONES:
        return Reason("key", _HARDLY_TONAL, "no key: hardly any tones are heard")
    if card.category == "atmo":
        return Reason("key", _HARDLY_TONAL, "key not known")
    return Reason("key", by_chance, "key not known")


def _kit(card: StemCard, context: CastingContext) -> list[Reason]:
    if context.backbone is None:
        return []
    if card.kit_id == context.backbone:
        return [Reason("kit", 1.0, f"belongs to the track's kit {card.kit or ''}".rstrip())]
    return [Reason("kit", 0.5, "from another kit")]


def _together(card: StemCard, fit: Fit, context: CastingContext) -> list[Reason]:
    found = blend(shifted(card, fit.semitones), context.playing)
    return [] if found is None else [found]


def _chords(card: StemCard, fit: Fit, context: CastingContext) -> list[Reason]:
    """Rate whether a stem can play chords that are asked for: note by note, or as a loop."""
    if card.category not in _CHORDAL:
        return []
    if not context.chords_asked:
        return _understood(card, fit, context)
    if fit.way == "steps":
        known = card.key is not None
        text = "plays any chord note by note" if known else "its note is not known"
        return [Reason("chords", 1.0 if known else _DEAF, text)]
    if fit.way == "loop" and not fit.own_bar and (is_still(card) or has_progression(card)):
        return [Reason("chords", _MOVED, "its bars can be moved to the chords asked for")]
    return [Reason("chords", _DEAF, "can't follow the chords asked for")]


def _understood(card: StemCard, fit: Fit, context: CastingContext) -> list[Reason]:
    """Rate a loop whose chords were analysed in vain: what plays beside it has to stay."""
    if not context.chords_move or fit.way != "loop" or card.chords is None:
        return []
    if is_still(card) or has_progression(card):
        return [Reason("chords", 1.0, "its chords are known")]
    return [Reason("chords", _PUZZLING, "its chords are not clear")]


def _length(card: StemCard, fit: Fit, target: Target) -> list[Reason]:
    if fit.way == "loop":
        bars = fit.beats / target.beats_per_bar
        if fit.own_bar:
            told = f"{bars:g} bars of 4/4, each cut for {target.metre}"
            return [Reason("length", _CUT_BARS, told)]
        return [Reason("length", _LENGTH_SCORES.get(bars, 0.7), f"{bars:g} bars")]
    if fit.way == "steps" and card.category in DRUM_CATEGORIES:
        longest = _LONGEST_DRUM_HIT_S.get(card.category, _LONGEST_OTHER_HIT_S)
        good = 1.0 if card.duration_s <= longest else 0.25
        return [Reason("length", good, f"{card.duration_s:.2f} s")]
    return []
