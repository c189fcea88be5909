"""Metres in figures, chords by name, progressions in numerals and swing in percent of a prompt."""

import re
from dataclasses import dataclass

from src.core.errors import InvalidInputError
from src.music.harmony.progressions import ONE_CHORD
from src.music.prompt.text import Sentence
from src.music.theory.chords import key_of_chords, parse_plainly

_METRE = re.compile(
    r"(?<![\w/.,-])(1[0-2]|[2-9])\s?/\s?(2|4|8|16)(?![\w/])"
    r"(?:[\s-]*(?:time signature|time|metre|meter|beat|feel|takt|taktart|размер\w*|такт\w*))?"
)
_SWING = re.compile(
    r"(?<!\w)(?:swing|свинг\w*)\s*(?:of|at|von|:|=)?\s*(\d{2})\s*(?:%|percent|prozent|процент\w*)"
    r"|(?<!\d)(\d{2})\s*(?:%|percent|prozent|процент\w*)\s*(?:of\s+)?(?:swing|свинг\w*)"
)
_QUALITY = (
    r"(?:maj|min|dim|aug|sus|add|m|M|°|ø|\+)?(?:maj)?(?:2|4|5|6/9|6|7|9|11|13)?"
    r"(?:sus[24]|add\d{1,2}|[b#♭♯]\d{1,2}|maj7|alt)*(?:/[A-H][b#♭♯]?)?"
)
_SPELLED_MODE = r"(?![\s-]*(?:minor|major|min|maj|moll|dur|минор|мажор))"
_CHORD = rf"[A-H](?:#|♯|b(?![a-z])|♭)?{_QUALITY}{_SPELLED_MODE}"
_SEPARATOR = r"(?:\s*(?:[-–—|,>→]|->)\s*|\s+)"
_CHORD_LIST = re.compile(rf"(?<![\w#♯♭'’-])({_CHORD}(?:{_SEPARATOR}{_CHORD}){{1,15}})(?![\w#♯♭'’])")
_CHORD_ALONE = re.compile(
    r"(?<![\w#♯♭'’-])([A-H](?:#|♯|b(?![a-z])|♭)?(?:(?:maj|min|m|M)?(?:7|9|11|13|6)|dim7?|aug|°7?"
    r"|m7b5|ø|sus[24]?|add\d{1,2}|maj7|maj9|mmaj7|7sus4|7[b#]\d{1,2})(?:/[A-H][b#]?)?)(?![\w#♯♭'’])"
)
_SMALL = r"[a-h](?:#|♯|b(?![a-z])|♭)?m(?:7|6|9)?"
_CHORD_CUED = re.compile(
    rf"(?<![\w])(?:[Cc]hords?|[Aa]kkorde?n?|[Aa]kkordfolge|[Аа]ккорд\w*)\s*:?\s+"
    rf"((?:{_SMALL}|{_CHORD})(?:{_SEPARATOR}(?:{_SMALL}|{_CHORD})){{1,15}})(?![\w#♯♭'’])"
)
"""Behind "chords" a minor chord may have a small letter, as Germans write it: "am F C G"."""

