"""Reading a score back from the JSON beside its track."""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

from src.core.errors import InvalidInputError
from src.music.model.score import DECLICK_S, Choice, Clip, Score, json_name
from src.music.theory.metre import read_metre


def score_from_dict(data: Mapping[str, Any]) -> Score:
    """Invert ``score_to_dict``.

    What a newer version wrote beyond the fields of today is left out; what an older one
    did not know gets its default, or what it was played with then. Raises InvalidInputError
    that names the place and the value for anything else.
    """
    score = _read(Score, data, "score")
    assert isinstance(score, Score)
    if score.bpm <= 0:
        raise InvalidInputError(f"a score needs a tempo above 0, got {score.bpm} BPM")
    read_metre(score.time_signature)
    return score


def choice_from_dict(data: Mapping[str, Any]) -> Choice:
    """Invert ``choice_to_dict``.

    Tracks from before parts were written down name them by their category alone. Raises
    InvalidInputError that names the field and the value.
    """
    choice = _read(Choice, data, "choice")
    assert isinstance(choice, Choice)
    return choice if choice.part else replace(choice, part=choice.asked_category)


def _read(kind: Any, value: Any, where: str) -> Any:
    """Read a value as the annotation says: a dataclass, a tuple, an optional or a plain value."""
    if is_dataclass(kind):
        return _record(kind, value, where)
    origin = get_origin(kind)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise InvalidInputError(f"{where} must be a list, got {value!r}")
        (item, *_) = get_args(kind)
        return tuple(_read(item, one, f"{where}[{i}]") for i, one in enumerate(value))
    if origin is types.UnionType:
        if value is None and types.NoneType in get_args(kind):
            return None
        (kind, *_) = (one for one in get_args(kind) if one is not types.NoneType)
        return _read(kind, value, where)
    if origin is not None or kind is Any:
        return value
    return _plain(kind, value, where)


def _record(kind: Any, value: Any, where: str) -> Any:
    if not isinstance(value, Mapping):
        raise InvalidInputError(f"{where} must be an object, got {type(value).__name__}")
    hints = _hints(kind)
    value = {**value, **_ADDED.get(kind, _nothing)(value)}
    given = {}
    for field in fields(kind):
        name = json_name(field)
        if name in value:
            given[field.name] = _read(hints[field.name], value[name], f"{where}.{name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise InvalidInputError(f"{where} has no {name}")
    return kind(**given)


def _plain(kind: Any, value: Any, where: str) -> Any:
    if kind is float and _is_number(value):
        return float(value)
    if kind is int and isinstance(value, int) and _is_number(value):
        return value
    if kind in (str, bool) and isinstance(value, kind):
        return value
    raise InvalidInputError(f"{where} must be of type {kind.__name__}, got {value!r}")


def _added_to_score(value: Mapping[str, Any]) -> dict[str, Any]:
    """Add what an older score left to its player: the fade, the bus, and beats for a metre."""
    added: dict[str, Any] = {}
    tail_s = value.get("tail_s", Score.tail_s)
    if "fade_out_s" not in value and _is_number(tail_s):
        added["fade_out_s"] = max(tail_s / 2.0, DECLICK_S)
    if "time_signature" not in value and "beats_per_bar" in value:
        added["time_signature"] = f"{value['beats_per_bar']}/4"
    if "bus_compression" not in value:
        added["bus_compression"] = value.get("target_lufs") is not None
    return added


def _added_to_clip(value: Mapping[str, Any]) -> dict[str, Any]:
    """Add what an older clip meant: the shortest fades stood for cuts that do not click."""
    if "declick" in value:
        return {}
    cuts = [
        name
        for name in ("fade_in_s", "fade_out_s")
        if _is_number(value.get(name)) and value[name] <= DECLICK_S
    ]
    return {"declick": True, **dict.fromkeys(cuts, 0.0)}


def _nothing(_: Mapping[str, Any]) -> dict[str, Any]:
    return {}


_ADDED: Mapping[type, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    Score: _added_to_score,
    Clip: _added_to_clip,
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)
