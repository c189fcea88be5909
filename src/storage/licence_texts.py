"""What a licence or readme says: of single sounds by their names, and of all beside it.

Sources: the lists in the packs of freesound.org; REUSE (``kick.wav.license`` with an SPDX line);
addresses of licences at creativecommons.org.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PurePosixPath

from src.core.errors import UnreadableAudioError
from src.storage.files import open_regular
from src.storage.zips.names import likeliest_codec

MAX_CHARACTERS = 200
LARGEST_FILE = 1 << 20
"""Bytes of a licence or readme that is kept."""

_READ_BYTES = 65_536
_ENDINGS = ("", ".txt", ".md", ".rst", ".nfo", ".rtf", ".htm", ".html", ".license")
_DOCUMENTS = (".pdf", ".doc", ".docx", ".odt")
"""Endings of texts that are only named: they are for people to read."""

_NAMED = re.compile(
    r"(?<![a-z])(?:un)?licen[cs]|licen[cs]e$|copying|copyright|lizenz|nutzungsbedingung|terms"
    r"|(?<![a-z])(?:eula|legal)(?![a-z])|(?<![a-z])cc(?:0|[ _-]by)(?![a-z])"
    r"|лиценз|услови[яе]|авторск",
    re.I,
)
_ABOUT = re.compile(
    r"read[ _-]?(?:me|this)|lies[ _-]?mich|bitte[ _-]?lesen|lisez[ _-]?moi|l[eé]eme|leggimi"
    r"|credits|attribution|про(?:чти|читай|честь)|читать|о[ _-]наборе",
    re.I,
)
_FOLDER = re.compile(
    r"[\W_]*(?:licen[cs]es?|license files?|lizenz(?:en)?|legal|docs?|documents?|documentation|info"
    r"|information|read[ _-]?me|лиценз\w*|документ\w*)[\W_]*",
    re.I,
)
_LICENCES = re.compile(
    r"[\W_]*(?:licen[cs]es?(?: files?)?|lizenz(?:en)?|legal|лиценз\w*)[\W_]*", re.I
)
"""Folders in which any text is a licence."""

_SOUND = re.compile(r"([\w@#%&+=,.!()\[\]' -]+)\.(?:wav|aiff?|flac|ogg|mp3|m4a|caf)\b", re.I)
_AFTER_SOUND = re.compile(r"^[\s\"'`*]*(?:[:;|,=\t—–-]+|\()\s*(\S.*?)\)?$")
_STATED = re.compile(
    r"^(?:(?:sound |sample )?(?:licen[cs]e|lizenz)(?:[ -]?(?:type|typ))?|лицензия"
    r"|spdx-licen[cs]e-identifier)[\s*]*[:=—–][\s*]*(\S.*)$",
    re.I,
)
_KNOWN = re.compile(
    r"creative commons|creativecommons\.org/|\bcc[ -]?(?:0|by)\b|public domain|royalty[ -]free"
    r"|gemeinfrei|lizenzfrei|frei von lizenz|общественн\w+ достояни|без отчислений"
    r"|all rights reserved|alle rechte vorbehalten|все права защищены"
    r"|licen[cs]ed under|lizenziert unter|по лицензии|под лицензией",
    re.I,
)
_HEADING = re.compile(
    r"(?:the |end[ -]user )*(?:licen[cs]e(?:s|[ -]file)?|lizenz(?:en|bedingungen|vereinbarung)?"
    r"|nutzungsbedingungen|terms(?: (?:of use|and conditions|& conditions))?|legal(?: notice)?|eula"
    r"|лицензи\w+(?: соглашени\w+)?|условия(?: использования)?)"
    r"(?: agreements?| information| terms)?\s*:?",
    re.I,
)
_NAMES_ONE = re.compile(
    r"licen[cs]e|lizenz|лиценз|attribution|sharealike|\bmit\b|\bbsd\b|\bgnu\b|apache|\bcc0",
    re.I,
)
_ADDRESS = re.compile(
    r"(?:https?://)?(?:www\.)?creativecommons\.org/(?:licenses/([a-z-]+)|publicdomain/(zero|mark))"
    r"/(\d\.\d)(?:/[\w.-]*)*",
    re.I,
)
_LINKED = re.compile(r"\[([^\]]+)\]\([^)]*\)")
_TAG = re.compile(
    rb"<(?:style|script|title)\b.{0,4096}?</(?:style|script|title)>|<[^>]{0,4096}>", re.I | re.S
)
_RTF = re.compile(
    rb"\{\\\*?\\?(?:fonttbl|colortbl|stylesheet|info|generator)[^{}]{0,4096}"
    rb"(?:\{[^{}]{0,512}\}[^{}]{0,512}){0,64}\}|\\par[d]?\b ?|\\[a-z]+-?\d* ?|[{}]"
)
_RTF_SIGN = re.compile(rb"\\'([0-9a-f]{2})", re.I)
_FOREIGN = re.compile(rb"[\x80-\xff]")
_LATIN = re.compile(rb"[A-Za-z]")
_NUMBER = re.compile(r"^(\d{2,})__\S")
_LEGAL_CODE = "creative commons legal code"
"""Heads every text of theirs; the name of the licence follows."""
_BOM = "\ufeff"


@dataclass(frozen=True)
class LicenceText:
    """What one text says. by_sound: by a sound's name without ending; of_all: None: nothing"""

    by_sound: Mapping[str, str] = field(default_factory=dict)
    of_all: str | None = None

    def of(self, name: str) -> str | None:
        """Return what is said of the very sound. name: of its file, without ending

        Freesound's number tells a sound whose file was renamed behind it.
        """
        plain = name.casefold()
        number = _NUMBER.match(plain)
        numbered = None if number is None else self.by_sound.get(f"{number[1]}__")
        return self.by_sound.get(plain, numbered)


