"""Reading multipart forms as they arrive, so that no file is held in memory or twice on disk."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from src.core.errors import InvalidInputError

_EXTENDED_NAME = re.compile(rb";\s*filename\*\s*=\s*\"?([A-Za-z0-9_\-]+)'[^']*'([^;\s\"]*)", re.I)

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks


@dataclass(frozen=True)
class PartStart:
    """A part begins. filename: None for a plain field, "" for a file without a name."""

    field: str
    filename: str | None


@dataclass(frozen=True)
class PartData:
    """The next bytes of the present part."""

    data: bytes


@dataclass(frozen=True)
class PartEnd:
    """The present part is whole."""


PartEvent = PartStart | PartData | PartEnd


class FormReader:
    """Turns the bytes of a multipart/form-data body into events.

    Raises InvalidInputError for what is no such form, or not a whole one.
    """

    def __init__(self, content_type: str) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise InvalidInputError(
                f"an upload must be multipart/form-data with a boundary, got {content_type!r}",
                code="not_multipart",
            )
        self._events: list[PartEvent] = []
        self._name = b""
        self._value = b""
        self._disposition = b""
        self._whole = False
        try:
            self._parser = MultipartParser(options[b"boundary"], self._callbacks())
        except FormParserError as error:
            raise _broken(error) from error

    def feed(self, data: bytes) -> list[PartEvent]:
        """Yield what the next bytes contain."""
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise _broken(error) from error
        events, self._events = self._events, []
        return events

    def end(self) -> None:
        """End the body. Raises InvalidInputError when the form is not complete."""
        if not self._whole:
            raise InvalidInputError("the upload was cut short", code="bad_multipart")

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._part_begins,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_ends,
            "on_headers_finished": self._headers_end,
            "on_part_data": self._part_data,
            "on_part_end": self._part_ends,
            "on_end": self._form_ends,
        }

    def _part_begins(self) -> None:
        self._name = self._value = self._disposition = b""

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_ends(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._disposition)
        if b"name" not in options:
            raise InvalidInputError("a part of the form has no name", code="bad_multipart")
        filename = options.get(b"filename")
        reported = None if filename is None else _browser_text(_text(filename))
        if extended := _EXTENDED_NAME.search(self._disposition):
            reported = _extended_text(extended[1], extended[2])
        self._events.append(PartStart(_browser_text(_text(options[b"name"])), reported))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(PartData(data[start:end]))

    def _part_ends(self) -> None:
        self._events.append(PartEnd())

    def _form_ends(self) -> None:
        self._whole = True


def _browser_text(text: str) -> str:
    """Convert to a name whose quotes and line ends came percent-encoded, and only these, as
    browsers do.

    Source: HTML, section 4.10.22.8 (multipart form data).
    """
    return text.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _extended_text(charset: bytes, value: bytes) -> str:
    """Convert to a name as RFC 5987 writes it: percent-encoded, the charset named."""
    data = unquote_to_bytes(value)
    try:
        return data.decode(charset.decode("ascii"))
    except (LookupError, UnicodeDecodeError):
        return _text(data)


def _text(data: bytes) -> str:
    """Decode a name as UTF-8; what is not UTF-8 is read as Latin-1, which takes any
    bytes.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _broken(error: FormParserError) -> InvalidInputError:
    return InvalidInputError(f"the form can't be read: {error}", code="bad_multipart")
