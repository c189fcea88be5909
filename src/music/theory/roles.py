"""What each role of a track needs: its place in the picture, effects, stand-ins.

Levels, ducking and reverb differ by genre and stand in the grammars; see ``genres.py``.
"""

from dataclasses import dataclass

from src.core.errors import InvalidInputError
from src.music.theory.library import CATEGORIES


@dataclass(frozen=True)
class Role:
    """How a mixing engineer treats one category.

    importance: roles are cast from the most to the least important
    pan: how far to the side it may sit, 0..1; the side is chosen when the score is made
    loop, shot: how well the role is filled by a loop or by a sequenced one-shot, 0..1
    stand_ins: (category, fit) of what may take its place, best first
    """

    importance: float
    pan: float = 0.0
    high_pass_hz: float | None = None
    mono_below_hz: float | None = None
    delay_send_db: float | None = None
    loop: float = 1.0
    shot: float = 1.0
    stand_ins: tuple[tuple[str, float], ...] = ()


_ROLES: dict[str, Role] = {
    "kick": Role(
        1.0, mono_below_hz=120, loop=0.55, stand_ins=(("drums", 0.55), ("tom", 0.3))
    ),
    "drums": Role(
        0.95, high_pass_hz=30, mono_below_hz=120, shot=0.02,
        stand_ins=(("percussion", 0.5),),
    ),
    "bass": Role(
        0.9, high_pass_hz=28, mono_below_hz=120, shot=0.75,
        stand_ins=(("synth", 0.4), ("keys", 0.25)),
    ),
    "snare": Role(
        0.8, high_pass_hz=110, loop=0.7,
        stand_ins=(("clap", 0.7), ("percussion", 0.35)),
    ),
    "clap": Role(
        0.78, high_pass_hz=160, loop=0.7,
        stand_ins=(("snare", 0.7), ("percussion", 0.35)),
    ),
    "hihat": Role(
        0.75, pan=0.2, high_pass_hz=300, shot=0.95,
        stand_ins=(("cymbal", 0.5), ("percussion", 0.45), ("drums", 0.3)),
    ),
    "percussion": Role(
        0.6, pan=0.35, high_pass_hz=150, shot=0.75,
        stand_ins=(("tom", 0.5), ("drums", 0.45), ("hihat", 0.35)),
    ),
    "tom": Role(
        0.4, pan=0.3, high_pass_hz=50, loop=0.8,
        stand_ins=(("percussion", 0.6),),
    ),
    "cymbal": Role(
        0.35, pan=0.15, high_pass_hz=300, loop=0.8,
        stand_ins=(("hihat", 0.45),),
    ),
    "synth": Role(
        0.7, pan=0.15, high_pass_hz=110, delay_send_db=-22, shot=0.6,
        stand_ins=(("lead", 0.65), ("keys", 0.55), ("pad", 0.45), ("strings", 0.35)),
    ),
    "lead": Role(
        0.68, high_pass_hz=140, delay_send_db=-18,
        shot=0.5,
        stand_ins=(("synth", 0.65), ("keys", 0.5), ("guitar", 0.4), ("brass", 0.35)),
    ),
    "pad": Role(
        0.65, high_pass_hz=150, shot=0.6,
        stand_ins=(("strings", 0.65), ("atmo", 0.6), ("keys", 0.45), ("synth", 0.4)),
    ),
    "keys": Role(
        0.62, pan=0.15, high_pass_hz=110, delay_send_db=-26, shot=0.55,
        stand_ins=(("synth", 0.5), ("guitar", 0.45), ("pad", 0.4), ("strings", 0.35)),
    ),
    "guitar": Role(
        0.58, pan=0.25, high_pass_hz=100, delay_send_db=-24, shot=0.4,
        stand_ins=(("keys", 0.4), ("synth", 0.35)),
    ),
    "strings": Role(
        0.56, pan=0.15, high_pass_hz=120, shot=0.5,
        stand_ins=(("pad", 0.65), ("synth", 0.35), ("keys", 0.35)),
    ),
    "brass": Role(
        0.54, pan=0.1, high_pass_hz=100, shot=0.5,
        stand_ins=(("synth", 0.4), ("lead", 0.4), ("strings", 0.3)),
    ),
    "vocal": Role(
        0.64, high_pass_hz=120, delay_send_db=-18,
        shot=0.8,
    ),
    "fx": Role(
        0.3, high_pass_hz=40, shot=1.0, loop=0.6,
        stand_ins=(("cymbal", 0.4), ("atmo", 0.35)),
    ),
    "atmo": Role(
        0.45, high_pass_hz=120, shot=0.8,
        stand_ins=(("pad", 0.65), ("strings", 0.4), ("fx", 0.35)),
    ),
    "other": Role(
        0.2, high_pass_hz=100, shot=0.5,
        stand_ins=(("percussion", 0.3), ("fx", 0.3), ("synth", 0.3)),
    ),
}  # fmt: skip


def role_of(category: str) -> Role:
    """Return how the category is treated. Raises InvalidInputError for an unknown category."""
    if category not in _ROLES:
        raise InvalidInputError(
            f"category must be one of {', '.join(CATEGORIES)}, got {category!r}"
        )
    return _ROLES[category]


def category_fit(requested: str, found: str) -> float:
    """Rate how well a stem of category ``found`` fills the role ``asked``: 1 itself, 0 not at
    all.
    """
    if requested == found:
        return 1.0
    return dict(role_of(requested).stand_ins).get(found, 0.0)


def stand_ins_of(category: str) -> tuple[str, ...]:
    """Categories that may stand in for the category, best first."""
    return tuple(name for name, _ in role_of(category).stand_ins)