_MODE = r"(?:minor|major|min|maj|moll|dur|минор\w*|мажор\w*)"
_SPELLED = (
    rf"(?:[A-Ha-h](?:is|es|s|#|♯|♭|b|[\s-]sharp|[\s-]flat)?[\s-]*{_MODE}"
    rf"|(?:до|ре|ми|фа|соль|ля|си)(?:[\s-]*(?:диез|бемоль)\w*)?[\s-]*{_MODE})"
)
_SPELLED_LIST = re.compile(
    rf"(?<![\w#'])({_SPELLED}(?:(?:\s*[-–—|,>→]\s*|\s+(?:to|then|dann|nach|und|and|и|потом)\s+)"
    rf"{_SPELLED}){{2,15}})(?!\w)",
    re.IGNORECASE,
)
_SPELLED_ALONE = re.compile(
    rf"(?<![\w#'])({_SPELLED})(?:[\s-]*(?:chords?|akkorde?n?|аккорд\w*))(?!\w)"
    rf"|(?<!\w)(?:chords?|akkorde?n?|аккорд\w*)\s+({_SPELLED})(?!\w)",
    re.IGNORECASE,
)
_NUMERAL = r"[b♭#♯]?(?:VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?:°|ø|dim)?(?:maj7|m7b5|7|9|6)?"
_NUMERALS = re.compile(
    rf"(?<![\w'’])({_NUMERAL}(?:\s*[-–—,|>→]\s*{_NUMERAL}){{1,15}}"
    rf"|{_NUMERAL}(?:\s+{_NUMERAL}){{2,15}})(?![\w'’])"
)
_DIGITS = re.compile(
    r"(?<![\w.,:/-])([1-7](?:\s*[-–]\s*[1-7]){2,7})(?![\w.,:/-])"
    r"(?=[\s-]*(?:chord|progress|akkord|folge|прогресс|последоват|аккорд|$|[,;.]))"
)
_TWELVE_BARS = re.compile(
    r"(?<!\w)(?:12|twelve|zwölf)[\s-]*(?:bars?|takt\w*)(?=[\s-]*blues)"
    r"|(?<!\w)(?:12|двенадцати)[\s-]*тактов\w*(?=\s+блюз)"
)
_STAYING = re.compile(
    r"(?<!\w)(?:stay(?:s|ing)?|sit(?:s|ting)?|remain(?:s|ing)?) on (?:one|a single|the same) chord"
    r"|(?<!\w)(?:one|single)[\s-]chord(?: (?:vamp|groove|drone|jam))?(?!\w)"
    r"|(?<!\w)(?:no|without(?: any)?) chord changes"
    r"|(?<!\w)(?:bleibt|bleib) (?:immer )?auf (?:einem|demselben) akkord"
    r"|(?<!\w)(?:nur|auf) ein(?:em|en|)? (?:einzige[nmr]? )?akkord(?!\w)"
    r"|(?<!\w)ohne akkordwechsel"
    r"|(?<!\w)(?:на )?одн(?:ом|ин) аккорд\w*"
)
_BLUES = ("I", "I", "I", "I", "IV", "IV", "I", "I", "V", "IV", "I", "I")
_NAMED_QUALITIES = {
    "dim": r"diminished|vermindert\w*|уменьшенн\w*",
    "aug": r"augmented|übermäßig\w*|увеличенн\w*",
    "maj7": r"major (?:seventh|7th)|großer? septakkord\w*|большой мажорный септаккорд",
    "m7": r"minor (?:seventh|7th)|moll ?septakkord\w*|минорн\w* септаккорд\w*",
    "7": r"(?:dominant )?(?:seventh|7th)|(?:dominant)?sept(?:imen)?akkord\w*|септаккорд\w*",
    "sus4": r"suspended(?: fourth)?|vorhaltsakkord\w*",
    "m": r"minor|moll\w*|минорн\w*",
    "": r"major|dur\w*|мажорн\w*",
}
_ROOT = (
    r"(?P<root>[A-Ha-h](?:is|es|s|#|♯|♭|b|[\s-]sharp|[\s-]flat)?"
    r"|(?:до|ре|ми|фа|соль|ля|си)(?:[\s-]*(?:диез|бемоль)\w*)?)"
)
_QUALITIES = "|".join(
    f"(?P<q{number}>{words})" for number, words in enumerate(_NAMED_QUALITIES.values())
)
_CHORD_WORD = r"(?:[\s-]*(?:chord|akkord|аккорд))"
_DESCRIBED = re.compile(
    rf"(?<!\w)(?:{_QUALITIES}){_CHORD_WORD}?\s+(?:on|auf|über|of|von|от|на)\s+{_ROOT}(?!\w)",
    re.IGNORECASE,
)
_DESCRIBED_AFTER = re.compile(
    rf"(?<![\w#'])(?-i:(?=[A-Hа-я])){_ROOT}[\s-]+(?:{_QUALITIES}){_CHORD_WORD}?(?!\w)",
    re.IGNORECASE,
)
_SEVENTHS = ("dim", "aug", "maj7", "m7", "7", "sus4")
_CUE = re.compile(
    r"(?:chords?|chord progression|progression|changes|akkorde?n?|akkordfolge|harmonien?|folge"
    r"|аккорд\w*|прогресси\w*|последовательност\w*|гармони\w*)\s*(?:of|von|wie|are|:|=|is|из)?\s*$"
)
_CUE_AFTER = re.compile(
    r"\s*-?(?:chords?|progression|changes|akkorde?n?|akkordfolge|аккорд\w*|прогресси\w*)"
)
_DEGREES = ("I", "ii", "iii", "IV", "V", "vi", "vii")
_LETTERS = {"до": "C", "ре": "D", "ми": "E", "фа": "F", "соль": "G", "ля": "A", "си": "B"}
_MINOR = ("min", "mol", "мин")
_SURE_CHORDS = 3
_EVEN, _HALF = 50.0, 50.0


