"""How long a track, or a section of it, shall be."""

import re
from dataclasses import dataclass

from src.core.errors import InvalidInputError
from src.music.prompt.text import Sentence

_WORDS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "sixteen": 16, "twenty": 20, "thirty": 30,
    "thirty-two": 32, "sixty": 60, "sixty-four": 64, "ninety": 90, "half": 0.5, "half a": 0.5,
    "half an": 0.5,
    "ein": 1, "eine": 1, "einer": 1, "einen": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5,
    "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "zwölf": 12, "sechzehn": 16,
    "zwanzig": 20, "dreißig": 30, "zweiunddreißig": 32, "sechzig": 60, "vierundsechzig": 64,
    "neunzig": 90, "halbe": 0.5, "eine halbe": 0.5, "einer halben": 0.5, "anderthalb": 1.5,
    "eineinhalb": 1.5, "zweieinhalb": 2.5, "dreieinhalb": 3.5, "viereinhalb": 4.5,
    "один": 1, "одна": 1, "одну": 1, "одной": 1, "два": 2, "две": 2, "двух": 2, "три": 3,
    "трех": 3, "четыре": 4, "четырех": 4, "пять": 5, "пяти": 5, "шесть": 6, "семь": 7,
    "восемь": 8, "девять": 9, "десять": 10, "шестнадцать": 16, "двадцать": 20, "тридцать": 30,
    "шестьдесят": 60, "девяносто": 90, "полторы": 1.5, "полутора": 1.5, "полтора": 1.5,
}  # fmt: skip
_WORD = "|".join(sorted(map(re.escape, _WORDS), key=len, reverse=True))
_AMOUNT = rf"(?<![\w.,:])(\d{{1,9}}(?:[.,]\d{{1,2}})?|{_WORD})"
_UPPER = r"(?:\s*(?:-|–|to|bis|до)\s*(\d{1,4}(?:[.,]\d{1,2})?))?"
_MINUTE = r"(?:minutes?|minuten?|mins?\.?|минут\w*|мин\.?)(?!\w)"
_SECOND = r"(?:seconds?|secs?\.?|sekunden?|sek\.?|секунд\w*|сек\.?)(?!\w)"
_SECTION = (
    r"(intro|outro|break\s?down|break|drop|build[\s-]?up|build|verse|strophe|chorus|refrain|hook"
    r"|bridge|aufbau|einleitung|вступлени\w*|интро|аутро|брейк\w*|дроп\w*|куплет\w*|припев\w*)"
    r"(?!\w)"
)
_CLOCK = re.compile(rf"(?<![\w:.,])(\d{{1,2}}):([0-5]\d)(?![\d:])(?:\s*{_MINUTE})?")
_MINUTES_AND = re.compile(
    rf"{_AMOUNT}{_UPPER}[\s-]*{_MINUTE}"
    r"(?:\s*(?:and|und|и)?\s*(\d{1,2})(?![\d.,]*\s*(?:bpm|бпм|bars|takt|такт|уд))(?!\w)"
    rf"(?:\s*{_SECOND})?|\s*(and a half|с половиной))?"
)
_HALVES = re.compile(
    rf"{_AMOUNT}\s*(?:and a half|с половиной|einhalb)\s*{_MINUTE}|(?<!\w)(?:пол\s?минуты)(?!\w)"
)
_SECONDS = re.compile(
    rf"{_AMOUNT}{_UPPER}[\s-]*(?:{_SECOND}|(?<=\d)\s+s(?!\w)|(?<=\d)s(?=\s*(?:long|lang)\b)"
    r"|(?<=\d)\s*с(?=\s*(?:$|[,;.!\x00])))"
)
_HOURS = re.compile(rf"{_AMOUNT}{_UPPER}[\s-]*(?:hours?|stunden?|час(?:а|ов|ы)?)(?!\w)")
_INVERTED = re.compile(
    rf"(?<!\w)(?P<unit>минуты?|минуток|секунд[ыу]?)\s+(?:на\s+)?(?P<n>\d{{1,3}}|{_WORD})(?!\w)"
)
"""Russians put the unit first where they do not mean it exactly: "минуты на две"."""

_GLUED = re.compile(r"(?<![\w:.,])(\d{1,2})\s?m(?:in)?\s?(\d{1,2})\s?s(?:ec)?(?!\w)")
"""Clock times as stopwatches write them: "1m30s"."""

_HOUR_PARTS = {
    15.0: r"(?:a\s+)?quarter\s+(?:of\s+)?an\s+hour|(?:eine\s+)?viertelstunde|четверть\s+часа",
    30.0: r"(?:eine\s+)?halbe\s+stunde|полчаса",
    45.0: r"three\s+quarters\s+of\s+an\s+hour|(?:eine\s+)?dreiviertelstunde",
}
"""Minutes -> how they are called as parts of an hour."""

_HOUR_PART = re.compile(
    rf"(?<!\w)(?:{'|'.join(f'(?P<m{m:g}>{text})' for m, text in _HOUR_PARTS.items())})(?!\w)"
)
_BARS = re.compile(rf"{_AMOUNT}{_UPPER}[\s-]*(?:bars?|takte?n?|такт\w*|measures?)(?!\w)")
_OF_SECTION = re.compile(rf"^[\s-]*(?:(?:of|long|lang\w*|длинн\w*|a|the)\s+)*{_SECTION}")
_SECTION_IS = re.compile(rf"{_SECTION}\s*(?:(?:of|von|mit|is|at|на|=|:)\s*)*$")
_BARE_SECONDS = re.compile(r"^(\d{1,4})\s*(?:s|с|sec|sek)\.?$", re.IGNORECASE)
_BY_THE_WAY = ("about", "around", "ca", "circa", "etwa", "ungefähr", "rund", "около", "примерно",
               "long", "lang", "exactly", "genau")  # fmt: skip
