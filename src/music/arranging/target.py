"""Tempo and key of a track, where the prompt leaves them open."""

import math
import random

from src.core.errors import InvalidInputError
from src.music.arranging.library_summary import LibrarySummary
from src.music.genre.genres import GenreGrammar
from src.music.model.accounts import ReportedWords
from src.music.model.plan import BPM
from src.music.prompt.intent import PromptIntent
from src.music.theory.keys import is_minor, key_name, parse_key, pitch_class, relative_key
from src.music.theory.metre import COMMON_TIME, Metre, read_metre
from src.words.vocabulary import vocabulary

_FEEL_SHIFT = 0.15
"""A tempo that suits an occasion is moved by so much where "fast" or "slow" is said, too."""

_PHRASE_BARS, _SHORT_BARS, _MOST_FITTED = 4, 32, 0.25
"""A track of fewer bars takes a tempo, at most so far from its own, that fills whole phrases."""

_FADING = 0.75
"""Each further usual key of a genre is so much less likely."""


def choose_metre(
    intent: PromptIntent, grammar: GenreGrammar
) -> tuple[Metre, tuple[ReportedWords, ...]]:
    """Choose the metre: as asked, else the genre's; one that can't be played is reported."""
    if intent.metre is None:
        return grammar.metre, ()
    try:
        return read_metre(intent.metre), _contradicted(intent.metre, grammar)
    except InvalidInputError:
        what = f"a metre of {intent.metre}"
        return grammar.metre, (ReportedWords("not_granted", intent.metre, {"what": what}),)


def _contradicted(metre: str, grammar: GenreGrammar) -> tuple[ReportedWords, ...]:
    """Report a metre that is not that of a genre which lives by its own, such as a waltz."""
    if grammar.time_signature in (metre, COMMON_TIME):
        return ()
    values = {"other": grammar.full_name, "kept": metre}
    return (ReportedWords("contradiction", metre, values),)


def choose_bpm(
    intent: PromptIntent, grammar: GenreGrammar, library: LibrarySummary | None, metre: Metre
) -> tuple[float, str]:
    """Choose the tempo in BPM and say why: asked for, or the genre's, drawn to what the library
    has.

    metre: the track's. Where it counts dotted quarters and the genre's own does not, eighths keep
    the genre's pace, so that a straight loop need not be stretched
    """
    bpm, reason = _own_bpm(intent, grammar, library)
    fitted = _fitted_bpm(intent, bpm, metre)
    if fitted is not None:
        return fitted, f"tempo {fitted:g}: whole phrases fill the length as asked"
    if intent.bpm is not None or metre.quarters_per_beat == grammar.metre.quarters_per_beat:
        return bpm, reason
    turned = bpm * grammar.metre.quarters_per_beat / metre.quarters_per_beat
    turned = round(BPM.nearest(turned), 2)
    return turned, f"{reason}; in {metre} that is {turned:g}"


def _fitted_bpm(intent: PromptIntent, bpm: float, metre: Metre) -> float | None:
    """Choose a tempo at which whole phrases fill a short length; None where it is long or free."""
    seconds = None if intent.length is None else intent.length.seconds
    if not seconds or intent.bpm is not None or intent.tempo_feel:
        return None
    bars = seconds * bpm / (60.0 * metre.beats_per_bar)
    phrases = max(1, round(bars / _PHRASE_BARS))
    fitted = float(round(bpm * _PHRASE_BARS * phrases / bars))
    near = abs(fitted / bpm - 1.0) <= _MOST_FITTED
    return fitted if bars < _SHORT_BARS and near and fitted != bpm else None


