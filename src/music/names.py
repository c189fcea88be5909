"""What the names of a file and its folders say: tempo, key, category, loop, tags.

Names are hints with weights, not truths. Splice writes
``[label]_[pack]_[BPM]_[role]_[name]_[Key]``; others write ``128bpm``, ``(120 BPM, C minor)``,
``F#min``, ``8A`` or ``Construction Kit 01 - 128 - Am``. Model numbers (808, 909, 303), years,
counters and track numbers are not tempos; "Am I" is not a key.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar

from src.core.errors import InvalidInputError
from src.music.keys import parse_key
from src.music.name_words import (
    CATEGORY_WORDS,
    COUNTED_WORDS,
    LOOP_WORDS,
    NOT_A_KEY_BEFORE,
    NOT_A_TEMPO_AFTER,
    NOT_A_TEMPO_BEFORE,
    ONE_SHOT_WORDS,
    TAG_WORDS,
)

SLOWEST_BPM, FASTEST_BPM = 40.0, 300.0
"""Tempos that a name may state with the word "bpm"."""

SLOWEST_BARE, FASTEST_BARE = 60.0, 210.0
"""Tempos that a bare number in a name may be."""

FOLDER_WEIGHT = 0.8
"""How much a folder's tempo or key counts beside a file's own."""

FOLDER_CATEGORY_WEIGHT = 0.6
"""How much a folder's category counts beside a file's own."""


@dataclass(frozen=True)
class NumberHint:
    """A number read from a name, how far to believe it (0..1), and the text it was read from."""

    value: float
    weight: float
    text: str


@dataclass(frozen=True)
class KeyHint:
    """A key read from a name. mode_known is False where only a note is named ("Bb", "c2")."""

    value: str
    weight: float
    text: str
    mode_known: bool = True


@dataclass(frozen=True)
class LoopHint:
    """Whether a name says loop (True) or one-shot (False)."""

    value: bool
    weight: float
    text: str


@dataclass(frozen=True)
class NameHints:
    """All that the names say. None and empty where they say nothing.

    bpm, key: of the file's own name; kit_bpm, kit_key: of its folders, nearest first
    categories: category -> weight in 0..1, from file and folders
    is_loop: of file or folder; tags: words of the house's tags, in order
    """

    bpm: NumberHint | None = None
    key: KeyHint | None = None
    kit_bpm: NumberHint | None = None
    kit_key: KeyHint | None = None
    categories: tuple[tuple[str, float], ...] = ()
    is_loop: LoopHint | None = None
    tags: tuple[str, ...] = ()

    @property
    def category(self) -> str | None:
        """The likeliest category, None where no word names one."""
        return self.categories[0][0] if self.categories else None


@dataclass(frozen=True)
class _Token:
    """A word of a name, with the separators around it ("" at the ends)."""

    text: str
    before: str
    after: str

    @property
    def boxed(self) -> bool:
        """Set apart by more than a space, as fields of a name are."""
        return bool(set(self.before + self.after) & set("_-()[]{},"))


_SEPARATORS = re.compile(r"([\s_\-–—()\[\]{},.;+&~]+)")
_BPM_FIRST = re.compile(r"(?<![A-Za-z])bpm[\s_\-=:]*(\d{2,3}(?:[.,]\d{1,3})?)(?!\d)", re.I)
_BPM_LAST = re.compile(r"(?<![\d.])(\d{2,3}(?:[.,]\d{1,3})?)[\s_\-]*bpm(?![A-Za-z])", re.I)
_KEY_WORD = re.compile(r"^([A-G])([#b♯♭]?)(m|min|minor|maj|major|moll|dur|M)?$")
_KEY_LOWER = re.compile(r"^([a-g])([#♯]?)(min|minor|maj|major|moll|dur)$|^([a-g])([#b♯♭])m$")
_CHORD = re.compile(
    r"^([A-Ga-g])([#b]?)(m|min|maj)?(6|7|9|11|13|maj7|maj9|sus2|sus4|add9|dim|aug)$"
)
_OCTAVE_NOTE = re.compile(r"^([A-Ga-g])([#b]?)(-?[0-8])$")
_CAMELOT = re.compile(r"^(0?[1-9]|1[0-2])[AB]$")
Hint = TypeVar("Hint")
_MODE_WORDS = frozenset({"min", "minor", "maj", "major", "moll", "dur"})


def name_hints(relative_path: str) -> NameHints:
    """Read a stem's path relative to the library, with "/" between folders."""
    path = PurePosixPath(relative_path.replace("\\", "/"))
    stem = path.stem if path.suffix else path.name
    folders = [part for part in reversed(path.parts[:-1]) if part not in ("/", "..")]
    bpm, key = tempo_hint(stem), key_hint(stem)
    return NameHints(
        bpm=bpm,
        key=key,
        kit_bpm=_weaker(_first(tempo_hint(folder) for folder in folders)),
        kit_key=_weaker_key(_first(key_hint(folder, folder=True) for folder in folders)),
        categories=_categories(stem, folders),
        is_loop=_loop_hint(stem, folders, bpm),
        tags=_tags([stem, *folders[:2]]),
    )


