"""Cutting a name into its fields: words between underscores, dashes, brackets and spaces."""

import re
from dataclasses import dataclass

_SEPARATORS = re.compile(r"([\s_\-–—()\[\]{},.;+&~]+)")
_SEAMS = re.compile(r"(?<=[a-zäöüß])(?=[A-ZÄÖÜ])|(?<=[A-Za-zäöüß])(?=\d)")


@dataclass(frozen=True)
class NameField:
    """A word of a name, with the separators around it ("" at the ends)."""

    text: str
    before: str
    after: str

    @property
    def boxed(self) -> bool:
        """Set apart by more than a space, as fields of a name are."""
        return bool(set(self.before + self.after) & set("_-()[]{},"))


def name_fields(name: str) -> list[NameField]:
    """List the words of a name in order; none of a name that is all separators."""
    parts = _SEPARATORS.split(name)
    words = [
        (parts[i], parts[i - 1] if i else "", parts[i + 1 : i + 2]) for i in range(0, len(parts), 2)
    ]
    return [
        NameField(text, before, after[0] if after else "") for text, before, after in words if text
    ]


def parted(name: str) -> str:
    """Put spaces where words were glued: "HiHat2" becomes "Hi Hat 2"."""
    return _SEAMS.sub(" ", name)
