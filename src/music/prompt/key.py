"""The key that a prompt asks for, in English, German, Russian and Camelot spelling."""

import re
from dataclasses import dataclass

from src.music.prompt.text import Sentence
from src.music.theory.keys import key_name, parse_key

_LETTERS = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
_RUSSIAN = {"до": 0, "ре": 2, "ми": 4, "фа": 5, "соль": 7, "ля": 9, "си": 11}
_SIGNS = {"#": 1, "♯": 1, "sharp": 1, "is": 1, "b": -1, "♭": -1, "flat": -1, "es": -1, "s": -1}
_MODES = (
    r"minor|major|min|maj|dorian|phrygian|aeolian|locrian|lydian|mixolydian|ionian|dorisch"
    r"|phrygisch|äolisch|lydisch|mixolydisch"
)
_MAJOR = ("maj", "ion", "lyd", "mix", "dur", "маж", "лид", "мик", "ион")
_SCALES = {
    "dor": "dorian", "phr": "phrygian", "lyd": "lydian", "mix": "mixolydian", "aeo": "aeolian",
    "äol": "aeolian", "loc": "locrian", "lok": "locrian", "дор": "dorian", "фри": "phrygian",
    "лид": "lydian", "мик": "mixolydian", "эол": "aeolian", "лок": "locrian",
}  # fmt: skip
_MINOR_SCALES = {"har": "harmonic minor", "mel": "melodic minor", "гар": "harmonic minor",
                 "мел": "melodic minor"}  # fmt: skip
_KINDS_OF_MINOR = (
    r"(?:(?P<minor>harmonic|melodic|natural|harmonisch|melodisch|natürlich|гармонич|мелодич"
    r"|натурал)\w*[\s-]+)?"
)
_ENGLISH = re.compile(
    r"(?<![\w'#])([a-g])(#|♯|♭|b|[\s-]?sharp|[\s-]?flat)?[\s-]*"
    rf"{_KINDS_OF_MINOR}(?P<mode>{_MODES})(?:er|es|en|em|e)?(?!\w)(?P<key>\s*key)?"
)
_GERMAN = re.compile(
    rf"(?<![\w'#])([a-h])(is|es|s|#|♯|b|♭)?[\s-]*{_KINDS_OF_MINOR}(?P<mode>dur|moll)(?![a-zäöüß])"
)
_CYRILLIC = re.compile(
    r"(?<!\w)(до|ре|ми|фа|соль|ля|си)[\s-]*(диез|бемоль)?\w{0,3}[\s-]*"
    rf"{_KINDS_OF_MINOR}(?P<mode>минор|мажор|дорийск|фригийск|миксолидийск|лидийск|эолийск|локрийск"
    r"|ионийск)\w*"
)
_LETTER_CYRILLIC = re.compile(r"(?<![\w'#])([a-g])(#|♯|♭|b)?[\s-]*(минор|мажор)\w*")
_TONIC_CYRILLIC = re.compile(
    r"(?<!\w)(?:в|тональность|тональности)\s+(до|ре|ми|фа|соль|ля|си)(?:[\s-]*(диез|бемоль))?"
    r"(?=\s*(?:[,;.)\x00]|$|со?\s|на\s|и\s))"
)
_CAMELOT = re.compile(r"(?<![\w.:#-])(1[0-2]|0?[1-9])([ABab])(?![\w'#-])")
_CONTEXT = (
    r"(?:\b(?:in|key|key of|key is|tonart|in der tonart|scale|тональность|тональности|в)"
    r"\s*[:=]?\s*)"
)
_SHORT = re.compile(
    rf"({_CONTEXT})?(?<![\w'#-])([A-Ha-h])(#|♯|♭|b|[\s-](?:sharp|flat)\b)?(m|min|maj)?(?![\w'#♯♭])"
)
_BODY_MUSIC = "ebm"
"""Electronic body music; the key is written Ebm, or said to be one ("in ebm")."""

_TIME_OF_DAY = re.compile(r"\d\s*$")
_AM_PREPOSITION = re.compile(
    r"\s+(?:anfang|ende|schluss|start|beginn|besten|liebsten|[a-zäöü]+en\b)"
)
_NOUN_AFTER = re.compile(
    r"\s+(?:change|third|lift|drop|build|twist|detail|role|part|issue|chord|thing|hit|way|shift"
    r"|label|key)"
)


@dataclass(frozen=True)
class KeyRequest:
    """A key: pitch class 0..11 and mode; minor is None where only the tonic was named.

    scale: a mode besides minor and major ("dorian"); "" without one
    """

    pitch: int
    minor: bool | None
    written: str
    others: tuple[str, ...] = ()
    scale: str = ""

    @property
    def key(self) -> str | None:
        """As the house writes it; None while the mode is open."""
        return None if self.minor is None else key_name(self.pitch, minor=self.minor)


