"""Changes of tempo and key that a prompt asks for: a track keeps one of each, and says so."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from src.core.errors import InvalidInputError
from src.music.model.accounts import ReportedWords
from src.music.model.plan import BPM
from src.music.prompt.text import Sentence

_BPM = r"(?:b\.?p\.?m\.?|бпм|уд(?:аров)?(?:\s*в\s*мин(?:уту)?)?)"
_TEMPO = rf"(\d{{2,3}}(?:[.,]\d{{1,2}})?)(?![\d:/])(?:[\s-]*{_BPM})?(?!\w)"
_WITH_UNIT = rf"(\d{{2,3}}(?:[.,]\d{{1,2}})?)[\s-]*{_BPM}(?!\w)"
_NO = r"(?:(?<!\w)(no|not|without|never|kein\w*|ohne|nicht|без|не|нет)\s+(?:any\s+|a\s+)?)?"
_TO = r"(?:to|into|towards|at|on|nach|zu|zum|zur|auf|bis|in|в|во|на|до|к)"
_FROM = r"(?:from|von|ab|с|со|от)"
_THEN = (
    r"(?:,?\s*(?:and\s+|und\s+|и\s+)?(?:then|afterwards|later|followed by|dann|danach|später"
    r"|потом|затем|после)\s+(?:to |at |auf |mit |bei |на |до )?|\s*(?:->|=>|→)\s*)"
)
_KEY = (
    r"(?:[a-h](?:#|♯|b|♭|is|es|[\s-]sharp|[\s-]flat)?[\s-]*(?:minor|major|min|maj|moll|dur|m"
    r"|минор\w*|мажор\w*)?|(?:до|ре|ми|фа|соль|ля|си)(?:[\s-]*(?:диез|бемоль))?[\s-]*"
    r"(?:минор\w*|мажор\w*)?|(?:1[0-2]|[1-9])[ab]|(?:the\s+)?relative\s+(?:minor|major)"
    r"|another key|eine andere tonart|другую тональность)(?!\w)"
)
_GLIDE = (
    r"(?<!\w)(?:speed(?:s|ing)?\s+up|slow(?:s|ing)?\s+down|accelerat\w*|decelerat\w*"
    r"|get(?:s|ting)?\s+(?:faster|slower)|ritardando|accelerando|rallentando|beschleunig\w*"
    r"|verlangsam\w*|wird\s+(?:immer\s+)?(?:schneller|langsamer)|immer\s+(?:schneller|langsamer)\s+wird"
    r"|(?:schneller|langsamer)\s+werd\w*|ускор\w*|замедл\w*)(?!\w)"
)
_TEMPO_CHANGE = (
    r"(?<!\w)(?:tempo[\s-]?(?:change\w*|switch\w*|wechsel\w*|änderung\w*)"
    r"|change(?:s|d)?\s+(?:the\s+|its\s+)?tempo|bpm\s+change\w*"
    r"|(?:wechsel|änder)\w*\s+(?:das\s+|sein\s+)?tempo|(?:смен|измен)\w*\s+темп\w*)(?!\w)"
)
_KEY_CHANGE = (
    r"(?<!\w)(?:modulat\w*|modulier\w*|key[\s-]?(?:change\w*|switch\w*)"
    r"|(?:change|switch|move)(?:s|d)?\s+(?:the\s+|its\s+)?key|tonart[\s-]?wechsel\w*"
    r"|(?:wechsel|änder)\w*\s+(?:die\s+)?tonart|модулир\w*|модуляци\w*"
    r"|(?:смен|измен)\w*\s+тональност\w*)(?!\w)"
)
_SECOND_TEMPO = re.compile(
    rf"(?<![\w.,])(?:{_TEMPO}){_THEN}{_WITH_UNIT}|{_WITH_UNIT}{_THEN}{_TEMPO}"
)
_RAMP = re.compile(rf"{_NO}(?<!\w)(?:from|von|с|со)\s+{_TEMPO}\s+{_TO}\s+{_WITH_UNIT}")
_JUMP = re.compile(
    rf"{_NO}(?<!\w)(?:jump|switch|chang|go|spring|wechsel|spr[iu]ng|прыга|перех|смен)\w*"
    rf"(?:\s+\w+)?(?:\s+{_FROM}\s+{_TEMPO})?\s+{_TO}\s+{_WITH_UNIT}"
)
_LEAST_RAMP_BPM = 10.0
"""Tempos that lie nearer to each other are a range to choose from, and no change."""

_GLIDING = re.compile(rf"{_NO}{_GLIDE}(?:\s+{_FROM}\s+{_TEMPO})?(?:\s+{_TO}\s+{_TEMPO})?")
_TEMPO_CHANGING = re.compile(
    rf"{_NO}{_TEMPO_CHANGE}(?:\s+{_FROM}\s+{_TEMPO})?(?:\s+{_TO}\s+{_TEMPO})?"
)
_KEY_CHANGING = re.compile(rf"{_NO}{_KEY_CHANGE}(?:\s+{_FROM}\s+({_KEY}))?(?:\s+{_TO}\s+{_KEY})?")


@dataclass(frozen=True)
class Changes:
    """What was asked to change within the track.

    tempo: the one it should start with, in BPM, where it was named only there
    start_key: the same of the key, as it was written
    reports: what is not granted, and why; granted: words that ask for no change
    """

    tempo: float | None = None
    start_key: str = ""
    reports: tuple[ReportedWords, ...] = ()
    granted: tuple[str, ...] = ()


def take_changes(sentence: Sentence) -> Changes:
    """Find requests for other tempos and keys later on, and take them out of the sentence.

    "138 then 170 bpm" begins at 138; "speeds up to 150" names no tempo to begin with, so the
    tempo stays open. "No key changes" is granted without a word.

    Raises InvalidInputError for a first tempo outside plan.BPM.
    """
    tempo, key = None, ""
    reports: list[ReportedWords] = []
    granted: list[str] = []
    for pattern, read in _READERS:
        for match in sentence.find(pattern):
            if pattern is _RAMP and not _is_ramp(match):
                continue
            start = read(match)
            refused = match.re is not _SECOND_TEMPO and match[1]
            words = sentence.take(match)
            if refused:
                granted.append(words)
                continue
            if pattern is _KEY_CHANGING:
                key = key or (start or "")
                reports.append(ReportedWords("key_change", words))
            else:
                tempo = tempo or _tempo(start)
                reports.append(ReportedWords("tempo_change", words))
    return Changes(tempo, key, tuple(reports), tuple(granted))


def _is_ramp(match: re.Match[str]) -> bool:
    """Tell whether "from 120 to 140 bpm" asks for a change."""
    first, last = (float(match[i].replace(",", ".")) for i in (2, 3))
    return abs(last - first) >= _LEAST_RAMP_BPM


def _tempo(text: str | None) -> float | None:
    if text is None:
        return None
    value = float(text.replace(",", "."))
    if not BPM.allows(value):
        raise InvalidInputError(f"tempo must be {BPM} BPM, got {value:g}")
    return value


def _first_tempo(match: re.Match[str]) -> str | None:
    return match[1] or match[3]


def _named_start(match: re.Match[str]) -> str | None:
    return match[2]


_Reader = Callable[[re.Match[str]], str | None]
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (_SECOND_TEMPO, _first_tempo),
    (_GLIDING, _named_start),
    (_TEMPO_CHANGING, _named_start),
    (_JUMP, _named_start),
    (_RAMP, _named_start),
    (_KEY_CHANGING, _named_start),
)
