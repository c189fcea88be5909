"""Whether a genre's file can be played: every value has a rule, every complaint names both.

What is checked here is what stands in one file. What only shows when a file is laid over the
default (a form that asks for a role nobody described) is checked where that is done.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NoReturn

from src.core.errors import InvalidInputError
from src.music.genre.harmony import CHORD_STYLES, read_chords
from src.music.genre.steps import read_steps
from src.music.model.plan import BPM, ENERGY, KEY, SECTION_BARS, SWING, SWING_NOTES
from src.music.model.plan_values import Range
from src.music.theory.library import CATEGORIES
from src.music.theory.metre import COMMON_TIME, Metre, read_metre
from src.music.theory.scales import SCALES

SECTION_KINDS = ("intro", "groove", "build", "drop", "break", "outro")
"""What a section is for. Grooves and drops are the main sections."""

Check = Callable[[Any, str], None]
"""Looks at a value; the second argument says where it stands."""

_CATEGORY_RULE = f"one of {', '.join(CATEGORIES)}"


def check_genre(data: Any, file: str, *, metre: str | None = COMMON_TIME) -> None:
    """Raise InvalidInputError that names file, field, value and rule for the first fault.

    metre: that of its patterns, as far as the caller can tell
    """
    if metre is not None:
        _time_signature(metre, f"{file}, time_signature")
    _Table(_fields(read_metre(metre or COMMON_TIME)))(data, file)
    for field in ("name", "title"):
        if field not in data:
            _refuse(f"{file}, {field}", "given", None)


def check_metre_file(data: Any, file: str, metre: Metre) -> None:
    """Raise InvalidInputError for the first fault of a file of patterns for a metre."""
    played = _played(metre)
    fields = {name: played[name] for name in ("patterns", "fills")}
    _Table(fields, tuple(fields))(data, file)


def _refuse(where: str, rule: str, value: Any) -> NoReturn:
    raise InvalidInputError(f"{where} must be {rule}, got {value!r}")


class _Number:
    """A number from low to high; whole where both are whole numbers of Python."""

    def __init__(self, low: float, high: float) -> None:
        self.low, self.high = low, high
        self.whole = isinstance(low, int) and isinstance(high, int)

    @classmethod
    def within(cls, allowed: Range[float]) -> "_Number":
        """Check a number that a plan may hold."""
        return cls(allowed.low, allowed.high)

    def __call__(self, value: Any, where: str) -> None:
        kind = "a whole number" if self.whole else "a number"
        fits = isinstance(value, int if self.whole else int | float)
        if not fits or isinstance(value, bool) or not self.low <= value <= self.high:
            _refuse(where, f"{kind} from {self.low:g} to {self.high:g}", value)


class _One:
    """One of a few words or numbers."""

    def __init__(self, *allowed: Any) -> None:
        self.allowed = allowed

    def __call__(self, value: Any, where: str) -> None:
        if value not in self.allowed or isinstance(value, bool):
            _refuse(where, f"one of {', '.join(str(one) for one in self.allowed)}", value)


class _List:
    """A list; ``least`` is its smallest length."""

    def __init__(self, item: Check, least: int = 0) -> None:
        self.item, self.least = item, least

    def __call__(self, value: Any, where: str) -> None:
        if not isinstance(value, list) or len(value) < self.least:
            rule = f"a list of at least {self.least}" if self.least else "a list"
            _refuse(where, rule, value)
        for number, item in enumerate(value, start=1):
            self.item(item, f"{where}[{number}]")


class _Table:
    """Known fields, each with its rule; ``needed`` may not be missing."""

    def __init__(self, fields: Mapping[str, Check], needed: tuple[str, ...] = ()) -> None:
        self.fields, self.needed = fields, needed

    def __call__(self, value: Any, where: str) -> None:
        if not isinstance(value, Mapping):
            _refuse(where, f"a table with {', '.join(self.fields)}", value)
        for field in self.needed:
            if field not in value:
                _refuse(f"{where}, {field}", "given", None)
        for field, inner in value.items():
            if field not in self.fields:
                _refuse(where, f"a table with {', '.join(self.fields)}", field)
            self.fields[field](inner, f"{where}, {field}")


class _NamedValues:
    """Names of the musician's own, or of categories, each with a value of one rule."""

    def __init__(self, inner: Check, *, categories: bool = False) -> None:
        self.inner, self.categories = inner, categories

    def __call__(self, value: Any, where: str) -> None:
        if not isinstance(value, Mapping):
            _refuse(where, "a table by name", value)
        for name, inner in value.items():
            if self.categories and name not in CATEGORIES:
                _refuse(where, f"by category ({_CATEGORY_RULE})", name)
            self.inner(inner, f"{where}, {name}")


def _text(value: Any, where: str) -> None:
    if not isinstance(value, str) or not value:
        _refuse(where, "a text", value)


def _flag(value: Any, where: str) -> None:
    if not isinstance(value, bool):
        _refuse(where, "true or false", value)


def _key(value: Any, where: str) -> None:
    if not isinstance(value, str) or not KEY.match(value):
        _refuse(where, "a key such as Am, C or F#m", value)


def _category(value: Any, where: str) -> None:
    if value not in CATEGORIES:
        _refuse(where, _CATEGORY_RULE, value)


def _bars(value: Any, where: str) -> None:
    _Number(4, SECTION_BARS.high)(value, where)
    if value % 4:
        _refuse(where, "a multiple of four", value)


