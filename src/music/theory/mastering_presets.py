"""Where a finished track shall lie: the levels that places of listening ask for."""

from dataclasses import dataclass, replace

from src.core.errors import InvalidInputError


@dataclass(frozen=True)
class Mastering:
    """Levels of a finished track.

    target_lufs: integrated loudness; None: no limiter and no bus compressor, only a gain
    ceiling_dbtp: highest true peak; without a target the level of the highest sample in dBFS
    """

    target_lufs: float | None
    ceiling_dbtp: float


PRESETS = {
    "streaming": Mastering(-14.0, -1.0),
    "club": Mastering(-8.0, -1.0),
    "apple": Mastering(-16.0, -1.0),
    "premaster": Mastering(None, -6.0),
}
"""Levels by name. The premaster is for a mastering engineer: peaks at -6 dBFS, nothing else."""

CUSTOM = "custom"
"""The name of levels that no preset has."""


def mastering_of(
    preset: str | None, target_lufs: float | None, *, otherwise: Mastering
) -> Mastering:
    """Choose the levels of a plan: its preset, or a loudness of its own, or the default.

    Raises InvalidInputError for a preset that isn't known, and for a premaster with a
    loudness, which nothing would bring it to.
    """
    if preset is None:
        return otherwise if target_lufs is None else replace(otherwise, target_lufs=target_lufs)
    if preset not in PRESETS:
        raise InvalidInputError(f"mastering must be one of {', '.join(PRESETS)}, got {preset!r}")
    chosen = PRESETS[preset]
    if target_lufs is None:
        return chosen
    if chosen.target_lufs is None:
        raise InvalidInputError(
            f"a {preset} has no loudness target, got target_lufs {target_lufs:g}"
        )
    return replace(chosen, target_lufs=target_lufs)


def preset_name(target_lufs: float | None, ceiling_dbtp: float) -> str:
    """Name levels; "custom" where no preset has them."""
    requested = Mastering(target_lufs, ceiling_dbtp)
    return next((name for name, preset in PRESETS.items() if preset == requested), CUSTOM)
