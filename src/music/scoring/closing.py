"""Endings: on the beat behind the last bar everybody who plays meets once more, and rings out.

A track whose parts end with the last bar stops dead. Whoever plays in the last section therefore
strikes the first beat again: kick and bass, chords, loops with their first beat. The form decides
who that is: a club's outro is left with its drums, so that a DJ can mix out of it and the last
kick rings; a band ends with its chord.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from src.music.casting.cast_part import CastPart
from src.music.model.ending import COLD
from src.music.model.plan import SECTION_CLOSE, ArrangementPlan
from src.music.model.score import Clip, Note
from src.music.model.timeline import SectionTime
from src.music.theory.library import DRUM_CATEGORIES

_STRIKING = (
    "kick", "drums", "bass", "synth", "lead", "pad", "keys", "guitar", "strings", "brass", "cymbal",
)  # fmt: skip
"""Who takes part; a snare or a hi-hat would only disturb a last chord."""

_HIT_BEATS, _CHORD_BEATS, _CHORD_S = 1.0, 4.0, 2.5
_TOGETHER_BEATS = 0.05
_FADED_SHARE = 0.85
_NEAR = 1e-3


@dataclass(frozen=True)
class ClosingSounds:
    """Clips and notes of one part."""

    clips: tuple[Clip, ...] = ()
    notes: tuple[Note, ...] = ()


def rings_out(plan: ArrangementPlan) -> bool:
    """Tell whether a track ends as its form does, or with a last hit: neither faded nor cut."""
    if plan.structure[-1].silent:
        return False
    closes = any(query.pattern == SECTION_CLOSE for query in plan.structure[-1].stem_queries)
    return plan.ending is None or (plan.ending.kind == COLD and closes)


def closing_sounds(
    part: CastPart, played: ClosingSounds, last: SectionTime, beat_s: float
) -> ClosingSounds:
    """Let a part strike the first beat of a bar of its last section once more, and ring out.

    played: what it plays while the last section lasts; last: the track's last section

    Nothing for a part that only marks the section's start or end.
    """
    request, clips, notes = part.request, played.clips, played.notes
    if request.position is not None or request.category not in _STRIKING:
        return ClosingSounds()
    hits = [n for n in notes if n.start_beats >= last.start - _NEAR]
    if hits:
        return ClosingSounds(notes=_struck(hits, last, part.card.category in DRUM_CATEGORIES))
    playing = [c for c in clips if c.start_beats + c.length_beats > last.start + _NEAR]
    if not playing or part.fit.way == "texture":
        return ClosingSounds()
    if part.fit.way == "loop":
        return ClosingSounds(clips=_first_beat(part, playing[-1], last.end, beat_s))
    return ClosingSounds(clips=_held(playing, last, beat_s))


def _struck(hits: Sequence[Note], last: SectionTime, drums: bool) -> tuple[Note, ...]:
    """Repeat what begins together on the section's first beat, else its first hits."""
    first = min((hit.start_beats for hit in hits), key=lambda beat: abs(beat - last.start))
    return tuple(
        replace(
            hit,
            start_beats=last.end + hit.start_beats - first,
            length_beats=hit.length_beats if drums else max(hit.length_beats or 0.0, _CHORD_BEATS),
        )
        for hit in hits
        if abs(hit.start_beats - first) <= _TOGETHER_BEATS
    )


def _first_beat(part: CastPart, clip: Clip, end: float, beat_s: float) -> tuple[Clip, ...]:
    """Play the first beat of a loop, or the first chord, and let it die away."""
    fit = part.fit
    drums = part.card.category in DRUM_CATEGORIES
    length = min(_HIT_BEATS if drums else max(_HIT_BEATS, _CHORD_S / beat_s), fit.beats)
    return (
        Clip(
            clip.stem_id,
            end,
            length,
            fit.source_start_s + fit.rotate_s,
            min(length * beat_s / fit.stretch_ratio, fit.source_length_s - fit.rotate_s),
            stretch_ratio=fit.stretch_ratio,
            semitones=fit.semitones,
            gain_db=clip.gain_db,
            fade_out_s=_FADED_SHARE * length * beat_s,
        ),
    )


def _held(clips: Sequence[Clip], last: SectionTime, beat_s: float) -> tuple[Clip, ...]:
    """Hold the notes once more that begin nearest to the section's first beat."""
    first = min((clip.start_beats for clip in clips), key=lambda beat: abs(beat - last.start))
    return tuple(
        replace(
            clip,
            start_beats=last.end,
            fade_out_s=max(clip.fade_out_s, _FADED_SHARE * clip.length_beats * beat_s / 2.0),
        )
        for clip in clips
        if abs(clip.start_beats - first) <= _TOGETHER_BEATS and not clip.reverse
    )
