"""Text for XML documents."""

import re

_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """Drop what XML 1.0 can't hold: control characters, lone surrogates.

    Signs that mean something in XML stay; whoever writes the document escapes them.
    """
    return _IMPOSSIBLE.sub("", text)
