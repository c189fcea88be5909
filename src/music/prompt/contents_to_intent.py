"""From what was found in a prompt to its intent, and what contradicts itself in it."""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from src.music.genre.genres import genre_grammar
from src.music.genre.grammar_files import GENRES
from src.music.model.accounts import ReportedWords, UnderstoodWords
from src.music.model.part_request import PartRequest
from src.music.prompt.contents import GROUPS, PromptContents
from src.music.prompt.harmony import HarmonyRequest
from src.music.prompt.intent import PromptIntent, SectionRequest

OPPOSITE_MOODS = (
    {"happy", "sad"}, {"dark", "bright"}, {"calm", "aggressive"}, {"soft", "hard"},
    {"warm", "cold"}, {"clean", "distorted"}, {"minimal", "epic"}, {"calm", "energetic"},
    {"happy", "melancholic"}, {"soft", "aggressive"}, {"dry", "reverberant"},
)  # fmt: skip
"""Pairs of moods that a track can hardly have both; it is aimed at both, and reported."""

_SAME_TEMPO = 0.25
_SLOWEST_FAST, _FASTEST_SLOW = 90.0, 140.0


def intent_of(
    prompt: str, language: str, found: PromptContents, names: tuple[str, ...]
) -> PromptIntent:
    """Make the intent of what was found in a prompt; names: of artists and songs, that say nothing.

    The last word on an instrument counts; occasions suggest what the prompt leaves open.
    """
    genre, style = _genre(found)
    moods = _moods(found, genre, style)
    requested = found.requested()
    suggested = dict(ChainMap(*map(dict, found.suggestions)))
    return PromptIntent(
        prompt=prompt,
        language=language,
        bpm=found.tempo_word,
        **_as_found(found),
        minor=found.scale_minor if found.minor is None else found.minor,
        genre=genre,
        style=style or _style_by_mood(genre, moods, found.refused_genres),
        refused_genres=tuple(dict.fromkeys(found.refused_genres)),
        occasions=tuple(dict.fromkeys(found.occasions)),
        suggested_bpm=found.genre_bpm or suggested.get("bpm"),
        suits_genre=found.genre_bpm is not None,
        suggested_genre=_existing(suggested.get("genre")),
        moods=tuple(moods),
        avoided_moods=tuple(dict.fromkeys(found.avoided_moods)),
        requested=tuple(item for item in requested if item.gain_db >= 0),
        only_requested=found.only_requested,
        excluded=_with_unsuited(found, suggested),
        excluded_words=found.refused_parts(),
        softer=tuple((item.category, item.gain_db) for item in requested if item.gain_db < 0),
        patterns=_patterns(found, requested),
        length_feel=found.length_feel,
        sections=_section_requests(found),
        fills=found.fills,
        understood=tuple(found.understood),
        reported=_reports(found, names, f"{style} {genre}".strip()),
        unknown=tuple(dict.fromkeys(found.unknown)),
    )


def _as_found(found: PromptContents) -> dict[str, Any]:
    """Give the fields of an intent that are just what was found."""
    names = ("tempo_feel", "feel", "swing", "metre", "scale", "progression")
    return {name: getattr(found, name) for name in names}


def _reports(found: PromptContents, names: tuple[str, ...], kept: str) -> tuple[ReportedWords, ...]:
    """List what has no effect: reports so far, genres that play as another, names, unknown words.

    kept: the genre that plays
    """
    foreign = dict.fromkeys(found.foreign_genres)
    return (
        *found.reported,
        *(ReportedWords("nearest_genre", name, {"kept": kept}) for name in foreign),
        *(ReportedWords("unknown_name", name) for name in names),
        *(ReportedWords("not_understood", words) for words in dict.fromkeys(found.unknown)),
    )


def _moods(found: PromptContents, genre: str | None, style: str) -> list[str]:
    """List the moods that are named, those of the style, then those that come with others."""
    said = [*found.moods, *_moods_of_style(genre, style), *found.implied_moods]
    return [mood for mood in dict.fromkeys(said) if mood not in found.avoided_moods]


def _with_unsuited(found: PromptContents, suggested: Mapping[str, Any]) -> tuple[str, ...]:
    """List refused categories, and one that does not suit the occasion unless it is requested."""
    excluded = found.excluded()
    unsuited = suggested.get("refuses")
    if not unsuited or unsuited in {thing.request.category for thing in found.things}:
        return excluded
    return tuple(dict.fromkeys((*excluded, *GROUPS.get(unsuited, (unsuited,)))))


def _patterns(found: PromptContents, requested: tuple[PartRequest, ...]) -> dict[str, str]:
    """Give a rhythm that names no player to the instrument it was said of."""
    patterns = dict(found.patterns)
    if found.rhythm and not patterns:
        players = [item.category for item in requested] or ["hihat"]
        patterns[players[0]] = found.rhythm
    return patterns


def _existing(genre: str | None) -> str | None:
    """Return a genre, or genre/style, that has a grammar; None for another."""
    name, _, style = (genre or "").partition("/")
    if name not in GENRES:
        return None
    known = not style or any(own.name == style for own in genre_grammar(name).styles)
    return genre if known else name


def with_harmony(intent: PromptIntent, harmony: HarmonyRequest) -> PromptIntent:
    """Add metre, swing and chords, which say the key where none is named."""
    own = [UnderstoodWords(*taken) for taken in harmony.taken]
    return replace(
        intent,
        metre=harmony.metre or intent.metre,
        swing=intent.swing if harmony.swing is None else harmony.swing,
        chords=harmony.chords,
        progression=harmony.progression or intent.progression,
        key=harmony.key or intent.key,
        understood=(*intent.understood, *own),
    )


