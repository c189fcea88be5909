"""Names as they may stand in texts, listings and files: one line that reads as it is written."""

_TURNING = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_DROPPED = dict.fromkeys((*_TURNING, 0xFEFF), "")
_SPACED = dict.fromkeys((*range(0x00, 0x20), *range(0x7F, 0xA0), 0x2028, 0x2029), " ")


def one_line(text: str) -> str:
    """Drop what turns the direction of a line, and make one line of several.

    Control characters and line ends become spaces, several spaces one.
    """
    return " ".join(text.translate(_DROPPED).translate(_SPACED).split())