def _own_bpm(
    intent: PromptIntent, grammar: GenreGrammar, library: LibrarySummary | None
) -> tuple[float, str]:
    """Choose the tempo in the beats of the genre's own metre."""
    if intent.bpm is not None and intent.bpm_range is None:
        return intent.bpm, "tempo as asked"
    open_genre = intent.genre is None or intent.suits_genre
    if intent.suggested_bpm is not None and open_genre and not intent.bpm_range:
        shifted = intent.suggested_bpm * (1.0 + _FEEL_SHIFT * intent.tempo_feel)
        suits = "the genre as named" if intent.suits_genre else intent.occasions[-1]
        return float(round(shifted)), f"tempo {round(shifted)}: suits {suits}"
    low, high = intent.bpm_range or (grammar.tempo_low, grammar.tempo_high)
    aim = intent.bpm if intent.bpm is not None else _aim(intent, grammar)
    tempos = library.tempos(low, high) if library is not None else {}
    if tempos:
        width = max((high - low) / 3.0, 1.0)
        best = max(
            sorted(tempos),
            key=lambda bpm: math.sqrt(tempos[bpm]) * math.exp(-(((bpm - aim) / width) ** 2)),
        )
        return best, f"tempo {best:g}: the library has {tempos[best]:g} loops near it"
    return float(round(aim)), f"tempo {round(aim)}: usual for {grammar.title.lower()}"


def choose_key(
    intent: PromptIntent,
    grammar: GenreGrammar,
    *,
    bpm: float,
    library: LibrarySummary | None,
    rng: random.Random,
) -> tuple[str, str]:
    """Choose the key and say why: asked for, or a usual one of the genre that the library can
    play.
    """
    if intent.key is not None:
        return parse_key(intent.key), "key as asked"
    minor = _mode(intent, grammar)
    if intent.pitch is not None and not (intent.genre or intent.moods or intent.minor is not None):
        minor = False  # "in D" alone is D major
    if intent.pitch is not None:
        key = key_name(intent.pitch, minor=minor)
        return key, f"key {key}: tonic as asked, {'minor' if minor else 'major'} by mood"
    usual = [_in_mode(key, minor=minor) for key in grammar.keys]
    weights = {key: _FADING**position for position, key in reversed(list(enumerate(usual)))}
    supported = _supported(weights, library, bpm=bpm, minor=minor)
    if supported:
        best = max(supported.values())
        near = sorted(key for key, weight in supported.items() if weight >= 0.9 * best)
        key = rng.choice(near)
        return key, f"key {key}: most of the library's loops fit it"
    key = rng.choices(list(weights), list(weights.values()))[0]
    return key, f"key {key}: usual for {grammar.title.lower()}"


def _supported(
    weights: dict[str, float], library: LibrarySummary | None, *, bpm: float, minor: bool
) -> dict[str, float]:
    """Keys by how much of the library fits them, the genre's usual ones preferred a little."""
    if library is None or not library.keys:
        return {}
    options = {*weights, *(_in_mode(key, minor=minor) for key in library.keys)}
    scores = {
        key: library.key_support(key, bpm) * (1.0 + 0.15 * weights.get(key, 0.0)) for key in options
    }
    return scores if max(scores.values()) > 0.0 else {}


def _aim(intent: PromptIntent, grammar: GenreGrammar) -> float:
    """Move the usual tempo by words for slow and fast, else by the moods."""
    moods = vocabulary().mood_suggestions
    shift = sum(float(moods.get(mood, {}).get("pace", 0.0)) for mood in intent.moods)
    if intent.tempo_feel:
        shift = 0.85 * intent.tempo_feel
    shift = max(-0.9, min(0.9, shift))
    end = grammar.tempo_high if shift > 0 else grammar.tempo_low
    return grammar.usual_bpm + abs(shift) * (end - grammar.usual_bpm)


def _mode(intent: PromptIntent, grammar: GenreGrammar) -> bool:
    """Choose minor or major: as asked, else by the moods, else as the genre's first key."""
    if intent.minor is not None:
        return intent.minor
    if {"I", "i"} & set(intent.progression):
        return "i" in intent.progression
    moods = vocabulary().mood_suggestions
    leanings = [moods.get(mood, {}).get("tonality") for mood in intent.moods]
    bright, dark = leanings.count("major"), leanings.count("minor")
    if bright != dark and (dark or "happy" in intent.moods or not is_minor(grammar.keys[0])):
        return dark > bright
    return is_minor(grammar.keys[0])


def _in_mode(key: str, *, minor: bool) -> str:
    """Return the key itself, or its relative where the other mode is asked for."""
    plain = key_name(pitch_class(key), minor=is_minor(key))
    return plain if is_minor(plain) == minor else relative_key(plain)