class _Steps:
    """A row of cells that fits a metre."""

    def __init__(self, metre: Metre) -> None:
        self.metre = metre

    def __call__(self, value: Any, where: str) -> None:
        _text(value, where)
        try:
            read_steps(value, metre=self.metre)
        except InvalidInputError as error:
            raise InvalidInputError(f"{where}: {error.message}") from error


class _Style:
    """A style: it may be in another metre than its genre, and its patterns then are too."""

    def __init__(self, metre: Metre) -> None:
        self.metre = metre

    def __call__(self, value: Any, where: str) -> None:
        own = value.get("time_signature") if isinstance(value, Mapping) else None
        if own is not None:
            _time_signature(own, f"{where}, time_signature")
        _Table({**_played(self.metre if own is None else read_metre(own)), "when": _TEXTS})(
            value, where
        )


def _readable(read: Callable[[str], object]) -> Check:
    """Make a check of texts that a reader must understand."""

    def check(value: Any, where: str) -> None:
        _text(value, where)
        try:
            read(value)
        except InvalidInputError as error:
            raise InvalidInputError(f"{where}: {error.message}") from error

    return check


_time_signature, _chords = _readable(read_metre), _readable(read_chords)


def _tempo(value: Any, where: str) -> None:
    _Table(dict.fromkeys(("low", "usual", "high"), _BPM), ("low", "usual", "high"))(value, where)
    if not value["low"] <= value["usual"] <= value["high"]:
        _refuse(where, "low, usual and high in rising order", dict(value))


_BPM, _ENERGY = _Number.within(BPM), _Number.within(ENERGY)
_TEXTS, _CATEGORIES = _List(_text), _List(_category)
_ROLE = _Table({"category": _category, "tags": _TEXTS, "text": _text, "pattern": _text})
_SECTION = _Table(
    {
        "section": _text, "kind": _One(*SECTION_KINDS), "bars": _bars,
        "energy": _ENERGY, "roles": _TEXTS, "maybe": _TEXTS, "fill": _flag,
    },
    ("section", "kind", "bars", "energy", "roles"),
)  # fmt: skip
_FORM = _Table(
    {"name": _text, "weight": _Number(0.0, 100.0), "sections": _List(_SECTION, 1)},
    ("name", "sections"),
)
_TAPE_STOP = _Table(
    {"into": _List(_One(*SECTION_KINDS), 1), "beats": _Number(1.0, 8.0),
     "chance": _Number(0.0, 1.0)},
    ("into", "beats", "chance"),
)  # fmt: skip
_PHRASING = _Table(
    {
        "bars": _One(4, 8, 16), "enters": _CATEGORIES, "rests": _CATEGORIES,
        "rolls": _CATEGORIES, "gap_beats": _Number(0.0, 8.0), "tape_stop": _TAPE_STOP,
    }
)  # fmt: skip
_ANSWER = _Table(
    {"in": _List(_One(*SECTION_KINDS), 1), "bars": _One(1, 2, 4, 8),
     "chance": _Number(0.0, 1.0)},
    ("in", "bars"),
)  # fmt: skip
_EFFECTS = _Table(dict.fromkeys(("sweeps", "throws", "echo", "stutters"), _flag))
_SWAY = _Table({"width": _Number(0.0, 1.0), "bars": _Number(1, 64)}, ("width", "bars"))
_PROGRESSION = _Table(
    {"chords": _chords, "bars": _Number(0.25, 8.0), "weight": _Number(0.0, 100.0),
     "in": _List(_One(*SECTION_KINDS), 1)},
    ("chords",),
)  # fmt: skip
_HARMONY = _Table(
    {
        "chords": _One(*CHORD_STYLES), "minor": _List(_PROGRESSION, 1),
        "major": _List(_PROGRESSION, 1), "cadence": _Table({"minor": _chords, "major": _chords}),
    }
)  # fmt: skip
_SCALE = _One(*SCALES)


@cache
def _played(metre: Metre) -> dict[str, Check]:
    """Rules of what a genre or a style says; patterns are in the metre."""
    steps = _Steps(metre)
    pattern = _Table(
        {
            "name": _text, "steps": steps, "from": _ENERGY, "bars": _Number(1, 64),
            "degrees": _List(_Number(-14, 22), 1), "by_name": _flag,
        },
        ("name", "steps"),
    )  # fmt: skip
    return {
        "tempo": _tempo,
        "keys": _List(_key, 1),
        "time_signature": _time_signature,
        "swing": _Number.within(SWING),
        "swing_note": _One(*SWING_NOTES),
        "length_s": _Number(30.0, 1200.0),
        "section_bars": _One(8, 12, 16, 24, 32),
        "moods": _TEXTS,
        "scales": _Table({"minor": _SCALE, "major": _SCALE}),
        "roles": _NamedValues(_ROLE),
        "forms": _List(_FORM, 1),
        "mix": _NamedValues(_Number(-40.0, 6.0), categories=True),
        "duck": _NamedValues(_Number(0.0, 24.0), categories=True),
        "reverb": _NamedValues(_Number(-60.0, 0.0), categories=True),
        "pan": _NamedValues(_SWAY, categories=True),
        "effects": _EFFECTS,
        "answers": _NamedValues(_ANSWER),
        "phrasing": _PHRASING,
        "patterns": _NamedValues(_List(pattern, 1), categories=True),
        "fills": _NamedValues(_List(pattern), categories=True),
        "harmony": _HARMONY,
    }


@cache
def _fields(metre: Metre) -> dict[str, Check]:
    """Rules of a genre's file."""
    return {
        "name": _text,
        "title": _text,
        "parent": _text,
        "sources": _TEXTS,
        "words": _TEXTS,
        **_played(metre),
        "styles": _NamedValues(_Style(metre)),
    }
