"""Reading the values of a plan's JSON: each is checked, and a wrong one is named with its rule.

All raise InvalidInputError that names place, rule and value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from src.core.errors import InvalidInputError

Limit = TypeVar("Limit", int, float)


@dataclass(frozen=True)
class Range(Generic[Limit]):
    """The smallest and the largest value that a field may have; both are allowed."""

    low: Limit
    high: Limit

    def __str__(self) -> str:
        return f"{self.low:.9g} to {self.high:.9g}"

    def allows(self, value: float) -> bool:
        """Tell whether a value lies within."""
        return self.low <= value <= self.high

    def nearest(self, value: float) -> float:
        """Clamp a value to the range."""
        return min(self.high, max(self.low, value))


def value_of_kind(data: Mapping[str, Any], name: str, kind: type, where: str) -> Any:
    """Read a value of a kind."""
    value = data.get(name)
    if not isinstance(value, kind):
        raise InvalidInputError(f"{where}.{name} must be a {kind.__name__}, got {value!r}")
    return value


def number_of(
    data: Mapping[str, Any],
    name: str,
    default: float | None,
    allowed: Range[int] | Range[float],
    where: str,
) -> float:
    """Read a number within its range. None as the default: it must be given."""
    value = data.get(name, default)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not allowed.allows(value):
        raise InvalidInputError(f"{where}.{name} must be a number from {allowed}, got {value!r}")
    return float(value)


def whole_of(
    data: Mapping[str, Any], name: str, default: int | None, allowed: Range[int], where: str
) -> int:
    """Read a whole number within its range."""
    value = number_of(data, name, default, allowed, where)
    if not value.is_integer():
        raise InvalidInputError(f"{where}.{name} must be a whole number, got {value!r}")
    return int(value)


def texts_of(data: Mapping[str, Any], name: str, where: str) -> tuple[str, ...]:
    """Read a list of texts; empty where it is not given."""
    value = data.get(name, [])
    if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
        raise InvalidInputError(f"{where}.{name} must be a list of texts, got {value!r}")
    return tuple(value)


def short_number(value: float) -> float:
    """Write a whole number without a point."""
    return int(value) if float(value).is_integer() else value