def is_licence_text(name: str) -> bool:
    """Tell whether a file is called like a licence or a readme, and is a text or a document.

    name: with "/" between folders; any text counts in a folder of licences
    """
    path, ending = PurePosixPath(name), _ending(name)
    if path.name.startswith("."):
        return False  # also what a Macintosh writes beside its files
    named = _names_licence(path) or ending == ".license"
    if ending in _DOCUMENTS:
        return named
    return ending in _ENDINGS and (named or bool(_ABOUT.search(path.stem)))


def is_licence_folder(name: str) -> bool:
    """Tell whether a folder is called like one that holds the licence of what lies beside it."""
    return bool(_FOLDER.fullmatch(name))


def reading_order(name: str) -> tuple[bool, bool, bool, bool, int, str]:
    """Order texts: licences before readmes, texts before documents, the plainest name first."""
    path, ending = PurePosixPath(name), _ending(name)
    return (
        not _names_licence(path), bool(_ABOUT.search(path.stem)),
        ending in _DOCUMENTS, ending != ".txt", len(name), name,
    )  # fmt: skip


def read_licence_text(path: Path) -> LicenceText:
    """Read what a licence, a readme or a list of sounds says; nothing where it can't be read."""
    if _ending(path.name) in _DOCUMENTS:
        return LicenceText(of_all=f"see {path.name}"[:MAX_CHARACTERS])
    try:
        with open_regular(path) as file:
            data = file.read(_READ_BYTES)
    except UnreadableAudioError:
        return LicenceText()  # nothing that a licence could be read from
    lines = list(_lines(data))
    beside = _SOUND.fullmatch(path.stem)
    if path.suffix.lower() == ".license" and beside is not None:
        stated = _first(lines, is_licence=True)
        return LicenceText({} if stated is None else {beside[1].casefold(): stated})
    listed = dict(_per_sound(lines))
    if listed:
        alike = set(listed.values())
        return LicenceText(listed, alike.pop() if len(alike) == 1 else None)
    return LicenceText(of_all=_first(lines, is_licence=_names_licence(path)))


def _ending(name: str) -> str:
    """Return the ending of a file's name; "CC BY 4.0" has none."""
    ending = PurePosixPath(name).suffix.lower()
    return "" if ending[1:].isdigit() else ending


