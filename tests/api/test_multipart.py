"""Names of uploaded files as clients write them."""

import pytest

from src.api.multipart import FormReader, PartStart


def named(disposition: bytes) -> PartStart:
    """The start of a part with this header."""
    reader = FormReader("multipart/form-data; boundary=X")
    body = b"--X\r\nContent-Disposition: " + disposition + b"\r\n\r\nabc\r\n--X--\r\n"
    (start,) = (event for event in reader.feed(body) if isinstance(event, PartStart))
    reader.end()
    return start


@pytest.mark.parametrize(
    ("reported", "name"),
    [
        (b'filename="kick.wav"', "kick.wav"),
        ('filename="Bässe.wav"'.encode(), "Bässe.wav"),
        ('filename="Bässe.wav"'.encode("latin-1"), "Bässe.wav"),
        (b"filename*=utf-8''B%C3%A4sse.wav", "Bässe.wav"),
        (b"filename*=UTF-8'de'B%C3%A4sse.wav", "Bässe.wav"),
        (b"filename*=iso-8859-1''B%E4sse.wav", "Bässe.wav"),
        (b"filename=\"B_sse.wav\"; filename*=utf-8''B%C3%A4sse.wav", "Bässe.wav"),
        (b"filename*=nonsense''B%C3%A4sse.wav", "Bässe.wav"),
        (b'filename="Kick %22A%22.wav"', 'Kick "A".wav'),
        (b'filename="100%25 wet.wav"', "100%25 wet.wav"),
        (b'filename=""', ""),
    ],
)
def test_the_name_is_the_one_that_the_user_gave(reported: bytes, name: str) -> None:
    assert named(b'form-data; name="files"; ' + reported) == PartStart("files", name)


def test_a_plain_field_has_no_file_name() -> None:
    assert named(b'form-data; name="kit"') == PartStart("kit", None)