@dataclass(frozen=True)
class HarmonyRequest:
    """What a prompt says of metre, swing and chords; None or empty where it says nothing.

    swing: how late every second sixteenth comes, 0 even to 0.5 dotted
    chords: names in order; progression: roman numerals in order
    taken: (words, field, value) of all that was taken out of the prompt
    """

    metre: str | None = None
    swing: float | None = None
    chords: tuple[str, ...] = ()
    progression: tuple[str, ...] = ()
    taken: tuple[tuple[str, str, str], ...] = ()

    @property
    def key(self) -> str:
        """The key that the chords are in, for a track that names none; "" without any."""
        try:
            return key_of_chords([parse_plainly(chord) for chord in self.chords])
        except InvalidInputError:
            return ""


def take_harmony(sentence: Sentence) -> HarmonyRequest:
    """Find metre, swing, chords and progression, and take them out of the sentence.

    Two letters are chords where signs or the word "chords" say so, three always; "Am" alone is a
    key, and "I" a person.
    """
    taken: list[tuple[str, str, str]] = []
    metre = None
    for match in sentence.find(_METRE):
        name = f"{match[1]}/{match[2]}"
        metre = metre or name
        taken.append((sentence.take(match), "metre", name))
    swing = None
    for match in sentence.find(_SWING):
        percent = float(match[1] or match[2])
        swing = round(min(0.5, max(0.0, (percent - _EVEN) / _HALF)), 3)
        taken.append((sentence.take(match), "swing", f"{swing:g}"))
    progression = _take_progression(sentence, taken)
    return HarmonyRequest(metre, swing, _take_chords(sentence, taken), progression, tuple(taken))


def _take_progression(sentence: Sentence, taken: list[tuple[str, str, str]]) -> tuple[str, ...]:
    for match in sentence.find(_STAYING):
        taken.append((sentence.take(match), "progression", " ".join(ONE_CHORD)))
        return ONE_CHORD
    for match in sentence.find(_TWELVE_BARS):
        taken.append((sentence.take(match), "progression", " ".join(_BLUES)))
        return _BLUES
    for match in sentence.find(_NUMERALS, as_written=True):
        numerals = tuple(re.findall(_NUMERAL, match[1]))
        if set(numerals) == {"I"}:
            continue
        taken.append((sentence.take(match), "progression", " ".join(numerals)))
        return numerals
    for match in sentence.find(_DIGITS):
        numerals = tuple(_DEGREES[int(digit) - 1] for digit in re.findall(r"\d", match[1]))
        taken.append((sentence.take(match), "progression", " ".join(numerals)))
        return numerals
    return ()