def _names_licence(path: PurePath) -> bool:
    return bool(_NAMED.search(path.stem) or _LICENCES.fullmatch(path.parent.name))


def _lines(data: bytes) -> Iterator[str]:
    """Return lines that say something, without marks of lists, headings and links."""
    for line in _decoded(_unmarked(data)).removeprefix(_BOM).splitlines():
        plain = "".join(sign if sign.isprintable() else " " for sign in _LINKED.sub(r"\1", line))
        text = " ".join(plain.split()).strip("#*=-_>| ").strip("<")
        if text and text.casefold() != _LEGAL_CODE:
            yield text


def _unmarked(data: bytes) -> bytes:
    """Return the text of a page or of a rich text as its bytes."""
    start = data[:512].lstrip().lower()
    if start.startswith(b"{\\rtf"):
        plain = _RTF.sub(lambda mark: b"\n" if mark[0].startswith(b"\\par") else b"", data)
        return _RTF_SIGN.sub(lambda sign: bytes([int(sign[1], 16)]), plain)
    if start.startswith((b"<!doctype html", b"<html", b"<body")):
        return _TAG.sub(b"\n", data)
    return data


def _decoded(data: bytes) -> str:
    """Decode a text by its marks, else as UTF-8, else by what its foreign lines look like."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        # A few letters beyond ASCII are of the West; whole words are of another script.
        foreign = [line for line in data.splitlines() if _is_foreign(line)]
        codec = likeliest_codec(foreign) if foreign else "cp1252"
        return data.decode(codec, errors="replace")


def _is_foreign(line: bytes) -> bool:
    beyond = _FOREIGN.findall(line)
    return len(set(beyond)) >= 4 and len(beyond) > len(_LATIN.findall(line))


def _per_sound(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Return each sound that a list names, with the licence that is stated beside or below it."""
    sound: str | None = None
    for line in lines:
        name = _SOUND.match(line)
        if name is not None and (beside := _AFTER_SOUND.match(line[name.end() :])):
            if _STATED.match(beside[1]) or _KNOWN.search(beside[1]):
                yield from _named(name[1], _value(beside[1]))
            sound = None
        elif name is not None and name.end() == len(line):
            sound = name[1]
        elif sound is not None and (_STATED.match(line)):
            yield from _named(sound, _value(line))
            sound = None


def _named(sound: str, licence: str) -> Iterator[tuple[str, str]]:
    """Return the licence by the sound's name, and by its number at freesound.org."""
    plain = sound.strip().casefold()
    yield plain, licence
    if number := _NUMBER.match(plain):
        yield f"{number[1]}__", licence


def _first(lines: list[str], *, is_licence: bool) -> str | None:
    """Choose the line that names the licence; of a licence file any line rather than none."""
    for line, below in zip(lines, [*lines[1:], ""], strict=False):
        if _HEADING.fullmatch(line) and below:
            if not is_licence and any(sign.isalpha() for sign in below):
                return _value(below)  # "## License", and beneath it "MIT"
        elif _tells(line, is_licence=is_licence):
            return _value(line)
    return _value(_saying(lines)) if is_licence and lines else None


def _tells(line: str, *, is_licence: bool) -> bool:
    """Tell whether a line names a licence; in a licence file its bare name is enough."""
    named = is_licence and _NAMES_ONE.search(line)
    return bool(named or _STATED.match(line) or _KNOWN.search(line))


def _saying(lines: list[str]) -> str:
    said = (line for line in lines if any(sign.isalpha() for sign in line))
    return next((line for line in said if not _HEADING.fullmatch(line)), lines[0])


def _value(line: str) -> str:
    """Return a licence as it is stated; an address at creativecommons.org by its name."""
    match = _STATED.match(line)
    text = (match[1] if match else line).strip(" *_`\"'")
    address = _ADDRESS.fullmatch(text.strip("<>().,"))
    if address is None:
        return text[:MAX_CHARACTERS]
    if address[2]:
        return f"CC0 {address[3]}" if address[2].lower() == "zero" else "Public domain"
    return f"CC {address[1].upper()} {address[3]}"