def with_contradictions(intent: PromptIntent, found: PromptContents) -> PromptIntent:
    """Report what contradicts itself, and what was decided."""
    reports = [*_opposite_moods(found), *_both_requested_and_refused(found)]
    reports += [*_genres(found, intent), *_tempo_word(found, intent), *_voices(found)]
    slow_and_fast = intent.bpm is not None and (
        (intent.tempo_feel > 0 and intent.bpm < _SLOWEST_FAST)
        or (intent.tempo_feel < 0 and intent.bpm > _FASTEST_SLOW)
    )
    if slow_and_fast:
        word = "fast" if intent.tempo_feel > 0 else "slow"
        tempo = f"{intent.bpm:g} BPM"
        reports.append(ReportedWords("contradiction", word, {"other": tempo, "kept": tempo}))
    return replace(intent, reported=(*intent.reported, *reports))


def _opposite_moods(found: PromptContents) -> list[ReportedWords]:
    said = {entry.value.split(", ")[0]: entry.words for entry in found.understood}
    moods = list(dict.fromkeys(found.moods))
    return [
        ReportedWords("both_moods", said.get(mood, mood), {"other": said.get(other, other)})
        for number, mood in enumerate(moods)
        for other in moods[:number]
        if {mood, other} in OPPOSITE_MOODS
    ]


def _both_requested_and_refused(found: PromptContents) -> list[ReportedWords]:
    """Return what is asked for and refused by the same name, for the whole track: the last word
    counts.
    """
    beside = [thing for thing in found.things if thing.request.category != "vocal"]
    if found.unaccompanied and beside and not beside[0].refused:
        values = {"other": beside[0].words, "kept": beside[0].words}
        return [ReportedWords("contradiction", found.unaccompanied, values)]
    last = {thing.request.name: thing for thing in found.things if not thing.section}
    return [
        ReportedWords(
            "contradiction",
            thing.words,
            {
                "other": f"{'no ' if later.refused else ''}{later.words}",
                "kept": f"{'no ' if later.refused else ''}{later.words}",
            },
        )
        for thing in found.things
        if not thing.section and (later := last[thing.request.name]).refused != thing.refused
    ]


def _tempo_word(found: PromptContents, intent: PromptIntent) -> list[ReportedWords]:
    """Report a tempo word that a tempo in figures contradicts: the figures hold."""
    word, bpm = found.tempo_word, intent.bpm
    if word is None or bpm is None or abs(bpm / word - 1.0) <= _SAME_TEMPO:
        return []
    words = next(one.words for one in found.understood if one.value.endswith(f", {word:g}"))
    tempo = f"{bpm:g} BPM"
    return [ReportedWords("contradiction", words, {"other": tempo, "kept": tempo})]


def _voices(found: PromptContents) -> list[ReportedWords]:
    """Report "instrumental ... with a female vocal": voices that are refused and asked for."""
    voices = [t for t in found.things if t.request.category == "vocal" and not t.section]
    refused = [thing for thing in voices if thing.refused and thing.request.name == "vocal"]
    asked = [thing for thing in voices if not thing.refused and not thing.part]
    if not refused or not asked or asked[0].request.name == "vocal":
        return []
    values = {"other": asked[-1].words, "kept": asked[-1].words}
    return [ReportedWords("contradiction", refused[0].words, values)]


def _genres(found: PromptContents, intent: PromptIntent) -> list[ReportedWords]:
    """Further genres besides the one that is played."""
    kept = f"{intent.style} {intent.genre}".strip()
    others = [g for g, _ in found.genres if g != intent.genre and g not in found.refused_genres]
    said = {one.value: one.words for one in found.understood if one.field == "genre"}
    return [
        ReportedWords("second_genre", _as_said(other, said), {"kept": kept})
        for other in dict.fromkeys(others)
    ]


def _as_said(genre: str, said: Mapping[str, str]) -> str:
    """Find the words by which a genre, or a style of it, was named."""
    return next((words for value, words in said.items() if value.endswith(genre)), genre)


def _genre(found: PromptContents) -> tuple[str | None, str]:
    """Choose the first genre named for itself, else the first that only describes an instrument."""
    refused = set(found.refused_genres)
    named = [pair for pair in (found.genres or found.asides) if pair[0] not in refused]
    if not named:
        return None, ""
    genre = named[0][0]
    style = next((style for name, style in named if name == genre and style), "")
    return genre, "" if f"{genre}/{style}" in refused else style


def _style_by_mood(genre: str | None, moods: list[str], refused: list[str]) -> str:
    """Find the style whose word is among the moods: industrial ... techno."""
    if genre is None:
        return ""
    for mood in moods:
        for style in genre_grammar(genre).styles:
            if mood in style.moods and f"{genre}/{style.name}" not in refused:
                return style.name
    return ""


def _moods_of_style(genre: str | None, style: str) -> tuple[str, ...]:
    """Naming a style names its moods: "acid techno" is acid."""
    if genre is None or not style:
        return ()
    styled = genre_grammar(genre, style)
    words = next(item.moods for item in styled.styles if item.name == style)
    return tuple(mood for mood in words if mood in styled.moods)


def _section_requests(found: PromptContents) -> tuple[SectionRequest, ...]:
    sections = dict.fromkeys([*found.sections, *(t.section for t in found.things if t.section)])
    return tuple(
        replace(
            found.request(section),
            requested=found.requested(section),
            excluded=found.excluded(section),
        )
        for section in sections
    )
