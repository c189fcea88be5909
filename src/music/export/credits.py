"""Credits: whose sounds are heard, from which kit, under which licence."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from src.music.model.score import Choice, Score

UNKNOWN_LICENCE = "licence unknown"


@dataclass(frozen=True)
class Credit:
    """One stem of a track.

    roles: what it plays; sections: where it plays
    original_file: where it lay when it was imported
    """

    stem_id: str
    name: str
    kit: str | None
    licence: str | None
    original_file: str
    category: str
    roles: tuple[str, ...]
    sections: tuple[str, ...]


def credits_of(score: Score) -> tuple[Credit, ...]:
    """List every stem that is chosen in a score, once, in the order of the mix."""
    by_stem: dict[str, list[Choice]] = defaultdict(list)
    for choice in score.choices:
        by_stem[choice.stem_id].append(choice)
    return tuple(_credit(choices) for choices in by_stem.values())


def credits_dict(score: Score, *, title: str) -> dict[str, Any]:
    """Write the credits as plain JSON values, with all stems of each licence side by side."""
    stems = credits_of(score)
    return {
        "title": title,
        "bpm": score.bpm,
        "key": score.key,
        "stems": [asdict(credit) for credit in stems],
        "licences": {
            licence: [credit.name for credit in found]
            for licence, found in _by_licence(stems).items()
        },
        "without_licence": [credit.name for credit in stems if not credit.licence],
    }


def credits_text(score: Score, *, title: str) -> str:
    """Write the credits for people to read."""
    stems = credits_of(score)
    lines = [title, f"{score.bpm:g} BPM, {score.key}", ""]
    for licence, found in _by_licence(stems).items():
        lines.append(licence)
        for credit in found:
            kit = f", from {credit.kit}" if credit.kit else ""
            lines.append(f"  {credit.name}{kit} ({', '.join(credit.roles)})")
            if credit.original_file:
                lines.append(f"    {credit.original_file}")
        lines.append("")
    if any(not credit.licence for credit in stems):
        lines.append("Ask whoever made the stems of unknown licence before you publish the track.")
    return "\n".join(lines).rstrip("\n") + "\n"


def _credit(choices: list[Choice]) -> Credit:
    first = choices[0]
    return Credit(
        stem_id=first.stem_id,
        name=first.name,
        kit=first.kit,
        licence=first.licence,
        original_file=first.original_file,
        category=first.category,
        roles=tuple(dict.fromkeys(choice.asked_category for choice in choices)),
        sections=tuple(dict.fromkeys(name for choice in choices for name in choice.sections)),
    )


def _by_licence(stems: Iterable[Credit]) -> dict[str, list[Credit]]:
    """Stems by licence, in the order of first use; unknown ones last."""
    found: dict[str, list[Credit]] = defaultdict(list)
    for credit in stems:
        found[credit.licence or UNKNOWN_LICENCE].append(credit)
    if UNKNOWN_LICENCE in found:
        found[UNKNOWN_LICENCE] = found.pop(UNKNOWN_LICENCE)
    return dict(found)
