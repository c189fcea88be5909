"""Understanding a prompt: a sentence in English, German or Russian becomes an intent."""

from dataclasses import replace

from src.core.errors import InvalidInputError
from src.music.model.accounts import ReportedWords, UnderstoodWords
from src.music.model.plan import MAX_TEXT
from src.music.prompt.changes import Changes, take_changes
from src.music.prompt.contents import PromptContents
from src.music.prompt.contents_to_intent import intent_of, with_contradictions, with_harmony
from src.music.prompt.harmony import take_harmony
from src.music.prompt.intent import PromptIntent
from src.music.prompt.items import items_of
from src.music.prompt.key import KeyRequest, take_key
from src.music.prompt.length import Length, LengthRequests, take_lengths
from src.music.prompt.lexicon import prompt_lexicon
from src.music.prompt.names import take_names, take_quotes
from src.music.prompt.reading import PromptReader
from src.music.prompt.tempo import TempoRequest, take_tempo
from src.music.prompt.text import Sentence
from src.music.prompt.timing.clause_reading import (
    ClauseReader,
    with_own_genres,
    with_timeline,
)
from src.music.prompt.timing.endings import take_ending
from src.music.prompt.timing.form_words import take_form
from src.music.theory.keys import key_name
from src.words.dictionary import is_ordinary
from src.words.spelling import words_of

USUAL_BPM = 120.0
"""At which lengths in the same unit are compared; it does not matter which."""

SLOWEST_USUAL, FASTEST_USUAL = 50.0, 200.0
"""Between these tempos bars and seconds are compared where none is named."""

SAME_LENGTH = 0.05
"""Lengths of a track that differ by less are one."""


def understand_prompt(prompt: str) -> PromptIntent:
    """Read what a prompt asks for; what it does not say stays None or empty.

    Raises InvalidInputError for an empty prompt, one of more than plan.MAX_TEXT characters, and
    for a tempo or length that cannot be.
    """
    if not prompt.strip():
        raise InvalidInputError("prompt must say something, got an empty text")
    if len(prompt) > MAX_TEXT:
        raise InvalidInputError(
            f"prompt must have at most {MAX_TEXT} characters, got {len(prompt)}"
        )
    sentence = Sentence(prompt)
    lyrics = take_quotes(sentence)
    names = take_names(sentence, prompt_lexicon(), is_ordinary)
    changes = take_changes(sentence)
    ending, form = take_ending(sentence), take_form(sentence)
    clauses = ClauseReader(sentence, form)
    harmony = take_harmony(sentence)
    key = take_key(sentence)
    lengths = take_lengths(sentence)
    tempo = take_tempo(sentence)
    timeline = clauses.read()
    found = read_clause(sentence)
    timeline = with_own_genres(timeline, found)
    for name, length in lengths.sections:
        found.set_length(_section_kind(name), length)
    for words in lyrics:
        found.report("lyrics", words)
    intent = with_harmony(intent_of(prompt, sentence.language, found, names), harmony)
    intent = with_timeline(intent, timeline, form, ending)
    intent = _with_changes(intent, changes)
    return with_contradictions(_with_numbers(intent, tempo, key, lengths), found)


def read_clause(clause: Sentence) -> PromptContents:
    """Read the words of one clause: its instruments, refusals, moods, in the order they are said.

    What was taken out of it before (numbers, keys, names) is not read.
    """
    return PromptReader(items_of(clause, prompt_lexicon()), language=clause.language).read()


def _with_changes(intent: PromptIntent, changes: Changes) -> PromptIntent:
    """Begin with the tempo and key that shall change later, and say that they won't."""
    key = take_key(Sentence(f"in {changes.start_key.capitalize()}")) if changes.start_key else None
    if key is not None:
        minor = intent.minor if key.minor is None else key.minor
        intent = replace(intent, key=key.key, pitch=key.pitch, minor=minor)
    return replace(
        intent,
        bpm=intent.bpm if changes.tempo is None else changes.tempo,
        understood=(
            *intent.understood,
            *(UnderstoodWords(words, "bpm", "unchanged") for words in changes.granted),
        ),
        reported=(*intent.reported, *changes.reports),
    )


def _with_numbers(
    intent: PromptIntent,
    tempo: TempoRequest | None,
    key: KeyRequest | None,
    lengths: LengthRequests,
) -> PromptIntent:
    """Add tempo, key and length, and say what could not be granted of them."""
    said = list(intent.understood)
    reports = list(intent.reported)
    if tempo is not None:
        said.append(UnderstoodWords(tempo.written, "bpm", f"{tempo.bpm:g}"))
        reports += _others("second_tempo", tempo.others, tempo.written)
        intent = replace(intent, bpm=tempo.bpm)
        if tempo.low != tempo.high:
            intent = replace(intent, bpm_range=(tempo.low, tempo.high))
    if key is not None:
        reports += _others("second_key", key.others, key.written)
        minor = intent.minor if key.minor is None else key.minor
        intent = replace(
            intent, key=key.key, pitch=key.pitch, minor=minor, scale=key.scale or intent.scale
        )
        name = key.key or key_name(key.pitch, minor=False)
        said.append(UnderstoodWords(key.written, "key", name))
    reports += [ReportedWords("position", passed) for passed in lengths.passed]
    reports += _other_lengths(lengths, intent.bpm)
    said += [UnderstoodWords(written, "structure", "length") for written in lengths.written]
    return replace(intent, length=lengths.track, understood=tuple(said), reported=tuple(reports))


def _other_lengths(lengths: LengthRequests, bpm: float | None) -> list[ReportedWords]:
    """Report lengths of the track that differ from the first by more than a twentieth."""
    if len(lengths.tracks) < 2:
        return []
    (kept, first), *others = lengths.tracks
    same_unit = all((length.bars is None) == (first.bars is None) for _, length in others)
    if bpm is None and not same_unit:
        return [
            ReportedWords("contradiction", words, {"other": kept, "kept": kept})
            for words, length in others
            if not _could_be_one(first, length)
        ]
    bars = first.in_bars(bpm or USUAL_BPM)
    return [
        ReportedWords("contradiction", words, {"other": kept, "kept": kept})
        for words, length in others
        if abs(length.in_bars(bpm or USUAL_BPM) / bars - 1.0) > SAME_LENGTH
    ]


def _could_be_one(first: Length, second: Length) -> bool:
    """Tell whether bars and seconds can be the same length at a usual tempo."""
    bars, seconds = (first.bars, second.seconds) if first.bars else (second.bars, first.seconds)
    if not bars or not seconds:
        return True
    return 240.0 * bars / FASTEST_USUAL <= seconds <= 240.0 * bars / SLOWEST_USUAL


def _others(code: str, others: tuple[str, ...], kept: str) -> list[ReportedWords]:
    return [ReportedWords(code, other, {"kept": kept}) for other in others]


def _section_kind(name: str) -> str:
    """Return the kind of section that a word of the prompt means."""
    found, _ = prompt_lexicon().find(words_of(name), 0)
    return found[0].entry.value if found else "groove"
