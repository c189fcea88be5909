"""Texts of others on a page that reads markdown: shown as they are, never obeyed."""

_SIGNS = str.maketrans({sign: f"\\{sign}" for sign in "\\`*_{}[]()#+!|<>$~:"})
_INVISIBLE = dict.fromkeys(
    [*range(0x00, 0x20), *range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F),
     *range(0x2066, 0x206A), 0xFEFF],
    " ",
)  # fmt: skip
"""Control characters, line ends, and those that turn the direction of what follows."""


def plain(text: str) -> str:
    """Escape a text so that markdown shows it as it is, on one line, and loads nothing."""
    return text.translate(_INVISIBLE).translate(_SIGNS)