def tempo_hint(name: str) -> NumberHint | None:
    """The tempo that one name states, if any: "bpm" with a number, else a likely bare number."""
    for pattern in (_BPM_LAST, _BPM_FIRST):
        for match in pattern.finditer(name):
            value = float(match[1].replace(",", "."))
            if SLOWEST_BPM <= value <= FASTEST_BPM:
                return NumberHint(value, 0.95, match[0].strip(" _-"))
    tokens = _split(name)
    hints = [_bare_tempo(tokens, place) for place in range(len(tokens))]
    return max((hint for hint in hints if hint), key=lambda hint: hint.weight, default=None)


def key_hint(name: str, *, folder: bool = False) -> KeyHint | None:
    """The key or root note that one name states, if any. Folders need a clear spelling."""
    tokens = _split(name)
    hints = [_key_at(tokens, place) for place in range(len(tokens))]
    least = 0.6 if folder else 0.0
    likely = [hint for hint in hints if hint and hint.weight >= least]
    return max(reversed(likely), key=lambda hint: hint.weight, default=None)


def _split(name: str) -> list[_Token]:
    parts = _SEPARATORS.split(name)
    words = [
        (parts[i], parts[i - 1] if i else "", parts[i + 1 : i + 2]) for i in range(0, len(parts), 2)
    ]
    return [
        _Token(text, before, after[0] if after else "") for text, before, after in words if text
    ]


def _bare_tempo(tokens: Sequence[_Token], place: int) -> NumberHint | None:
    token = tokens[place]
    if not re.fullmatch(r"[1-9]\d{1,2}", token.text):
        return None
    value = float(token.text)
    previous = tokens[place - 1].text.lower() if place else ""
    following = tokens[place + 1].text.lower() if place + 1 < len(tokens) else ""
    if not SLOWEST_BARE <= value <= FASTEST_BARE or len(tokens) == 1:
        return None
    counts = following in COUNTED_WORDS and token.after.isspace()
    measures = following in NOT_A_TEMPO_BEFORE or previous in NOT_A_TEMPO_AFTER
    if counts or measures or "." in token.before:
        return None
    if place == 0:
        weight = 0.3 if value >= 100 else 0.1
    elif place == len(tokens) - 1:
        weight = 0.6 if value >= 100 else 0.4
    else:
        weight = 0.75
    return NumberHint(value, weight + (0.1 if token.boxed and place else 0.0), token.text)


def _key_at(tokens: Sequence[_Token], place: int) -> KeyHint | None:
    token = tokens[place]
    following = tokens[place + 1].text if place + 1 < len(tokens) else ""
    if following.lower() in _MODE_WORDS and re.fullmatch(
        r"[A-Ha-h][#b♯♭]?|[a-h](is|es)", token.text
    ):
        return _hint(f"{token.text} {following}", 0.95)
    if _KEY_LOWER.match(token.text):
        return _hint(token.text, 0.85)
    if match := _KEY_WORD.match(token.text):
        return _named_key(tokens, place, sign=bool(match[2]), mode=match[3] or "")
    if match := _CHORD.match(token.text):
        minor = match[3] in ("m", "min") or match[4] == "dim"
        return _hint(
            match[1].upper() + match[2] + ("m" if minor else ""), 0.6, text_seen=token.text
        )
    if match := _OCTAVE_NOTE.match(token.text):
        weight = 0.7 if match[2] else 0.55
        return _hint(match[1].upper() + match[2], weight, mode_known=False, text_seen=token.text)
    if _CAMELOT.match(token.text):
        return _hint(token.text, 0.6 if token.boxed or not following else 0.4)
    if re.fullmatch(r"[a-g]", token.text) and place and not following and "_" in token.before:
        return _hint(token.text, 0.4, mode_known=False)
    return None


