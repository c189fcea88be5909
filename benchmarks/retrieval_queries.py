"""Queries with known answers, built from labels: kinds, instruments, adjectives, kits.

A query is what somebody would type, in English, German or Russian; its answers are the files
whose label says so. Files that a label leaves open are not judged.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.labels import ANY_TONAL, Label

LANGUAGES = ("en", "de", "ru")
FEWEST = 3
"""Queries with fewer right answers are left out: they say little."""

CATEGORY_WORDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "kick": (("kick", "bass drum"), ("Kick", "Bassdrum"), ("кик", "бочка")),
    "snare": (("snare", "snare drum"), ("Snare", "kleine Trommel"), ("снейр", "малый барабан")),
    "clap": (("clap", "hand clap"), ("Clap", "Klatschen"), ("клэп", "хлопок")),
    "hihat": (("hi-hat", "hats"), ("Hi-Hat", "HiHat"), ("хай-хэт", "хэт")),
    "cymbal": (("cymbal", "crash cymbal"), ("Becken", "Crashbecken"), ("тарелка", "крэш")),
    "tom": (("tom", "floor tom"), ("Tom", "Standtom"), ("том", "напольный том")),
    "percussion": (("percussion", "perc"), ("Perkussion", "Schlagwerk"),
                   ("перкуссия", "перкашн")),
    "drums": (("drum loop", "breakbeat"), ("Schlagzeug", "Drumbeat"),
              ("барабанный луп", "брейкбит")),
    "bass": (("bass", "bassline"), ("Bass", "Basslinie"), ("бас", "баслайн")),
    "lead": (("lead", "lead synth"), ("Lead", "Leadsynth"), ("лид", "соло")),
    "pad": (("pad", "synth pad"), ("Fläche", "Pad"), ("пэд", "подклад")),
    "keys": (("keys", "keyboard"), ("Tasteninstrument", "Keyboard"), ("клавишные", "клавиши")),
    "guitar": (("guitar",), ("Gitarre",), ("гитара",)),
    "strings": (("strings",), ("Streicher",), ("струнные",)),
    "brass": (("brass",), ("Blechbläser",), ("медные духовые",)),
    "vocal": (("vocal", "voice"), ("Gesang", "Stimme"), ("вокал", "голос")),
    "fx": (("fx", "sound effect"), ("Effekt", "Geräusch"), ("эффект", "звуковой эффект")),
    "atmo": (("atmosphere", "soundscape"), ("Atmosphäre", "Klanglandschaft"),
             ("атмосфера", "эмбиент")),
}  # fmt: skip
"""Category -> what it is called, by language."""

INSTRUMENT_WORDS: Mapping[str, tuple[str, str, str]] = {
    "piano": ("piano", "Klavier", "фортепиано"), "organ": ("organ", "Orgel", "орган"),
    "violin": ("violin", "Geige", "скрипка"), "trumpet": ("trumpet", "Trompete", "труба"),
    "ukulele": ("ukulele", "Ukulele", "укулеле"), "marimba": ("marimba", "Marimba", "маримба"),
    "crash": ("crash", "Crashbecken", "крэш"), "ride": ("ride", "Ridebecken", "райд"),
    "shaker": ("shaker", "Rassel", "шейкер"), "tabla": ("tabla", "Tabla", "табла"),
    "bell": ("bell", "Glocke", "колокол"), "chimes": ("chimes", "Windspiel", "перезвон"),
    "choir": ("choir", "Chor", "хор"), "rimshot": ("rimshot", "Rimshot", "римшот"),
    "vinyl": ("vinyl", "Schallplatte", "винил"), "door": ("door", "Tür", "дверь"),
    "phone": ("phone", "Telefon", "телефон"), "car": ("car", "Auto", "машина"),
    "fire": ("fire", "Feuer", "огонь"), "wind": ("wind", "Wind", "ветер"),
    "footstep": ("footstep", "Schritte", "шаги"), "robot": ("robot", "Roboter", "робот"),
}  # fmt: skip
"""A word of captions -> how it is asked for, in the order of LANGUAGES."""

ADJECTIVE_WORDS: Mapping[str, tuple[str, str, str]] = {
    "soft": ("soft", "weich", "мягкий"), "hard": ("hard", "hart", "жёсткий"),
    "distorted": ("distorted", "verzerrt", "искажённый"), "heavy": ("heavy", "schwer", "тяжёлый"),
    "long": ("long", "lang", "длинный"), "short": ("short", "kurz", "короткий"),
    "fat": ("fat", "fett", "жирный"), "noise": ("noisy", "rauschend", "шумный"),
    "acoustic": ("acoustic", "akustisch", "акустический"),
    "electronic": ("electronic", "elektronisch", "электронный"),
    "ambient": ("ambient", "atmosphärisch", "атмосферный"),
    "metal": ("metallic", "metallisch", "металлический"),
    "open": ("open", "offen", "открытый"), "closed": ("closed", "geschlossen", "закрытый"),
}  # fmt: skip
"""A word of captions -> the adjective in the order of LANGUAGES. With a kind where the corpus
has enough of both."""

_WITH_KIND = ("kick", "snare", "hihat", "bass", "guitar", "cymbal", "percussion", "fx", "tom")
_KIT_FORMS = ("samples of {}", "Klänge aus {}", "звуки из {}")


@dataclass(frozen=True)
class Note:
    """What else a row of labels.csv says. is_kit: whether its pack is one of several of its
    source, as construction kits are"""

    pack: str
    caption: str
    is_kit: bool


@dataclass(frozen=True)
class Query:
    """What is typed, and which labels answer it.

    judged: whether each label counts at all; right: whether it answers the query
    """

    family: str
    language: str
    text: str
    right: tuple[bool, ...]
    judged: tuple[bool, ...]


def queries_of(labels: Sequence[Label], notes: Sequence[Note]) -> list[Query]:
    """All queries with enough right answers. notes: in the order of the labels."""
    words = [frozenset(re.findall(r"[a-z]+", note.caption.lower())) for note in notes]
    found = [
        *_categories(labels),
        *_named("instrument", INSTRUMENT_WORDS, labels, words),
        *_named("adjective", ADJECTIVE_WORDS, labels, words),
        *_adjectives_with_kinds(labels, words),
        *_kits(notes),
    ]
    return [query for query in found if sum(query.right) >= FEWEST]


def notes_of(folder: Path, labels: Sequence[Label]) -> list[Note]:
    """Pack and caption of each label, from the folder's labels.csv."""
    with (folder / "labels.csv").open(newline="", encoding="utf-8-sig") as file:
        rows = {row.get("relpath", ""): row for row in csv.DictReader(file)}
    packs: dict[str, set[str]] = {}
    for row in rows.values():
        packs.setdefault(row.get("source", ""), set()).add(row.get("pack", ""))
    notes = []
    for label in labels:
        row = rows[label.relpath]
        pack = row.get("pack", "")
        several = len(packs[row.get("source", "")]) > 1
        notes.append(Note(pack, row.get("caption", ""), bool(pack) and several))
    return notes


