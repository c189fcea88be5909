"""What arranging did otherwise than it was asked, as codes with values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from src.music.model.plan import REFUSED

REPORT_TEXTS: Mapping[str, str] = {
    "after_the_end": "{words!r} lies behind the end of the track at bar {bars}: it is left out",
    "one_tempo_grid": "{words!r}: {genre} plays from bar {bar} to {last} in the tempo and key of"
    " the whole track, {bpm} BPM",
    "other_bars": "section {section!r} has {got} bars instead of {asked}, since the track's length"
    " was asked for as well",
    "refilled": "section {section!r} would have been silent: {kept} plays in it",
    "left_out_section": "section {section!r} would have been silent: it is left out",
    "silence": "nothing plays for {beats} beats from bar {bar}",
    "length": "the track has {got} instead of {asked}",
    "missing": "{name} was asked for and does not play",
    "refused_present": "{name} was refused: it is taken out",
}
"""Code -> its English sentence."""

GRANTED = ("refilled", "left_out_section", "refused_present", "one_tempo_grid")
"""Codes that only tell what was decided; the others tell of something that is not as asked."""


@dataclass(frozen=True)
class PlanReport:
    """Something that a plan does otherwise. words: of the prompt; values: for its sentence"""

    code: str
    words: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


def report_note(report: PlanReport) -> str:
    """Write a report as a note of the plan, in English. Raises KeyError for an unknown code."""
    said = REPORT_TEXTS[report.code].format(words=report.words, **report.values)
    return said if report.code in GRANTED else f"{REFUSED}{said}"
