"""The tempo that a prompt asks for."""

import re
from dataclasses import dataclass

from src.core.errors import InvalidInputError
from src.music.model.plan import BPM
from src.music.prompt.text import Sentence

_NUMBER = r"(?<![\w.,:/#])(\d{1,4}(?:[.,]\d{1,2})?)(?![\d:/]|[.,]\d)"
_UNIT = (
    r"(?:b\.?p\.?m\.?s?|бпм|beats?\s*(?:per|/|pro)\s*min(?:ute)?|уд(?:\.|ар(?:ов|а|ы)?)?"
    r"(?:\s*(?:в|/)\s*мин(?:уту|\.)?)?|schlägen?(?:\s*(?:pro|/|in der)\s*min(?:ute)?)?)(?!\w)"
)
_TO = r"\s*(?:-|–|—|\.\.\.?|to|bis|до|and|und|и)\s*"
_RANGE = re.compile(
    rf"(?:(?<!\w)(?:between|from|zwischen|von|между|от)\s+)?{_NUMBER}\s*(?:{_UNIT})?{_TO}{_NUMBER}[\s-]*{_UNIT}"
)
_WITH_UNIT = re.compile(rf"(?:(?<=\s)-\s?|^-\s?)?{_NUMBER}[\s-]*{_UNIT}")
_ABOUT = r"(?:(?:of|is|von|auf|um|die|at|ca\.?|circa|about|around|etwa|около|примерно|[:=~])\s*)*"
_NAMED = re.compile(
    rf"(?<!\w)(?:bpm|бпм|tempo|темп(?:е|а|ом)?|speed|geschwindigkeit|скорость)\s*{_ABOUT}{_NUMBER}"
)
_NAMED_RANGE = re.compile(
    rf"(?<!\w)(?:bpm|бпм|tempo|темп(?:е|а|ом)?)\s*{_ABOUT}{_NUMBER}\s*(?:-|–|to|bis|до)\s*{_NUMBER}"
)
_COUNTED = (
    r"(?!\s*(?:%|percent|prozent|процент|bars?\b|takt|такт|measures?\b|min|мин|s\b|sec|sek|сек"
    r"|h\b|hours?|stunde|час|hz|khz|db|ms\b|lufs|bit|steps?\b|tracks?\b|stems?\b|er\b|s\b|th\b"
    r"|jahre|years?|год|voices?\b|layers?\b))"
)
_MOST = (
    r"(?:no|not)\s+(?:more|faster|quicker|higher)\s+than|not\s+(?:over|above)|at\s+(?:the\s+)?most"
    r"|up\s+to|max(?:imum|imal)?\.?(?:\s+of)?|under|below|less\s+than|slower\s+than"
    r"|nicht\s+(?:mehr|schneller)\s+als|nicht\s+über|höchstens|unter|bis\s+zu|weniger\s+als"
    r"|langsamer\s+als|не\s+(?:больше|более|выше|быстрее)(?:\s+чем)?|максимум|до|ниже|меньше"
    r"|медленнее(?:\s+чем)?"
)
_LEAST = (
    r"(?:no|not)\s+(?:less|slower|lower)\s+than|not\s+(?:under|below)|at\s+(?:the\s+)?least|over"
    r"|min(?:imum)?\.?(?:\s+of)?|above|more\s+than|faster\s+than|nicht\s+(?:weniger|langsamer)"
    r"\s+als|nicht\s+unter|mindestens|über|mehr\s+als|schneller\s+als"
    r"|не\s+(?:меньше|менее|ниже|медленнее)(?:\s+чем)?|минимум|выше|свыше|больше"
    r"|быстрее(?:\s+чем)?|от"
)
_OF_SPEED = re.compile(r"fast|quick|slow|schnell|langsam|быстрее|медленнее")
_BOUND = rf"(?<!\w)(?:(?P<most>{_MOST})|(?P<least>{_LEAST}))\s+"
_TEMPO = r"(?<!\w)(?:bpm|бпм|tempo|темп(?:е|а|ом)?|speed|geschwindigkeit|скорость)[\s:]+"
_BOUNDED = (
    re.compile(rf"(?:{_TEMPO})?{_BOUND}{_NUMBER}[\s-]*{_UNIT}"),
    re.compile(rf"{_TEMPO}{_BOUND}{_NUMBER}"),
    re.compile(rf"{_BOUND}{_NUMBER}(?![\w-]){_COUNTED}"),
)
_BOUND_SHARE = 0.8
"""A tempo "under 100" lies between this share of it and itself, one "over 100" as far above."""
_PLACED = re.compile(
    rf"(?<!\w)(?:at|@|um die|bei|around|about|circa|ca\.?|etwa|ungefähr|rund|roughly|на|около"
    rf"|примерно|in|im|mit|with|~|≈)\s*{_NUMBER}(?![\w-]){_COUNTED}"
)
_BARE = re.compile(
    rf"(?<!\btr )(?<!\bsh )(?<!\bdx )(?<!\bjuno )(?<!\bmpc )(?<!\bsp )(?<!\bms )(?<!\bnr )"
    rf"(?<!\bno )(?<!\bvol )(?<![\w-]-){_NUMBER}(?![\w-]){_COUNTED}"
)
_PLACED_LIMITS, _BARE_LIMITS = (40.0, 250.0), (60.0, 220.0)


