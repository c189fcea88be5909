"""Lyrics as ACE-Step reads them: cleaned, with its structure tags, in a known language."""

import re
import unicodedata

LONGEST_LYRICS = 4_096
"""Characters of lyrics from which ACE-Step refuses a song."""

STRUCTURE_TAGS = ("intro", "verse", "pre-chorus", "chorus", "bridge", "instrumental", "outro")

INSTRUMENTAL = "[instrumental]"
"""The whole text of a song that nobody sings."""

_HEADER_WORDS = {
    "pre-chorus": ("pre chorus", "prechorus", "pre refrain", "prerefrain", "pre hook", "build up",
                   "buildup"),
    "chorus": ("chorus", "post chorus", "refrain", "hook", "hookline", "kehrreim", "coro",
               "припев"),
    "verse": ("verse", "strophe", "vers", "part", "couplet", "verso", "estrofa", "strofa",
              "куплет"),
    "bridge": ("bridge", "brucke", "pont", "puente", "middle 8", "c part", "бридж"),
    "intro": ("intro", "introduction", "einleitung", "opening", "интро"),
    "outro": ("outro", "ending", "ende", "coda", "schluss", "аутро"),
    "instrumental": ("instrumental", "inst", "interlude", "solo", "guitar solo", "piano solo",
                     "zwischenspiel", "instrumental break", "instrumental bridge", "break", "drop",
                     "beat drop", "breakdown", "проигрыш"),
}  # fmt: skip
_TAG_OF = {word: tag for tag, words in _HEADER_WORDS.items() for word in words}
_KEPT_EMPTY = frozenset({"instrumental"})

_HEADER = re.compile(r"^\s*[\[(]([^\[\]()]{1,80})[\])]\s*$")
_COLON_HEADER = re.compile(r"^\s*([^\[\]:]{3,30}):\s*$")
_LRC_TIME = re.compile(r"[\[<]\d{1,3}:\d{2}(?:[.:]\d{1,3})?[\]>]")
_LRC_FIELD = re.compile(
    r"^\s*\[(?:ar|ti|al|au|by|re|ve|length|offset|la|tool|#)\s*:[^\]]*\]\s*$", re.I
)
_JUNK = re.compile(
    r"^\s*(?:\d+\s*contributors?.*|translations?|you might also like|\d*\s*embed"
    r"|see .{1,60} live(?:\s*get tickets.*)?|get tickets as low as .*"
    r"|share url|copy embed|copy|more on genius"
    r"|read more|about this song|paroles de .{0,80}|lyrics licensed .*|submitted by .*"
    r"|[*\s]*this lyrics is not for commercial use.*|\(?\d{8,}\)?)\s*$",
    re.I,
)  # fmt: skip
_HEAD_LINE = re.compile(r".{0,120}\bLyrics")
_EMBED_TAIL = re.compile(r"(?<=\S)\d*Embed\s*$")


def clean_lyrics(text: str) -> str:
    """Strip what is no song text and normalise structure tags; "" where nothing is left.

    Line ends become "\\n", headers one of STRUCTURE_TAGS in brackets, sections without a line
    go (instrumental ones stay). Cleaning twice changes nothing.
    """
    lines = [_clean_line(line) for line in _one_spelling(text).split("\n")]
    kept = [line for line in lines if line is not None]
    while kept and (not kept[0] or _HEAD_LINE.fullmatch(kept[0])):
        kept = kept[1:]
    return "\n\n".join(_sections(kept))


def lyrics_of_lrc(text: str) -> str:
    """Read a file of timed lyrics as plain ones: without times and fields."""
    lines = [line for line in _one_spelling(text).split("\n") if not _LRC_FIELD.match(line)]
    return clean_lyrics("\n".join(_LRC_TIME.sub("", line) for line in lines))


def is_instrumental(text: str) -> bool:
    """Tell whether a cleaned text says only that nobody sings."""
    return bool(text) and all(line in ("", INSTRUMENTAL) for line in text.split("\n"))


def _one_spelling(text: str) -> str:
    plain = unicodedata.normalize("NFC", text.replace("\ufeff", "").replace("\u200b", ""))
    plain = re.sub(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]", "\n", plain)
    return "".join(sign if sign == "\n" or sign.isprintable() else " " for sign in plain)


def _clean_line(line: str) -> str | None:
    """Return a line of a song, a structure tag, "" for a gap; None for what is neither."""
    spaced = " ".join(line.split())
    tag = _tag_of(spaced)
    if tag is not None:
        return f"[{tag}]" if tag else ""
    if _JUNK.match(spaced):
        return None
    tailless = _EMBED_TAIL.sub("", spaced).strip()
    return None if spaced and (not tailless or _JUNK.match(tailless)) else tailless


def _tag_of(line: str) -> str | None:
    """Return the structure tag that a header names, "" for an unknown one, None for a text."""
    match = _HEADER.match(line)
    in_square = match is not None and line.startswith("[")
    found = match or _COLON_HEADER.match(line)
    if found is None:
        return None
    name = _TAG_OF.get(_header_word(found[1]))
    return name if name is not None else "" if in_square else None


def _header_word(text: str) -> str:
    """Reduce "Verse 2: Artist" and "PRE-CHORUS x2" to the word that names the part."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    word = "".join(sign for sign in folded if not unicodedata.combining(sign)).split(":")[0]
    word = re.sub(r"[-–_/]+", " ", word)
    word = re.sub(r"\b(?:x\s?\d+|\d+\s?x|[ivx]+|\d+(?!\b\s*$)|\d+)\s*$", "", word.strip())
    return " ".join(word.split()) or text


def _sections(lines: list[str]) -> list[str]:
    """Group lines to sections; gaps within stay single, empty sections go."""
    sections: list[list[str]] = [[]]
    for line in lines:
        if line in _HEADERS or not line:
            sections.append([line] if line else [])
        else:
            sections[-1].append(line)
    kept: list[str] = []
    waiting = ""
    for section in sections:
        head = section[0] if section and section[0] in _HEADERS else ""
        body = section[1:] if head else section
        if head and not body:
            waiting = head
            if head[1:-1] in _KEPT_EMPTY:
                kept, waiting = [*kept, head], ""
        elif body:
            opened = head or waiting
            kept.append("\n".join([opened, *body] if opened else body))
            waiting = ""
    return kept


_HEADERS = frozenset(f"[{tag}]" for tag in STRUCTURE_TAGS)
