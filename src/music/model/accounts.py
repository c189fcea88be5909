"""What a plan says of the words it was made from: which it understood as what, which it could not.

Both are kept as codes with values, so that every surface can say them in its user's language; the
English sentence is ``report_text``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from src.core.errors import InvalidInputError

REPORT_TEXTS: Mapping[str, str] = {
    "not_understood": "'{words}' was not understood and has no effect",
    "unknown_name": "artists and songs are not known here, so '{words}' has no"
    " effect: describe what it sounds like instead",
    "no_such_sound": "'{words}' was not understood, and the library has nothing called so",
    "stand_in": "the library has nothing called '{words}': another sound of {category} plays",
    "not_granted": "'{words}' was understood, but {what} can't be played yet",
    "tempo_change": "a track keeps one tempo from start to end, so '{words}' is not played",
    "key_change": "a track keeps one key from start to end, so '{words}' is not played",
    "second_tempo": "'{words}' is a second tempo: {kept} is played",
    "second_key": "'{words}' is a second key: {kept} is played",
    "key_kept": "the library has too little that can be brought into {asked}: the track is in"
    " {kept}, the key of its loops",
    "second_genre": "'{words}' is a second genre: the track is {kept}",
    "nearest_genre": "there is no grammar for '{words}' yet: it is played as {kept}",
    "contradiction": "'{words}' contradicts '{other}': {kept} holds",
    "both_moods": "'{words}' and '{other}' are opposites: the track aims at both",
    "lyrics": "{words} can't be sung: voices of the library sing what they sing",
    "position": "'{words}' is a place in time that can't be set yet",
    "after_the_end": "'{words}' lies behind the end of the track at bar {bars}: it is left out",
    "one_tempo_grid": "'{words}': {genre} plays from bar {bar} to {last} in the tempo and key of"
    " the whole track",
    "other_bars": "section '{section}' has {got} bars instead of {asked}, since the track's length"
    " was asked for as well",
    "refilled": "section '{section}' would have been silent: {kept} plays in it",
    "left_out_section": "section '{section}' would have been silent: it is left out",
    "silence": "nothing plays for {beats} beats from bar {bar}",
    "length": "the track has {got} bars instead of {asked}",
    "missing": "{name} was asked for and does not play",
    "refused_present": "{name} was refused: it is taken out",
}
"""Code of a report -> its English sentence, with the values that it takes."""

DECIDED = frozenset({"refilled", "left_out_section", "refused_present", "one_tempo_grid"})
"""Codes that only tell what was decided; the others tell of something that is not as asked."""


@dataclass(frozen=True)
class UnderstoodWords:
    """Words of a prompt, the field of the plan that they made, and its value.

    field: such as "genre", "moods", "requested", "excluded", "bpm"; value: as text
    """

    words: str
    field: str
    value: str


@dataclass(frozen=True)
class ReportedWords:
    """Words of a prompt that are not played, and why.

    code: one of REPORT_TEXTS; values: what its sentence takes besides the words
    """

    code: str
    words: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RequestedSound:
    """An instrument that the prompt asks for by name.

    name: as the vocabulary has it; text: what the library is searched for
    gain_db: above 0 where more of it is asked for, below where less
    """

    name: str
    category: str
    text: str = ""
    gain_db: float = 0.0


def report_text(report: ReportedWords) -> str:
    """Say a report in English. A code of another version gives the words and the code."""
    text = REPORT_TEXTS.get(report.code)
    if text is None:
        return f"{report.words!r}: {report.code}"
    return text.format(words=report.words, **report.values)


def sound_to_dict(sound: RequestedSound) -> dict[str, Any]:
    """Write as plain JSON values."""
    return {
        "name": sound.name,
        "category": sound.category,
        "text": sound.text,
        "gain_db": sound.gain_db,
    }


def sounds_from_dict(data: Any) -> tuple[RequestedSound, ...]:
    """Read a plan's ``requested``. Raises InvalidInputError for anything but such a list."""
    for entry in data if isinstance(data, list | tuple) else [data]:
        named = isinstance(entry, Mapping) and all(
            isinstance(entry.get(name, ""), str) for name in ("name", "category", "text")
        )
        if not named or not isinstance(entry.get("gain_db", 0.0), int | float):
            raise InvalidInputError(
                "plan.requested must hold objects with name, category, text and gain_db,"
                f" got {entry!r}"
            )
    return tuple(
        RequestedSound(
            entry.get("name", ""),
            entry.get("category", ""),
            entry.get("text", ""),
            float(entry.get("gain_db", 0.0)),
        )
        for entry in data
    )


def understood_to_dict(understood: UnderstoodWords) -> dict[str, str]:
    """Write as plain JSON values."""
    return {"words": understood.words, "field": understood.field, "value": understood.value}


def report_to_dict(report: ReportedWords) -> dict[str, Any]:
    """Write as plain JSON values: code and words, and the other values beside them."""
    return {"code": report.code, "words": report.words, **report.values}


def understood_from_dict(data: Any) -> tuple[UnderstoodWords, ...]:
    """Read a plan's ``understood``. Raises InvalidInputError for anything but a list of texts."""
    return tuple(
        UnderstoodWords(entry["words"], entry["field"], entry["value"])
        for entry in _entries(data, "understood", ("words", "field", "value"))
    )


def reports_from_dict(data: Any) -> tuple[ReportedWords, ...]:
    """Read a plan's ``reported``. Raises InvalidInputError for anything but a list of texts."""
    return tuple(
        ReportedWords(
            entry["code"],
            entry["words"],
            {name: value for name, value in entry.items() if name not in ("code", "words")},
        )
        for entry in _entries(data, "reported", ("code", "words"))
    )


def _entries(data: Any, name: str, needed: Sequence[str]) -> list[Mapping[str, str]]:
    if not isinstance(data, list | tuple):
        raise InvalidInputError(f"plan.{name} must be a list, got {data!r}")
    for entry in data:
        texts = isinstance(entry, Mapping) and all(isinstance(v, str) for v in entry.values())
        if not texts or not set(needed) <= set(entry):
            raise InvalidInputError(
                f"plan.{name} must hold objects with the texts {', '.join(needed)}, got {entry!r}"
            )
    return list(data)
