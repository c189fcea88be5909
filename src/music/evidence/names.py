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
from src.music.evidence.name_fields import NameField, name_fields, parted
from src.music.evidence.name_shapes import (
    is_label,
    tempo_range,
    with_letters,
    without_range,
    without_user,
)
from src.music.theory.keys import parse_key
from src.words.name_words import NameWords, singular
from src.words.spelling import plain
from src.words.vocabulary import vocabulary

SLOWEST_BPM, FASTEST_BPM = 40.0, 300.0
"""Tempos that a name may state with the word "bpm"."""

SLOWEST_BARE, FASTEST_BARE = 60.0, 210.0
"""Tempos that a bare number in a name may be."""

FOLDER_WEIGHT = 0.8
"""How much a folder's tempo or key counts beside a file's own."""

FOLDER_CATEGORY_WEIGHT = 0.6
"""How much a folder's category counts beside a file's own."""

DRUM_PARTS = frozenset({"kick", "snare", "clap", "hihat", "cymbal", "tom"})
"""Categories of the single parts of a drum kit."""

GENRE_NAMES = (
    (re.compile(r"(?<![A-Za-z])(?:d[\s'_-]?(?:n|&|and)[\s'_-]?b)(?![A-Za-z])", re.I), "dnb"),
    (re.compile(r"drum[\s'_-]*(?:n|&|and)[\s'_-]*bass", re.I), "dnb"),
)
"""Genres that read like instruments, and the one word to put in their place."""


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
    tempo_range: slowest and fastest tempo of file or folder, where a range is named
    categories: category -> weight in 0..1, from file and folders
    is_loop: of file or folder; tags: words of the house's tags, in order
    """

    bpm: NumberHint | None = None
    key: KeyHint | None = None
    kit_bpm: NumberHint | None = None
    kit_key: KeyHint | None = None
    tempo_range: tuple[float, float] | None = None
    categories: tuple[tuple[str, float], ...] = ()
    is_loop: LoopHint | None = None
    tags: tuple[str, ...] = ()

    @property
    def category(self) -> str | None:
        """The likeliest category, None where no word names one."""
        return self.categories[0][0] if self.categories else None


_BPM_FIRST = re.compile(r"(?<![A-Za-z])bpm[\s_\-=:]*(\d{2,3}(?:[.,]\d{1,3})?)(?!\d)", re.I)
_BPM_LAST = re.compile(r"(?<![\d.])(\d{2,3}(?:[.,]\d{1,3})?)[\s_\-]*bpm(?![A-Za-z])", re.I)
_LOOP_GLUED = re.compile(r"(?:loop|break|beat|groove)s?(\d{2,3})(?!\d)", re.I)
_SIGN_WORD = re.compile(r"(?<![A-Za-z])([A-Ga-g])[\s_-]*(sharp|flat)(?![a-z])", re.I)
_S_SHARP = re.compile(r"^([ACDFG])s(?=[0-8]$|m$|min|maj)")
_LONG_MODE = r"(?i:min|minor|maj|major|moll|dur)"
_KEY_WORD = re.compile(rf"^([A-G])([#b♯♭]?)(m|M|{_LONG_MODE})?$")
_KEY_LOWER = re.compile(rf"^([a-g])([#b♯♭]?){_LONG_MODE}$|^([a-g])([#b♯♭])m$")
_KEY_CAPITALS = re.compile(r"^([A-G])(B)(MIN|MINOR|MAJ|MAJOR|M)$")
_CHORD = re.compile(
    r"^([A-Ga-g])([#b]?)(m|M|(?i:min|maj))?(6|7|9|11|13|(?i:maj7|maj9|sus2|sus4|add9|dim|aug))$"
)
_OCTAVE_NOTE = re.compile(r"^([A-Ga-g])([#b]?)(-?[0-8])$")
_CAMELOT = re.compile(r"^(0?[1-9]|1[0-2])[AB]$")
Hint = TypeVar("Hint")
_MODE_WORDS = frozenset({"min", "minor", "maj", "major", "moll", "dur"})


def name_hints(relative_path: str, words: NameWords | None = None) -> NameHints:
    """Read a stem's path relative to the library, with "/" between folders.

    words: what words say of categories, loops and tags; None takes the vocabulary's
    """
    words = vocabulary().names if words is None else words
    path = PurePosixPath(relative_path.replace("\\", "/"))
    stem = without_user(path.stem if path.suffix else path.name)
    above = [part for part in reversed(path.parts[:-1]) if part not in ("/", "..")]
    folders = [without_user(part) for part in above]
    bpm, key = tempo_hint(stem), key_hint(stem)
    return NameHints(
        bpm=bpm,
        key=key,
        kit_bpm=_weaker(_first(tempo_hint(folder, folder=True) for folder in folders)),
        tempo_range=_first(tempo_range(name) for name in (stem, *folders)),
        kit_key=_weaker_key(_first(key_hint(folder, folder=True) for folder in folders)),
        categories=_categories(stem, folders, words),
        is_loop=_loop_hint(stem, folders, bpm, words),
        tags=_tags([stem, *folders[:2]], words),
    )


def tempo_hint(name: str, *, folder: bool = False) -> NumberHint | None:
    """Read the tempo that one name states, if any: "bpm" with a number, else a likely bare
    number.

    folder: whether it is a folder's name, where a number at the end rarely counts sounds
    """
    name = without_range(name)
    for pattern in (_BPM_LAST, _BPM_FIRST):
        for match in pattern.finditer(name):
            value = float(match[1].replace(",", "."))
            if SLOWEST_BPM <= value <= FASTEST_BPM:
                return NumberHint(value, 0.95, match[0].strip(" _-"))
    tokens = name_fields(name)
    hints = [_bare_tempo(tokens, position, folder=folder) for position in range(len(tokens))]
    glued = _LOOP_GLUED.search(name)
    if glued is not None and SLOWEST_BARE <= float(glued[1]) <= FASTEST_BARE:
        hints.append(NumberHint(float(glued[1]), 0.55 if len(glued[1]) == 3 else 0.3, glued[1]))
    return max((hint for hint in hints if hint), key=lambda hint: hint.weight, default=None)


def key_hint(name: str, *, folder: bool = False) -> KeyHint | None:
    """Read the key or root note that one name states, if any. Folders need a clear spelling."""
    lettered = with_letters(name)
    spelled = _SIGN_WORD.sub(lambda match: match[1] + "#b"[match[2].lower() == "flat"], lettered)
    tokens = name_fields(spelled)
    hints = [_key_at(tokens, position) for position in range(len(tokens))]
    least = 0.6 if folder else 0.0
    likely = [hint for hint in hints if hint and hint.weight >= least]
    return max(reversed(likely), key=lambda hint: hint.weight, default=None)


def _bare_tempo(tokens: Sequence[NameField], position: int, *, folder: bool) -> NumberHint | None:
    """Rate a number without "bpm" by its position and its neighbours."""
    token = tokens[position]
    if (
        not re.fullmatch(r"[1-9]\d{1,2}|0[1-9]\d", token.text)
        or "." in token.before
        or len(tokens) == 1
    ):
        return None
    value = float(token.text)
    if not SLOWEST_BARE <= value <= FASTEST_BARE:
        return None
    previous = tokens[position - 1].text.lower() if position else ""
    following = tokens[position + 1].text.lower() if position + 1 < len(tokens) else ""
    words = vocabulary().names
    next_key = _key_at(tokens, position + 1) if following else None
    keyed = next_key is not None and next_key.weight >= 0.6
    own_field = " - " in token.before
    counts = following in words.counted and token.after.isspace()
    labelled = position == 1 and token.after == "_" and is_label(tokens[0], number=int(value))
    after_key = position > 0 and _is_sure_key(tokens, position - 1)
    counted = previous in words.counters and not (keyed or own_field or labelled or after_key)
    if counts or following in words.measures or counted:
        return None
    weight = _place_weight(tokens, position, value, folder=folder)
    if keyed:
        weight = max(weight, 0.75)
    return NumberHint(value, weight + (0.1 if token.boxed and position else 0.0), token.text)


def _is_sure_key(tokens: Sequence[NameField], position: int) -> bool:
    """Tell whether a field is a key: "Fm" is, "FM" is a kind of synthesis."""
    hint = _key_at(tokens, position)
    return hint is not None and hint.weight >= 0.6


def _place_weight(
    tokens: Sequence[NameField], position: int, value: float, *, folder: bool
) -> float:
    """Weigh how far a bare number is a tempo, by where it stands.

    At the end of a file's name it counts sounds as often as not, the more so after a drum.
    """
    name = " ".join(token.text for token in tokens)
    words = vocabulary().names
    if position == 0:
        if name.startswith("0") and _said_loop(name, words) is not None:
            return 0.55
        return 0.3 if value >= 100 else 0.1
    if position < len(tokens) - 1:
        return 0.75
    if folder or _said_loop(name, words) is not None or key_hint(name) is not None:
        return 0.6 if value >= 100 else 0.4
    single = bool(DRUM_PARTS & _named_categories(name, words).keys())
    return (0.25 if single else 0.4) if value >= 100 else (0.1 if single else 0.2)


def _key_at(tokens: Sequence[NameField], position: int) -> KeyHint | None:
    token = tokens[position]
    if sharp := _S_SHARP.match(token.text):
        respelled = NameField(f"{sharp[1]}#{token.text[2:]}", token.before, token.after)
        tokens, token = [*tokens[:position], respelled, *tokens[position + 1 :]], respelled
    following = tokens[position + 1].text if position + 1 < len(tokens) else ""
    if following.lower() in _MODE_WORDS and re.fullmatch(
        r"[A-Ha-h][#b♯♭]?|[A-Ha-h](is|es)|[AEae]s", token.text
    ):
        return _hint(f"{token.text} {following}", 0.95)
    if _KEY_LOWER.match(token.text):
        return _hint(token.text, 0.85)
    if match := _KEY_CAPITALS.match(token.text):
        mode = match[3].lower()
        return _hint(f"{match[1]}b{mode}", 0.92, text_seen=token.text)
    if match := _KEY_WORD.match(token.text):
        return _named_key(tokens, position, sign=bool(match[2]), mode=match[3] or "")
    if match := _CHORD.match(token.text):
        minor = match[3] == "m" or (match[3] or "").lower() == "min" or match[4].lower() == "dim"
        return _hint(
            match[1].upper() + match[2] + ("m" if minor else ""), 0.6, text_seen=token.text
        )
    if match := _OCTAVE_NOTE.match(token.text):
        weight = 0.7 if match[2] else 0.55
        return _hint(match[1].upper() + match[2], weight, mode_known=False, text_seen=token.text)
    if _CAMELOT.match(token.text):
        return _hint(token.text, 0.6 if token.boxed or not following else 0.4)
    if re.fullmatch(r"[a-g]", token.text) and position and not following and "_" in token.before:
        return _hint(token.text, 0.4, mode_known=False)
    return None


def _named_key(
    tokens: Sequence[NameField], position: int, *, sign: bool, mode: str
) -> KeyHint | None:
    """Read a token such as "Am", "F#min", "Bb" or "G", judged by its neighbours."""
    token, last = tokens[position], position == len(tokens) - 1
    following = "" if last else tokens[position + 1].text.lower()
    words = vocabulary().names
    if following in (words.sentence if mode else words.keyless) and not (sign and mode):
        return None
    if mode == "M" and not sign:
        return _capital_m(tokens, position)
    if len(mode) > 1 or (sign and mode):
        return _hint(token.text, 0.92)
    if mode:
        set_apart = last or token.boxed or following[:1].isdigit()
        return _hint(token.text, 0.85 if set_apart else 0.35)
    if sign:
        return _hint(token.text, 0.75, mode_known=False)
    if len(tokens) == 1 or not last:
        near_tempo = position and following[:1].isdigit()
        return _hint(token.text, 0.6 if near_tempo else 0.15, mode_known=False)
    after_tempo = position > 0 and tokens[position - 1].text.lower().removesuffix("bpm").isdigit()
    variant = token.text in "AB" and not after_tempo
    return _hint(token.text, 0.8 if after_tempo else 0.3 if variant else 0.55, mode_known=False)


def _capital_m(tokens: Sequence[NameField], position: int) -> KeyHint | None:
    """ "FM", "GM", "AM": words of synthesis; "CM", "DM": of labels, or a tonic behind a tempo."""
    last, word = position == len(tokens) - 1, tokens[position].text in ("FM", "GM", "AM")
    if (
        word
        or not last
        or position == 0
        or not tokens[position - 1].text.lower().removesuffix("bpm").isdigit()
    ):
        return None
    return _hint(tokens[position].text[0], 0.4, mode_known=False, text_seen=tokens[position].text)


def _hint(
    text: str, weight: float, *, mode_known: bool = True, text_seen: str | None = None
) -> KeyHint | None:
    try:
        value = parse_key(text)
    except InvalidInputError:
        return None
    return KeyHint(value, weight, text_seen or text, mode_known)


def _categories(
    stem: str, folders: Sequence[str], words: NameWords
) -> tuple[tuple[str, float], ...]:
    """Weights of the categories that the words name; the file's own count most."""
    weights = _named_categories(stem, words)
    factor = FOLDER_CATEGORY_WEIGHT
    for folder in folders[:3]:
        for category, weight in _named_categories(folder, words).items():
            # A folder "Drums" says little: it holds kicks and hats as well as loops.
            share = 0.4 if category == "drums" else 1.0
            weights[category] = max(weights.get(category, 0.0), weight * factor * share)
        factor *= 0.6
    return tuple(sorted(weights.items(), key=lambda item: -item[1]))