def _take_chords(sentence: Sentence, taken: list[tuple[str, str, str]]) -> tuple[str, ...]:
    for match in sentence.find(_CHORD_CUED, as_written=True):
        text = re.sub(r"(?<!\w)[a-h](?=[#♯b♭]?m)", lambda small: small[0].upper(), match[1])
        if text != match[1]:
            taken.append((sentence.take(match), "chords", " ".join(_chords(text))))
            return tuple(_chords(text))
    for pattern in (_CHORD_LIST, _SPELLED_LIST, _CHORD_ALONE, _SPELLED_ALONE):
        for match in sentence.find(pattern, as_written=True):
            text = match[1] or match[2]
            spelled = pattern in (_SPELLED_LIST, _SPELLED_ALONE)
            chords = tuple(_spelled_chords(text)) if spelled else tuple(_chords(text))
            if pattern is _CHORD_LIST and not _are_chords(sentence, match, chords):
                continue
            taken.append((sentence.take(match), "chords", " ".join(chords)))
            return chords
    return _take_described(sentence, taken)


def _take_described(sentence: Sentence, taken: list[tuple[str, str, str]]) -> tuple[str, ...]:
    """Take one chord whose kind is written out: "diminished chord on C", "A minor seventh"."""
    for pattern in (_DESCRIBED, _DESCRIBED_AFTER):
        for match in sentence.find(pattern, as_written=True):
            number = next(n for n in range(len(_NAMED_QUALITIES)) if match[f"q{n}"])
            quality = list(_NAMED_QUALITIES)[number]
            if quality not in _SEVENTHS and pattern is _DESCRIBED_AFTER:
                continue
            chord = f"{_spelled_chords(match['root'] + ' major')[0]}{quality}"
            taken.append((sentence.take(match), "chords", chord))
            return (chord,)
    return ()


def _are_chords(sentence: Sentence, match: re.Match[str], chords: tuple[str, ...]) -> bool:
    """Tell chords from letters that stand side by side, such as "A D" or "I am in C"."""
    cued = bool(_CUE.search(sentence.before(match)) or _CUE_AFTER.match(sentence.after(match)))
    signs = bool(re.search(r"[-–—|>→]", match[1]))
    lone = sum(chord in ("A", "I") for chord in chords)
    return cued or (len(chords) >= _SURE_CHORDS and lone <= 1) or (signs and len(chords) > 1)


def _chords(text: str) -> list[str]:
    german = bool(re.search(r"(?<!\w)H", text))
    found = re.findall(_CHORD, text)
    return [_german(chord) if german else _plain(chord) for chord in found]


def _german(chord: str) -> str:
    """H is B, and B is B flat, where an H stands among the chords."""
    if chord.startswith("H"):
        return _plain("B" + chord[1:])
    return _plain("Bb" + chord[1:] if chord[:1] == "B" and chord[1:2] not in ("b", "#") else chord)


def _plain(chord: str) -> str:
    return chord.replace("♯", "#").replace("♭", "b").replace("min", "m").replace("H", "B")


def _spelled_chords(text: str) -> list[str]:
    """Names of chords that are written out: "a-Moll", "F major", "ля минор"."""
    found = []
    for part in re.findall(_SPELLED, text, re.IGNORECASE):
        low = part.lower()
        german = bool(re.search(r"moll|dur", low))
        minor = any(mode in low for mode in _MINOR)
        russian = next((name for name in _LETTERS if low.startswith(name)), "")
        letter = _LETTERS[russian] if russian else part[0].upper()
        rest = low[len(russian) or 1 :].lstrip(" -")
        if german and letter in "HB":
            letter = "B" if letter == "H" else "Bb"
        sharp = re.match(r"(?:#|♯|is|sharp|диез)", rest)
        flat = re.match(r"(?:♭|b(?!em)|es|s(?=[\s-])|flat|бемоль)", rest)
        found.append(f"{letter}{'#' if sharp else 'b' if flat else ''}{'m' if minor else ''}")
    return found
