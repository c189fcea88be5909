"""Small scores for tests of what is made from them."""

from src.music.model.score import (
    Automation,
    AutomationPoint,
    Channel,
    Choice,
    Clip,
    Note,
    Reason,
    Score,
    ScoreSection,
)


def made_score(*tracks: Channel, bpm: float = 133.0, **changes: object) -> Score:
    """Two sections of 16 beats. The bass turns up, the hat swings, a riser is reversed."""
    values: dict[str, object] = {
        "bpm": bpm,
        "key": "F#m",
        "seed": 1,
        "sections": (
            ScoreSection("Intro", 0.0, 16.0, 0.4),
            ScoreSection("Драйв & <Drop>", 16.0, 16.0, 0.9),
        ),
        "channels": tracks or made_tracks(),
        "target_lufs": -14.0,
        "ceiling_dbtp": -1.0,
        "tail_s": 1.0,
        "choices": (
            choice("kick1", "Kick Iron", "kick", ("Intro", "Drop"), licence="CC0-1.0"),
            choice("hat1", "Hat Tight", "hihat", ("Intro",), licence="CC-BY-4.0"),
            choice("bass1", 'Bass "Roll" & Co', "bass", ("Drop",), licence="CC0-1.0"),
            choice("bass1", 'Bass "Roll" & Co', "synth", ("Intro",), licence="CC0-1.0"),
            choice("fx1", "Riser", "fx", ("Intro",), licence=None, kit=None),
        ),
        "warnings": ("no vocal",),
    }
    return Score(**{**values, **changes})  # type: ignore[arg-type]


def made_tracks() -> tuple[Channel, ...]:
    """Drums as notes, a bass as clips, a tuned synth as notes, a riser."""
    hats = tuple(
        Note("hat1", beat + 0.5 + 0.0043 * (beat % 3), velocity=0.5 + 0.01 * beat)
        for beat in range(32)
    )
    curve = Automation("gain_db", (AutomationPoint(0.0, -12.0), AutomationPoint(16.0, 0.0)))
    return (
        Channel("kick", "kick", notes=tuple(Note("kick1", float(beat)) for beat in range(32))),
        Channel("hihat", "hihat", notes=hats, pan=0.25, gain_db=-6.0),
        Channel(
            "bass", "bass", gain_db=-3.0, automation=(curve,),
            clips=(
                Clip("bass1", 0.0, 16.0, 0.0, 1.9, stretch_ratio=0.95, semitones=-2.0),
                Clip("bass1", 16.0, 10.0, 0.0, 1.9, stretch_ratio=0.95, semitones=-2.0),
            ),
        ),
        Channel(
            "synth", "synth",
            notes=(
                Note("bass1", 16.0, 0.8, semitones=3.0, length_beats=0.75),
                Note("bass1", 16.5, 0.7, semitones=3.0, length_beats=0.75),
                Note("bass1", 17.0, 0.6, semitones=-2.0, length_beats=0.25),
            ),
        ),
        Channel("fx", "fx", clips=(Clip("fx1", 8.0, 8.0, 0.0, 3.6, reverse=True, fade_in_s=0.5),)),
    )  # fmt: skip


def choice(stem_id: str, name: str, role: str, sections: tuple[str, ...], **more: object) -> Choice:
    """A choice with reasons."""
    values: dict[str, object] = {
        "stem_id": stem_id, "name": name, "category": role, "asked_category": role,
        "sections": sections, "score": 0.9, "kit": "Kit One",
        "original_file": f"Kit One/{name}.wav", "reasons": (Reason("tempo", 1.0, "same"),),
    }  # fmt: skip
    return Choice(**{**values, **more})  # type: ignore[arg-type]