def _named_key(tokens: Sequence[_Token], place: int, *, sign: bool, mode: str) -> KeyHint | None:
    """A token such as "Am", "F#min", "Bb" or "G", judged by its company."""
    token, last = tokens[place], place == len(tokens) - 1
    following = "" if last else tokens[place + 1].text.lower()
    if following in NOT_A_KEY_BEFORE and not (sign and mode):
        return None
    if len(mode) > 1 or (sign and mode):
        return _hint(token.text, 0.92)
    if mode:
        set_apart = last or token.boxed or following[:1].isdigit()
        return _hint(token.text, 0.85 if set_apart else 0.35)
    if sign:
        return _hint(token.text, 0.75, mode_known=False)
    if len(tokens) == 1 or not last:
        near_tempo = place and following[:1].isdigit()
        return _hint(token.text, 0.6 if near_tempo else 0.15, mode_known=False)
    after_tempo = place > 0 and tokens[place - 1].text.lower().removesuffix("bpm").isdigit()
    variant = token.text in "AB" and not after_tempo
    return _hint(token.text, 0.8 if after_tempo else 0.3 if variant else 0.55, mode_known=False)


def _hint(
    text: str, weight: float, *, mode_known: bool = True, text_seen: str | None = None
) -> KeyHint | None:
    try:
        value = parse_key(text)
    except InvalidInputError:
        return None
    return KeyHint(value, weight, text_seen or text, mode_known)


def _categories(stem: str, folders: Sequence[str]) -> tuple[tuple[str, float], ...]:
    """Weights of the categories that the words name; the file's own count most."""
    weights = _named_categories(stem)
    factor = FOLDER_CATEGORY_WEIGHT
    for folder in folders[:3]:
        for category, weight in _named_categories(folder).items():
            # A folder "Drums" says little: it holds kicks and hats as well as loops.
            share = 0.4 if category == "drums" else 1.0
            weights[category] = max(weights.get(category, 0.0), weight * factor * share)
        factor *= 0.6
    return tuple(sorted(weights.items(), key=lambda item: -item[1]))


def _named_categories(name: str) -> dict[str, float]:
    """Categories of a name's words. Of words of equal weight the last one counts most."""
    weights: dict[str, float] = {}
    words = _phrases(name)
    used: set[int] = set()
    for phrase, start, stop in words:
        if used & set(range(start, stop)):
            continue
        for category, vocabulary in CATEGORY_WORDS.items():
            if phrase in vocabulary:
                weight = vocabulary[phrase] * (1.0 + 0.002 * start)
                weights[category] = max(weights.get(category, 0.0), min(0.98, weight))
                used |= set(range(start, stop))
    if "drums" in weights and len(weights) > 1 and weights["drums"] <= 0.55:
        weights["drums"] *= 0.3
    return weights


def _phrases(name: str) -> list[tuple[str, int, int]]:
    """Words and joined runs of two or three words in lower case, the longest first.

    "Hi-Hat Loops" gives "hihatloop", "hihat", "hatloop", "hi", "hat", "loop" with places.
    """
    words = []
    for token in _split(re.sub(r"(?<=[a-zäöüß])(?=[A-Z])|(?<=[A-Za-zäöüß])(?=\d)", " ", name)):
        word = token.text.lower().strip("0123456789!?'\"")
        if word:
            words.append(word)
    runs = []
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            joined = "".join(words[start : start + length])
            runs.append((_singular(joined), start, start + length))
    return runs


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _loop_hint(stem: str, folders: Sequence[str], bpm: NumberHint | None) -> LoopHint | None:
    own = _said_loop(stem)
    if own is not None:
        return own
    if bpm is not None and bpm.weight >= 0.8:
        return LoopHint(True, 0.75, bpm.text)
    factor = 0.85
    for folder in folders[:2]:
        said = _said_loop(folder)
        if said is not None and said.text not in ("beat", "hit", "note", "single", "mix"):
            return LoopHint(said.value, said.weight * factor, said.text)
        factor *= 0.8
    return None


def _said_loop(name: str) -> LoopHint | None:
    words = [phrase for phrase, _, _ in _phrases(name)]
    said = [LoopHint(True, LOOP_WORDS[word], word) for word in words if word in LOOP_WORDS]
    said += [
        LoopHint(False, ONE_SHOT_WORDS[word], word) for word in words if word in ONE_SHOT_WORDS
    ]
    return max(said, key=lambda hint: hint.weight, default=None)


def _tags(names: Iterable[str]) -> tuple[str, ...]:
    words = [phrase for name in names for phrase, _, _ in _phrases(name)]
    return tuple(dict.fromkeys(TAG_WORDS[word] for word in words if word in TAG_WORDS))


def _first(hints: Iterable[Hint | None]) -> Hint | None:
    return next((hint for hint in hints if hint is not None), None)


def _weaker(hint: NumberHint | None) -> NumberHint | None:
    return hint and NumberHint(hint.value, hint.weight * FOLDER_WEIGHT, hint.text)


def _weaker_key(hint: KeyHint | None) -> KeyHint | None:
    return hint and KeyHint(hint.value, hint.weight * FOLDER_WEIGHT, hint.text, hint.mode_known)
