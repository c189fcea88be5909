"""Metres: what a time signature makes of a bar, its beats and their parts."""

import re
from dataclasses import dataclass
from functools import cache, cached_property

from src.core.errors import InvalidInputError

COMMON_TIME = "4/4"
"""The time signature where nobody says otherwise."""

_WRITTEN = re.compile(r"^(\d{1,2})/(\d{1,2})$")
_NUMERATORS = {4: range(2, 8), 8: (5, 6, 7, 9, 10, 11, 12, 15)}
"""Numerators that can be played, by the denominator."""

_THIRD, _HALF = 3, 2


@dataclass(frozen=True)
class Metre:
    """A time signature, as numerator and denominator.

    A beat is what a foot taps and a tempo counts: the quarter, or in 6/8, 9/8, 12/8 and 15/8 the
    dotted quarter. So a bar of 6/8 has two beats and one of 7/8 three and a half.
    """

    numerator: int
    denominator: int

    def __str__(self) -> str:
        return f"{self.numerator}/{self.denominator}"

    @property
    def compound(self) -> bool:
        """Whether its beats divide into three: 6/8, 9/8, 12/8, 15/8."""
        return self.denominator == 8 and self.numerator % _THIRD == 0

    @property
    def beat_parts(self) -> int:
        """How many eighths make a beat: two, or three in compound metres."""
        return _THIRD if self.compound else _HALF

    @property
    def quarters_per_beat(self) -> float:
        """Length of a beat in quarter notes, as MIDI and DAWs count."""
        return self.beat_parts / 2.0

    @property
    def quarters_per_bar(self) -> float:
        """Length of a bar in quarter notes."""
        return self.numerator * 4.0 / self.denominator

    @property
    def beats_per_bar(self) -> float:
        """Length of a bar in beats."""
        return self.quarters_per_bar / self.quarters_per_beat

    @cached_property
    def pulses(self) -> tuple[float, ...]:
        """Where the beats of a bar begin. In 5/8, 7/8 and 11/8 the last one is longer: 2+2+3."""
        return tuple(float(beat) for beat in range(int(self.beats_per_bar)))

    @property
    def middle(self) -> float:
        """The first beat that begins in the bar's second half: from there on half a bar turns."""
        half = self.beats_per_bar / 2.0
        return next((beat for beat in self.pulses if beat >= half), half)

    @cached_property
    def cells(self) -> tuple[int, ...]:
        """Into how many equal cells a bar may be divided so that its beats begin on cells."""
        if self.denominator == 8:
            beats = self.numerator // self.beat_parts if self.compound else self.numerator
            finest = {beats, 3 * beats, 6 * beats, 12 * beats}
            return tuple(sorted({1, *(finest if self.compound else {beats, 2 * beats, 4 * beats})}))
        halves = {2} if self.numerator == 4 else set()
        found = {self.numerator * part for part in (1, 2, 3, 4, 6, 8, 12)}
        return tuple(sorted({1, *halves, *found}))


FOUR_FOUR = Metre(4, 4)


@cache
def read_metre(text: str) -> Metre:
    """Read a time signature such as "3/4" or "6/8".

    Raises InvalidInputError for anything else, and for one that can't be played.
    """
    written = _WRITTEN.match(text)
    if written is not None:
        numerator, denominator = int(written[1]), int(written[2])
        if numerator in _NUMERATORS.get(denominator, ()):
            return Metre(numerator, denominator)
    known = ", ".join(f"{n}/{d}" for d, numbers in _NUMERATORS.items() for n in numbers)
    raise InvalidInputError(f"a time signature must be one of {known}, got {text!r}")


class InMetre:
    """What has a time signature, and so bars of a length."""

    time_signature: str

    @property
    def metre(self) -> Metre:
        """The time signature as a metre."""
        return read_metre(self.time_signature)

    @property
    def beats_per_bar(self) -> float:
        """Length of a bar in beats; 3.5 in 7/8, 2 in 6/8."""
        return self.metre.beats_per_bar