@dataclass(frozen=True)
class TempoRequest:
    """A tempo in BPM, or a range; ``others`` are further tempos that were named."""

    low: float
    high: float
    written: str
    others: tuple[str, ...] = ()

    @property
    def bpm(self) -> float:
        """The tempo, or the middle of the range to the nearest whole BPM."""
        return self.low if self.low == self.high else float(round((self.low + self.high) / 2))


def take_tempo(sentence: Sentence) -> TempoRequest | None:
    """Find the tempo and take it out of the sentence; None where none is named.

    A number with a unit or after "tempo" always counts. A number after "at", "um", "на" or
    standing alone counts where it can be a tempo: 808 and 1994 cannot.

    Raises InvalidInputError for a tempo outside plan.BPM.
    """
    found: list[TempoRequest] = []
    for pattern in (_RANGE, _NAMED_RANGE):
        for match in sentence.find(pattern):
            low, high = sorted((_value(match[1]), _value(match[2])))
            found.append(_tempo_request(sentence, match, low, high))
    found += _bounded(sentence)
    for pattern in (_WITH_UNIT, _NAMED):
        for match in sentence.find(pattern):
            sign = -1.0 if match[0].startswith("-") else 1.0
            value = sign * _value(match[1])
            found.append(_tempo_request(sentence, match, value, value))
    for pattern, (lowest, highest) in ((_PLACED, _PLACED_LIMITS), (_BARE, _BARE_LIMITS)):
        if not found:
            fitting = [m for m in sentence.find(pattern) if lowest <= _value(m[1]) <= highest]
            for match in fitting[:1]:
                value = _value(match[1])
                found.append(_tempo_request(sentence, match, value, value))
    if not found:
        return None
    first = found[0]
    others = tuple(request.written for request in found[1:] if request.bpm != first.bpm)
    return TempoRequest(first.low, first.high, first.written, others)


def _bounded(sentence: Sentence) -> list[TempoRequest]:
    """Take tempos that are only bounds: "at most 95 bpm", "schneller als 170"."""
    found: list[TempoRequest] = []
    for pattern in _BOUNDED:
        for match in sentence.find(pattern):
            value = _value(match[3])
            low, high = (1.0, 1.0 / _BOUND_SHARE) if match["least"] else (_BOUND_SHARE, 1.0)
            if pattern is not _BOUNDED[-1] or _OF_SPEED.search(match[0]):
                limits = [value * share for share in (low, high)]
                if BPM.allows(value):
                    limits = [BPM.nearest(limit) for limit in limits]
                found.append(_tempo_request(sentence, match, *limits))
    return found


def _tempo_request(
    sentence: Sentence, match: re.Match[str], low: float, high: float
) -> TempoRequest:
    written = sentence.take(match)
    for value in (low, high):
        if not BPM.allows(value):
            raise InvalidInputError(f"tempo must be {BPM} BPM, got {value:g} in {written!r}")
    return TempoRequest(low, high, written)


def _value(text: str) -> float:
    return float(text.replace(",", "."))