_POSITION = re.compile(
    r"(?:every|each|all[e]?|jede\w*|кажды\w*|after|nach|после|через|first|ersten?|первы\w*|last"
    r"|letzten?|последн\w*|(?:drop|break|breakdown|дроп|брейк)\w*\s+(?:at|bei|um|на|в))"
    r"\s+(?:the |den |die |around |about |etwa )?$"
)


@dataclass(frozen=True)
class Length:
    """A length, either in seconds or in bars."""

    seconds: float | None = None
    bars: float | None = None

    def in_bars(self, bpm: float) -> float:
        """As bars of four beats at a tempo."""
        if self.bars is not None:
            return self.bars
        return (self.seconds or 0.0) * bpm / 240.0


@dataclass(frozen=True)
class LengthRequests:
    """Lengths of the track and of sections (word of the prompt, length), and what was passed by.

    passed: positions in time ("every 8 bars"), which are no lengths
    tracks: all lengths that are said of the track, in their order; the first counts
    """

    track: Length | None
    sections: tuple[tuple[str, Length], ...]
    written: tuple[str, ...]
    passed: tuple[str, ...]
    tracks: tuple[tuple[str, Length], ...] = ()


def take_lengths(sentence: Sentence) -> LengthRequests:
    """Find all lengths and take them out of the sentence.

    A length next to a section's name belongs to the section, any other to the track; of
    several the first counts. Raises InvalidInputError for a length of nothing.
    """
    tracks: list[tuple[int, str, Length]] = []
    sections: list[tuple[str, Length]] = []
    written: list[str] = []
    passed: list[str] = []
    for pattern, read in _READERS:
        for match in sentence.find(pattern):
            length = read(match)
            name = _section_of(sentence, match)
            if _POSITION.search(sentence.before(match)):
                passed.append(sentence.take(match))
                continue
            written.append(sentence.take(match))
            _check(length, written[-1])
            if name is not None:
                sections.append((name, length))
            else:
                tracks.append((match.start(), written[-1], length))
    tracks.sort(key=lambda found: found[0])
    track = tracks[0][2] if tracks else None
    named = tuple((words, length) for _, words, length in tracks)
    return LengthRequests(track, tuple(sections), tuple(written), tuple(passed), named)


def length_words(text: str) -> str:
    """Read a length that stands alone ("3 minutes", "90s", "64 Takte"), as a prompt writes it.

    Raises InvalidInputError for anything that is no length of a whole track.
    """
    sentence = Sentence(_BARE_SECONDS.sub(r"\1 seconds", text.strip()))
    requests = take_lengths(sentence)
    rest = [word for word in sentence.words() if not word.is_sign and word.text not in _BY_THE_WAY]
    alone = len(requests.written) == 1 and not requests.sections and not rest
    if requests.track is None or not alone or text.strip().startswith(("-", "−")):
        raise InvalidInputError(
            "length must be one time or number of bars, such as '3 minutes', '90 s' or"
            f" '64 bars', got {text!r}"
        )
    return requests.written[0]


def _section_of(sentence: Sentence, match: re.Match[str]) -> str | None:
    after = _OF_SECTION.search(sentence.after(match))
    if after is not None:
        return str(after[1])
    before = _SECTION_IS.search(sentence.before(match))
    return str(before[1]) if before is not None else None


def _check(length: Length, written: str) -> None:
    if not (length.seconds or length.bars):
        raise InvalidInputError(f"length must be more than nothing, got {written!r}")


def _clock(match: re.Match[str]) -> Length:
    return Length(seconds=60.0 * int(match[1]) + int(match[2]))


def _minutes(match: re.Match[str]) -> Length:
    half = 0.5 if match[4] else 0.0
    return Length(seconds=60.0 * (_amount(match) + half) + float(match[3] or 0))


def _half_minutes(match: re.Match[str]) -> Length:
    return Length(seconds=60.0 * (_number(match[1]) + 0.5 if match[1] else 0.5))


def _seconds(match: re.Match[str]) -> Length:
    return Length(seconds=_amount(match))


def _inverted(match: re.Match[str]) -> Length:
    factor = 60.0 if match["unit"].startswith("мин") else 1.0
    return Length(seconds=factor * _number(match["n"]))


def _hour_part(match: re.Match[str]) -> Length:
    return Length(seconds=60.0 * float((match.lastgroup or "m0")[1:]))


def _hours(match: re.Match[str]) -> Length:
    return Length(seconds=3600.0 * _amount(match))


def _bars(match: re.Match[str]) -> Length:
    return Length(bars=_amount(match))


_READERS = (
    (_CLOCK, _clock),
    (_GLUED, _clock),
    (_HALVES, _half_minutes),
    (_MINUTES_AND, _minutes),
    (_SECONDS, _seconds),
    (_INVERTED, _inverted),
    (_HOUR_PART, _hour_part),
    (_HOURS, _hours),
    (_BARS, _bars),
)


def _amount(match: re.Match[str]) -> float:
    """Read the number, or the middle of "2 to 3"."""
    low = _number(match[1])
    return low if match[2] is None else (low + _number(match[2])) / 2.0


def _number(text: str) -> float:
    return float(_WORDS[text]) if text in _WORDS else float(text.replace(",", "."))
