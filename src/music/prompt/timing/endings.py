"""How a prompt wants the track to end: in a fade, at once, with a last hit."""

import re
from dataclasses import dataclass
from functools import cache

from src.music.model.ending import COLD, FADE
from src.music.prompt.length import Length
from src.music.prompt.text import Sentence
from src.music.prompt.timing.lengths import length_of
from src.words.timeline_words import timeline_words


@dataclass(frozen=True)
class EndingRequest:
    """How the track shall end.

    style: FADE, COLD or "" where only a last hit is asked for
    fade: length of the fade; None leaves it open
    last_hit: whether a crash is to be heard on the beat behind the last bar
    written: the words that said so
    passed: words of another way to end, which the last word on it leaves out
    """

    style: str
    fade: Length | None = None
    last_hit: bool = False
    written: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()


def take_ending(sentence: Sentence) -> EndingRequest | None:
    """Find how the track shall end, and take it out of the sentence; None where nothing is said.

    Of a fade and a cold end the one that is said last counts.
    """
    style, fade, last_hit = "", None, False
    written: list[str] = []
    for match in sentence.find(_cold()):
        written.append(sentence.take(match))
        style = COLD
    colds = len(written)
    for match in sentence.find(_fade()):
        length = _length(match)
        written.append(sentence.take(match))
        style, fade = FADE, length or fade
    for match in sentence.find(_last_hit()):
        written.append(sentence.take(match))
        last_hit = True
        if match["abrupt"]:
            style = COLD
    passed = tuple(written[:colds]) if style == FADE else ()
    kept = tuple(words for words in written if words not in passed)
    return EndingRequest(style, fade, last_hit, kept, passed) if written else None


@cache
def _cold() -> re.Pattern[str]:
    w = timeline_words()
    trailing = rf"(?=\s*(?:[,.;]|$|{w['ending with']}))"
    return re.compile(
        rf"(?:{w['at the end']}\s+)?(?:{w['article']}\s+)?{w['cold end']}(?:\s+{w['at the end']})?"
        rf"|{w['ends with']}\s+{w['abruptly']}{trailing}"
        rf"|{w['abruptly']}\s+(?:enden|zu\s+ende|stop|ending)"
    )


@cache
def _fade() -> re.Pattern[str]:
    """Match a fade with the length that stands before or behind it."""
    w = timeline_words()
    unit = w.unit
    over = rf"(?:{w['over']}\s+)?(?:{w['article']}\s+)?(?:{w['last']}\s+)?"
    first, second = (
        rf"(?P<n{i}>{w.number})[\s-]*(?P<u{i}>{unit}|sekündig\w*|секундн\w*)" for i in (1, 2)
    )
    front = rf"(?:{over}{first}(?:\s+{w['lasting']})?[\s-]+)?"
    behind = rf"(?:\s*,?\s+{over}{second})?"
    end = rf"(?:{w['at the end']}\s+)?"
    leads = w.any_of("ending with", "and", "then")
    with_a = rf"(?:{leads}\s+)?(?:{w['article']}\s+)?"
    kind = rf"(?:{w['slowly']}\s+)?"
    return re.compile(
        rf"(?:{w['ends with']}\s+)?{end}{with_a}{front}{kind}{w['fade out']}"
        rf"(?:\s+{w['at the end']})?{behind}"
        rf"|(?<=[,;])\s*fade(?=\s*(?:[,.;]|$))"
        rf"|(?<!\w)(?P<n3>{w.number})[\s-]*(?P<u3>{unit})[\s-]+fade(?!\w|\s+in)"
    )


@cache
def _last_hit() -> re.Pattern[str]:
    w = timeline_words()
    hit = rf"(?:{w['article']}\s+)?{w['last hit']}"
    ends = rf"(?:{w['ends with']}|ends?|endet)\s+(?P<abrupt>{w['abruptly']}\s+)?"
    beside = w.any_of("ending with", "and")
    return re.compile(
        rf"{ends}(?:{w['ending with']}\s+)?{hit}|{beside}\s+{hit}\s+{w['at the end']}"
        rf"|{beside}\s+{hit}\s*\x00|(?<=\x00)\s*{w['ending with']}\s+{hit}"
    )


def _length(match: re.Match[str]) -> Length | None:
    for number in ("1", "2", "3"):
        if match[f"n{number}"] is not None:
            return length_of(match[f"n{number}"], match[f"u{number}"])
    return None