def with_typo(text: str) -> str:
    """The text with two inner letters of its longest word swapped."""
    longest = max(text.split(), key=len)
    if len(longest) < 5:
        return text
    middle = len(longest) // 2
    swapped = longest[: middle - 1] + longest[middle] + longest[middle - 1] + longest[middle + 1 :]
    return text.replace(longest, swapped)


def _categories(labels: Sequence[Label]) -> Iterator[Query]:
    for category, by_language in CATEGORY_WORDS.items():
        right = tuple(label.right_categories == (category,) for label in labels)
        judged = tuple(_is_judged(label, category) for label in labels)
        for language, texts in zip(LANGUAGES, by_language, strict=True):
            for text in texts:
                yield Query("category", language, text, right, judged)
                if with_typo(text) != text:
                    yield Query("category, typo", language, with_typo(text), right, judged)


def _is_judged(label: Label, category: str) -> bool:
    """Chords and melodies of unknown instruments may be of any tonal kind."""
    return not (label.category in ANY_TONAL and category in label.right_categories)


def _named(
    family: str,
    requested: Mapping[str, tuple[str, str, str]],
    labels: Sequence[Label],
    words: Sequence[frozenset[str]],
) -> Iterator[Query]:
    judged = (True,) * len(labels)
    for word, texts in requested.items():
        right = tuple(word in said for said in words)
        for language, text in zip(LANGUAGES, texts, strict=True):
            yield Query(family, language, text, right, judged)


def _adjectives_with_kinds(
    labels: Sequence[Label], words: Sequence[frozenset[str]]
) -> Iterator[Query]:
    for word, adjectives in ADJECTIVE_WORDS.items():
        for category in _WITH_KIND:
            right = tuple(
                word in said and label.right_categories == (category,)
                for label, said in zip(labels, words, strict=True)
            )
            judged = tuple(_is_judged(label, category) for label in labels)
            for place, language in enumerate(LANGUAGES):
                kind = CATEGORY_WORDS[category][place][0]
                yield Query("adjective + kind", language, f"{adjectives[place]} {kind}", right,
                            judged)  # fmt: skip


def _kits(notes: Sequence[Note]) -> Iterator[Query]:
    """Packs of loops and one-shots that were made to sound together, by their names."""
    judged = (True,) * len(notes)
    for kit in sorted({note.pack for note in notes if note.is_kit}):
        right = tuple(note.pack == kit for note in notes)
        for language, form in zip(LANGUAGES, _KIT_FORMS, strict=True):
            yield Query("kit", language, form.format(kit), right, judged)