def _named_categories(name: str, words: NameWords) -> dict[str, float]:
    """Categories of a name's words. Of words of equal weight the last one counts most."""
    weights: dict[str, float] = {}
    phrases = _phrases(name)
    used: set[int] = set()
    for phrase, start, stop in phrases:
        if used & set(range(start, stop)):
            continue
        for category, known in words.categories.items():
            if phrase in known:
                weight = known[phrase] * (1.0 + 0.002 * start)
                weights[category] = max(weights.get(category, 0.0), min(0.98, weight))
                used |= set(range(start, stop))
    return _settled(weights, phrases, words)


def _settled(
    weights: dict[str, float], phrases: Sequence[tuple[str, int, int]], words: NameWords
) -> dict[str, float]:
    """Weigh the categories of one name against each other.

    A genre ("Ambient Drums") or "song" says less than an instrument; two parts of a kit
    together are a kit; "drum" beside one part ("Drum Kick") only says what kind of thing it is.
    """
    sure = {category for category, weight in weights.items() if weight >= 0.45}
    if "atmo" in sure and len(sure) > 1:
        known = words.categories["atmo"]
        atmo = max(known.get(word, 0.0) for word, _, _ in phrases if word not in words.genres)
        weights["atmo"] = min(weights["atmo"], max(atmo, 0.25))
    if weights.get("other", 0.0) < 0.85 and len(sure - {"other"}) > 0:
        weights.pop("other", None)
    parts = DRUM_PARTS & weights.keys()
    if len(parts) > 1 and {"kick"} < parts:
        weights["drums"] = 0.98
    elif weights.get("drums", 1.0) <= 0.55 and sure - {"drums", "atmo", "other"}:
        weights["drums"] *= 0.3
    return weights