def take_key(sentence: Sentence) -> KeyRequest | None:
    """Find the key and take it out of the sentence; None where none is named.

    In German H is B and B is B flat, wherever "Dur" or "Moll" or German words say that it
    is German.
    """
    found = [
        *_spelled(sentence, _GERMAN, german=True),
        *_spelled(sentence, _ENGLISH, german=False),
        *_cyrillic(sentence),
        *_camelot(sentence),
    ]
    found += _short(sentence)
    if not found:
        return None
    first = found[0]
    others = tuple(
        request.written
        for request in found[1:]
        if (request.pitch, request.minor) != (first.pitch, first.minor)
    )
    return KeyRequest(first.pitch, first.minor, first.written, others, first.scale)


def _spelled(sentence: Sentence, pattern: re.Pattern[str], *, german: bool) -> list[KeyRequest]:
    """Letter, sign and mode as a word: "F sharp minor", "fis-moll", "b-Dur"."""
    found = []
    for match in sentence.find(pattern):
        if not german and match[1] == "a" and _is_article(sentence, match):
            continue
        pitch = _pitch(match[1], match[2], german=german)
        minor = not match["mode"].startswith(_MAJOR)
        scale = _scale(match)
        found.append(KeyRequest(pitch, minor, sentence.take(match), scale=scale))
    return found


def _scale(match: re.Match[str]) -> str:
    """Return the scale that a match names besides plain minor and major; "" for those."""
    kind = (match["minor"] or "")[:3]
    return _MINOR_SCALES.get(kind) or _SCALES.get(match["mode"][:3], "")


def _is_article(sentence: Sentence, match: re.Match[str]) -> bool:
    """Tell whether "a" is an article: "a minor change", "half a min", "in a minor key"."""
    if sentence.raw[match.start()] == "A" and not match[2]:
        return bool(_NOUN_AFTER.match(sentence.after(match)))
    if match[2]:
        return False
    requested = re.search(r"(?:\bin|\bkey(?: of)?|[,:(]|^|\d)\s*$", sentence.before(match))
    return (
        requested is None
        or match["key"] is not None
        or bool(_NOUN_AFTER.match(sentence.after(match)))
    )


def _cyrillic(sentence: Sentence) -> list[KeyRequest]:
    found = []
    for match in sentence.find(_CYRILLIC):
        sign = {"диез": 1, "бемоль": -1}.get(match[2] or "", 0)
        minor = not match["mode"].startswith(_MAJOR)
        pitch = (_RUSSIAN[match[1]] + sign) % 12
        scale = _scale(match)
        found.append(KeyRequest(pitch, minor, sentence.take(match), scale=scale))
    for match in sentence.find(_TONIC_CYRILLIC):
        sign = {"диез": 1, "бемоль": -1}.get(match[2] or "", 0)
        pitch = (_RUSSIAN[match[1]] + sign) % 12
        found.append(KeyRequest(pitch, None, sentence.take(match)))
    for match in sentence.find(_LETTER_CYRILLIC):
        pitch = _pitch(match[1], match[2], german=False)
        found.append(KeyRequest(pitch, match[3] == "минор", sentence.take(match)))
    return found


def _camelot(sentence: Sentence) -> list[KeyRequest]:
    found = []
    for match in sentence.find(_CAMELOT, as_written=True):
        key = parse_key(f"{int(match[1])}{match[2].upper()}")
        pitch = next(p for p in range(12) if key_name(p, minor=key.endswith("m")) == key)
        found.append(KeyRequest(pitch, key.endswith("m"), sentence.take(match)))
    return found


def _short(sentence: Sentence) -> list[KeyRequest]:
    """ "Am", "F#m", "f#", "in C": short spellings, which must not be mistaken for words."""
    found = []
    for match in sentence.find(_SHORT, as_written=True):
        if not _is_short_key(sentence, match):
            continue
        german = sentence.language == "de" and match[4] is None
        pitch = _pitch(match[2].lower(), match[3], german=german or match[2] in "Hh")
        minor = None if match[4] is None else match[4] in ("m", "min")
        found.append(KeyRequest(pitch, minor, sentence.take(match)))
    return found


def _is_short_key(sentence: Sentence, match: re.Match[str]) -> bool:
    context, letter, sign, mode = match.groups()
    after = sentence.after(match)
    before = sentence.before(match)
    if match[0] == _BODY_MUSIC:
        return False
    if letter in "Hh" and (context is None or (sentence.language != "de" and mode is None)):
        return False
    if context is not None:
        return letter.isupper() or sign is not None or mode is not None
    if mode is not None:
        if letter + mode == "Am":
            return not _TIME_OF_DAY.search(before[-3:]) and not _AM_PREPOSITION.match(after)
        if letter + mode == "am":
            return bool(re.match(r"\s*(?:$|[,;.!\x00]|\d)", after)) and not re.search(
                r"(?:\bi|(?<!\d)\d{1,2})\s*$", before
            )
        return letter.isupper() or sign is not None
    return sign in ("#", "♯", "♭") or (sign == "b" and letter.isupper() and letter != "A")


def _pitch(letter: str, sign: str | None, *, german: bool) -> int:
    sign = (sign or "").strip(" -")
    if german and letter == "b":
        return 10
    return (_LETTERS[letter] + _SIGNS.get(sign, 0)) % 12
