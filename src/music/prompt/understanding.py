"""Understanding a prompt: a sentence in English, German or Russian becomes an intent."""

from dataclasses import replace

from src.core.errors import InvalidInputError
from src.music.genre.genres import genre_grammar
from src.music.model.plan import MAX_TEXT, REFUSED
from src.music.prompt.changes import Changes, take_changes
from src.music.prompt.clause_reading import ClauseReader, with_own_genres
from src.music.prompt.contents import PromptContents
from src.music.prompt.endings import take_ending
from src.music.prompt.form_words import take_form
from src.music.prompt.intent import PromptIntent, SectionRequest
from src.music.prompt.items import items_of
from src.music.prompt.key import KeyRequest, take_key
from src.music.prompt.length import LengthRequests, take_lengths
from src.music.prompt.lexicon import prompt_lexicon
from src.music.prompt.reading import PromptReader
from src.music.prompt.tempo import TempoRequest, take_tempo
from src.music.prompt.text import Sentence
from src.words.spelling import words_of


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
    changes = take_changes(sentence)
    ending, form = take_ending(sentence), take_form(sentence)
    clauses = ClauseReader(sentence, form)
    key = take_key(sentence)
    lengths = take_lengths(sentence)
    tempo = take_tempo(sentence)
    timeline = clauses.read()
    found = PromptReader(items_of(sentence, prompt_lexicon())).read()
    timeline = with_own_genres(timeline, found)
    for name, length in lengths.sections:
        kind = _section_kind(name)
        found.set_length(kind, length)
    intent = _intent(prompt, sentence.language, found)
    intent = replace(intent, clauses=timeline.clauses, form=form, ending=ending)
    said = (*form.written, *timeline.understood, *(ending.written if ending else ()))
    intent = replace(intent, understood=(*intent.understood, *said))
    intent = _with_changes(intent, changes)
    return _with_numbers(intent, tempo, key, lengths)


def _intent(prompt: str, language: str, found: PromptContents) -> PromptIntent:
    genre, style = _genre(found)
    said = [*found.moods, *_moods_of_style(genre, style)]
    moods = [mood for mood in dict.fromkeys(said) if mood not in found.avoided_moods]
    requested = found.requested()
    return PromptIntent(
        prompt=prompt,
        language=language,
        tempo_feel=found.tempo_feel,
        half_time=found.half_time,
        minor=found.minor,
        genre=genre,
        style=style or _style_by_mood(genre, moods, found.refused_genres),
        refused_genres=tuple(dict.fromkeys(found.refused_genres)),
        moods=tuple(moods),
        avoided_moods=tuple(dict.fromkeys(found.avoided_moods)),
        requested=tuple(item for item in requested if item.gain_db >= 0),
        only_requested=found.only_requested,
        excluded=found.excluded(),
        excluded_words=found.refused_parts(),
        softer=tuple((item.category, item.gain_db) for item in requested if item.gain_db < 0),
        length_feel=found.length_feel,
        sections=_section_requests(found),
        fills=found.fills,
        understood=tuple(found.understood),
        unknown=tuple(dict.fromkeys(found.unknown)),
        notes=tuple(
            f"there is no grammar for {name!r} yet: the nearest one is used"
            for name in dict.fromkeys(found.foreign_genres)
        ),
    )


def _with_changes(intent: PromptIntent, changes: Changes) -> PromptIntent:
    """Begin with the tempo and key that shall change later, and say that they won't."""
    key = take_key(Sentence(f"in {changes.start_key.capitalize()}")) if changes.start_key else None
    if key is not None:
        minor = intent.minor if key.minor is None else key.minor
        intent = replace(intent, key=key.key, pitch=key.pitch, minor=minor)
    return replace(
        intent,
        bpm=changes.tempo,
        understood=(*intent.understood, *changes.written),
        notes=(*intent.notes, *changes.notes),
    )


def _with_numbers(
    intent: PromptIntent,
    tempo: TempoRequest | None,
    key: KeyRequest | None,
    lengths: LengthRequests,
) -> PromptIntent:
    """Add tempo, key and length, and say what could not be granted of them."""
    notes = list(intent.notes)
    understood = list(intent.understood)
    if tempo is not None:
        understood.append(tempo.written)
        notes += [
            f"{REFUSED}{other!r}: a track keeps one tempo, here {tempo.written!r}"
            for other in tempo.others
        ]
        intent = replace(intent, bpm=tempo.bpm)
        if tempo.low != tempo.high:
            intent = replace(intent, bpm_range=(tempo.low, tempo.high))
    if key is not None:
        understood.append(key.written)
        notes += [
            f"{REFUSED}{other!r}: a track keeps one key, here {key.written!r}"
            for other in key.others
        ]
        minor = intent.minor if key.minor is None else key.minor
        intent = replace(intent, key=key.key, pitch=key.pitch, minor=minor)
    notes += [f"places in time are not settable yet: {passed!r}" for passed in lengths.passed]
    return replace(
        intent,
        length=lengths.track,
        understood=(*understood, *lengths.written),
        notes=tuple(notes),
    )


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


def _section_kind(name: str) -> str:
    """Return the kind of section that a word of the prompt means."""
    found, _ = prompt_lexicon().find(words_of(name), 0)
    return found[0].entry.value if found else "groove"