def _phrases(name: str) -> list[tuple[str, int, int]]:
    """Words and joined runs of two or three words in lower case, the longest first.

    "Hi-Hat Loops" gives "hihatloop", "hihat", "hatloop", "hi", "hat", "loop" with places.
    """
    words = []
    for genre, word in GENRE_NAMES:
        name = genre.sub(word, name)
    for token in name_fields(parted(name)):
        word = plain(token.text)
        words.append(word.strip("0123456789!?'\"") or word)
    runs = []
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            joined = "".join(words[start : start + length])
            runs.append((singular(joined), start, start + length))
    return runs


def _loop_hint(
    stem: str, folders: Sequence[str], bpm: NumberHint | None, words: NameWords
) -> LoopHint | None:
    own = _said_loop(stem, words)
    if own is not None:
        return own
    if bpm is not None and bpm.weight >= 0.8:
        return LoopHint(True, 0.75, bpm.text)
    factor = 0.85
    for folder in folders[:2]:
        said = _said_loop(folder, words)
        if said is not None and said.text not in ("beat", "hit", "note", "single", "mix"):
            return LoopHint(said.value, said.weight * factor, said.text)
        factor *= 0.8
    return None


def _said_loop(name: str, words: NameWords) -> LoopHint | None:
    phrases = [phrase for phrase, _, _ in _phrases(name)]
    said = [LoopHint(True, words.loops[word], word) for word in phrases if word in words.loops]
    said += [LoopHint(False, words.shots[word], word) for word in phrases if word in words.shots]
    best = max(said, key=lambda hint: hint.weight, default=None)
    if (
        best is not None
        and best.text in words.genres
        and DRUM_PARTS & _named_categories(name, words).keys()
    ):
        return LoopHint(True, 0.5, best.text)  # "Breakbeat Kick": a genre, not a loop.
    return best


def _tags(names: Iterable[str], words: NameWords) -> tuple[str, ...]:
    phrases = [phrase for name in names for phrase, _, _ in _phrases(name)]
    return tuple(dict.fromkeys(words.tags[word] for word in phrases if word in words.tags))


def _first(hints: Iterable[Hint | None]) -> Hint | None:
    return next((hint for hint in hints if hint is not None), None)


def _weaker(hint: NumberHint | None) -> NumberHint | None:
    return hint and NumberHint(hint.value, hint.weight * FOLDER_WEIGHT, hint.text)


def _weaker_key(hint: KeyHint | None) -> KeyHint | None:
    return hint and KeyHint(hint.value, hint.weight * FOLDER_WEIGHT, hint.text, hint.mode_known)
