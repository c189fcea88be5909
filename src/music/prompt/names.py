"""Names of artists, bands and songs in a prompt: they are not known, and nothing in them is music.

"In the style of Daft Punk" asks for no punk. A name is what follows "like", "in the style of",
"sounds like" and their German and Russian fellows, or stands before "vibes" and "type beat": words
that begin with a capital, or words that no vocabulary knows.
"""

import re
from collections.abc import Callable, Iterator

from src.music.prompt.text import Sentence
from src.words.entries import WordEntry
from src.words.phrases import PhraseTable
from src.words.spelling import Word, plain, words_of

_STRONG = re.compile(
    r"(?<!\w)(?:in the (?:style|vein|spirit|manner) of|in style of|style of|sound(?:s|ing)? like"
    r"|inspired by|reminiscent of|à la|a la|similar to|along the lines of|cover of|remix of"
    r"|im stile? von|in der art von|klingt wie|klingen wie|inspiriert von|ähnlich wie|so wie"
    r"|à la|wie bei|wie von|в стиле|в духе|похоже? на|похожее на|похожий на|как у|наподобие|а ля"
    r"|вдохновлен\w*)\s+"
)
_WEAK = re.compile(r"(?<!\w)(?:like|wie|как|by|von)\s+")
_BEFORE = re.compile(
    r"(?<![\w-])((?:[A-ZА-Я][\w.'’&-]*\s+){1,3}?)(?:type beats?|vibes?|style|ish|esque|stil"
    r"|remix|cover)(?!\w)",
    re.IGNORECASE,
)
_WORD = r"[^\W_][\w.'’&/-]*"
_CAPITALISED = re.compile(
    r"(?:the |die |der )?[A-ZА-ЯÄÖÜ0-9][\w.'’&/-]*(?:(?:\s+(?:of|the|and|und|de|von|van|der|&|и|n)"
    r")*\s+[A-ZА-ЯÄÖÜ][\w.'’&/-]*)*"
)
_PLAIN = re.compile(rf"{_WORD}(?:\s+{_WORD}){{0,2}}")
_STOPS = re.compile(
    r"\s+(?:with|but|and|at|in|for|on|mit|aber|und|bei|für|ohne|without|no|с|но|и|без|в|на|bpm"
    r"|\d+)(?!\w).*"
)
_KNOWN_KINDS = ("genre", "style", "foreign_genre", "instrument", "group", "decade")
_KNOWN_NOUNS = (*_KNOWN_KINDS, "picture", "occasion", "source", "mood", "section")
"""In German every noun has a capital, so that "wie Nebel" is no band."""
_ARTICLE = re.compile(r"(?:a|an|the|some|this|that|ein|eine|einen|einem|der|die|das|eines)\s+")

_LONGEST_ENDING = 3
"""So many letters an inflection adds to a known word; a name adds more."""

IsOrdinary = Callable[[str], bool]

_QUOTED = re.compile(r"[\"“”„«‚‘](?=[^\"“”„«»]*\s)([^\"“”„«»]{3,300})[\"“”»’]")


def take_quotes(sentence: Sentence) -> tuple[str, ...]:
    """Take out what stands in quotation marks: words to be sung, which say nothing of music."""
    return tuple(sentence.take(match) for match in sentence.find(_QUOTED, as_written=True))


def take_names(
    sentence: Sentence, lexicon: PhraseTable, is_ordinary: IsOrdinary
) -> tuple[str, ...]:
    """Find names, take them out of the sentence with what leads to them, and list both as
    they are written.

    is_ordinary: whether a dictionary has a word, which then is no name in small letters
    """
    found = []
    for reader in (_named_before, _named_after):
        while (span := next(reader(sentence, lexicon, is_ordinary), None)) is not None:
            found.append(sentence.take_span(*span))
    return tuple(found)


def _named_before(
    sentence: Sentence, lexicon: PhraseTable, _: IsOrdinary
) -> Iterator[tuple[int, int]]:
    """ "Daft Punk vibes": a run of capitals of which no vocabulary knows each word."""
    for match in sentence.find(_BEFORE, as_written=True):
        name = match[1].strip()
        if name[:1].isupper() and not _is_known(name, lexicon, _kinds(sentence)):
            unknown = any(not lexicon.find(words_of(word), 0)[0] for word in name.split())
            if unknown:
                yield match.start(1), match.end()


def _named_after(
    sentence: Sentence, lexicon: PhraseTable, is_ordinary: IsOrdinary
) -> Iterator[tuple[int, int]]:
    for pattern, strong in ((_STRONG, True), (_WEAK, False)):
        for match in sentence.find(pattern):
            rest = sentence.written_after(match)
            capitals = _CAPITALISED.match(rest)
            if capitals is not None:
                name = capitals[0]
                leads = strong or not name[0].isdigit()
                if leads and not _is_known(name, lexicon, _kinds(sentence)):
                    yield match.start(), match.end() + len(name)
                continue
            name = _in_small_letters(rest, lexicon, is_ordinary, strong=strong)
            if name:
                yield match.start(), match.end() + len(name)


def _in_small_letters(
    rest: str, lexicon: PhraseTable, is_ordinary: IsOrdinary, *, strong: bool
) -> str:
    """Up to three words, the first or second of which nobody knows; "" where they are no name."""
    plain = _PLAIN.match(rest)
    if plain is None or _ARTICLE.match(rest.lower()):
        return ""
    name = _STOPS.sub("", plain[0])
    words = words_of(name)
    index = 0
    while index < len(words):
        found, size = lexicon.find(words, index)
        if not found:
            break
        index += size
    if index >= len(words) or index > (1 if strong else 0):
        return ""
    return "" if not strong and is_ordinary(words[index].text) else name


def _kinds(sentence: Sentence) -> tuple[str, ...]:
    return _KNOWN_NOUNS if sentence.language == "de" else _KNOWN_KINDS


def _is_known(name: str, lexicon: PhraseTable, kinds: tuple[str, ...]) -> bool:
    """Tell whether a vocabulary knows every word of a name as one of the kinds."""
    words = [word for word in words_of(name) if not word.is_sign]
    index = 0
    while index < len(words):
        found, size = lexicon.find(words, index)
        if not found or not all(_is_of(one.entry, kinds) for one in found):
            return False
        if size == 1 and len(found) == 1 and _is_longer(words[index], found[0].entry):
            return False
        index += size
    return True


def _is_longer(word: Word, entry: WordEntry) -> bool:
    """Tell whether a word only begins as one of the vocabulary: "Metallica" is no metal."""
    stems = [plain(pattern.rstrip("*")) for pattern in entry.patterns if " " not in pattern]
    same = [stem for stem in stems if word.plain.startswith(stem)]
    return bool(same) and len(word.plain) - max(map(len, same)) > _LONGEST_ENDING


def _is_of(entry: WordEntry, kinds: tuple[str, ...]) -> bool:
    return entry.kind in kinds or entry.kind in ("filler", "article", "and", "in", "within")
