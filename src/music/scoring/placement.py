"""Placing recorded material on the time line: loops, textures, phrases, marks."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from src.music.casting.fit import Fit
from src.music.model.score import VELOCITY_EXPONENT, Clip, Note
from src.music.model.timeline import BeatSpan, SectionTime

TEXTURE_FADE_S = 3.0
PHRASE_FADE_S = 0.02
MARK_FADE_S = 0.03
BACKWARDS_BEATS, BACKWARDS_DB, SHORTEST_SWELL_S = 4.0, -5.0, 0.4
HELD_FADE_IN_S, HELD_FADE_OUT_S = 0.04, 0.35
_SHORTEST_CLIP_BEATS = 1.0 / 64.0
_VELOCITY_DB = 20.0 * VELOCITY_EXPONENT
"""Decibels that ten times the velocity adds: a held note is as loud as the same note hit."""


def loop_clips(
    stem_id: str, fit: Fit, spans: Iterable[BeatSpan], beat_s: float
) -> tuple[Clip, ...]:
    """Place a loop on the bar grid: whole passes repeat, the first and last may be cut.

    A loop whose bars are not the track's is placed bar by bar.
    beat_s: length of a beat of the track in seconds
    """
    clips: list[Clip] = []
    for span in spans:
        if fit.own_bar:
            clips += _cut_bars(stem_id, fit, span, beat_s)
            continue
        into = (span.start - span.origin) % fit.beats
        position = span.start
        if into > _SHORTEST_CLIP_BEATS:
            end = min(span.end, position + fit.beats - into)
            clips.append(loop_slice(stem_id, fit, (position, end), into, beat_s))
            position = end
        if span.end - position > _SHORTEST_CLIP_BEATS:
            clips.append(_passes(stem_id, fit, position, span.end - position))
    return tuple(clips)


def _cut_bars(stem_id: str, fit: Fit, span: BeatSpan, beat_s: float) -> Iterator[Clip]:
    """Play of each bar of a loop what a bar of the track has room for.

    A bar longer than the loop's goes on with that bar's beginning.
    """
    position = span.start
    while span.end - position > _SHORTEST_CLIP_BEATS:
        bar, inside = divmod(round((position - span.origin) % fit.beats, 9), fit.bar)
        over = fit.own_bar - _SHORTEST_CLIP_BEATS <= inside
        into = inside - fit.own_bar if over else inside
        until = fit.bar if over else min(fit.bar, fit.own_bar)
        end = min(span.end, position + until - inside)
        yield loop_slice(stem_id, fit, (position, end), bar * fit.own_bar + into, beat_s)
        position = end


def stutter_clips(
    stem_id: str, fit: Fit, start: float, pieces: Iterable[float], beat_s: float
) -> tuple[Clip, ...]:
    """Repeat the first hit of a loop: one clip per slice (lengths in beats)."""
    clips: list[Clip] = []
    position = start
    for length in pieces:
        clips.append(loop_slice(stem_id, fit, (position, position + length), 0.0, beat_s))
        position += length
    return tuple(clips)


def pickup_clips(
    stem_id: str, fit: Fit, pickup_s: float, entries: Iterable[float], beat_s: float
) -> tuple[Clip, ...]:
    """Place what a loop plays before its first downbeat ahead of each entry (in beats).

    pickup_s: its length in the stem, from the stem's start on. An entry without room for it
    has none.
    """
    length = pickup_s * fit.stretch_ratio / beat_s
    return tuple(
        Clip(
            stem_id,
            entry - length,
            length,
            0.0,
            pickup_s,
            stretch_ratio=fit.stretch_ratio,
            semitones=fit.semitones,
        )
        for entry in entries
        if entry >= length
    )


def texture_clips(
    stem_id: str, fit: Fit, spans: Iterable[BeatSpan], beat_s: float
) -> tuple[Clip, ...]:
    """Play a sound without tempo at its own pace: long fades, passes that overlap."""
    whole = fit.source_length_s / beat_s
    fade = min(TEXTURE_FADE_S, fit.source_length_s / 3.0)
    clips: list[Clip] = []
    for span in spans:
        position = span.start
        while True:
            length = min(whole, span.end - position)
            clips.append(_played(stem_id, fit, position, length, fade, beat_s))
            if span.end - (position + length) <= fade / beat_s:
                break
            position += length - fade / beat_s
    return tuple(clips)


def phrase_clips(
    stem_id: str, fit: Fit, spans: Iterable[BeatSpan], *, every: float, beat_s: float
) -> tuple[Clip, ...]:
    """Place a phrase at the start of every so many beats, never over itself."""
    whole = fit.source_length_s / beat_s
    every = every * 2.0 ** max(0, math.ceil(math.log2(max(whole / every, 1e-6))))
    clips: list[Clip] = []
    for span in spans:
        position = span.start
        while position < span.end:
            length = min(whole, span.end - position)
            clips.append(_played(stem_id, fit, position, length, PHRASE_FADE_S, beat_s))
            position += every
    return tuple(clips)


def held_clips(fit: Fit, notes: Iterable[Note], beat_s: float) -> tuple[Clip, ...]:
    """Held notes of a pad or of strings as clips that swell in and die away.

    A recording that begins in the middle of a sound would click as a plain note.
    """
    clips: list[Clip] = []
    for note in notes:
        whole = fit.source_length_s / beat_s
        length = whole if note.length_beats is None else min(whole, note.length_beats)
        clips.append(
            Clip(
                note.stem_id,
                note.start_beats,
                length,
                fit.source_start_s,
                length * beat_s,
                semitones=note.semitones,
                gain_db=round(_VELOCITY_DB * math.log10(max(note.velocity, 0.05)), 3),
                fade_in_s=min(HELD_FADE_IN_S, length * beat_s / 3.0),
                fade_out_s=min(HELD_FADE_OUT_S, length * beat_s / 3.0),
            )
        )
    return tuple(clips)


def ending_clips(
    stem_id: str, fit: Fit, sections: Iterable[SectionTime], beat_s: float
) -> tuple[Clip, ...]:
    """Place a riser to end exactly where its section ends; what is too long loses its start."""
    clips: list[Clip] = []
    whole = fit.source_length_s * fit.stretch_ratio / beat_s
    for section in sections:
        length = min(whole, section.length)
        skipped_s = (whole - length) * beat_s / fit.stretch_ratio
        clips.append(
            Clip(
                stem_id,
                section.end - length,
                length,
                fit.source_start_s + skipped_s,
                fit.source_length_s - skipped_s,
                stretch_ratio=fit.stretch_ratio,
                semitones=fit.semitones,
                fade_in_s=min(1.0, length * beat_s / 2.0) if skipped_s else MARK_FADE_S,
                fade_out_s=MARK_FADE_S,
            )
        )
    return tuple(clips)


def starting_clips(
    stem_id: str, fit: Fit, sections: Sequence[SectionTime], *, end: float, beat_s: float
) -> tuple[Clip, ...]:
    """Place an impact where its section starts; it rings out, at most to ``end`` (beats).

    Into a drop it is heard backwards first.
    """
    whole = fit.source_length_s / beat_s
    hits = (
        _played(stem_id, fit, section.start, min(whole, end - section.start), 0.0, beat_s)
        for section in sections
    )
    drops = [section for section in sections if section.kind == "drop"]
    swells = (_backwards(stem_id, fit, section.start, beat_s) for section in drops)
    return (*(swell for swell in swells if swell is not None), *hits)


def closing_clips(
    stem_id: str, fit: Fit, sections: Iterable[SectionTime], beat_s: float
) -> tuple[Clip, ...]:
    """Place a last hit on the beat after each section, where it rings out by itself."""
    whole = fit.source_length_s / beat_s
    return tuple(_played(stem_id, fit, section.end, whole, 0.0, beat_s) for section in sections)


def _backwards(stem_id: str, fit: Fit, end: float, beat_s: float) -> Clip | None:
    """Play the first beats of a sound backwards up to ``end``; None where they do not fit."""
    length = min(fit.source_length_s / beat_s, BACKWARDS_BEATS, end)
    if length * beat_s < SHORTEST_SWELL_S:
        return None
    return Clip(
        stem_id,
        end - length,
        length,
        fit.source_start_s,
        length * beat_s,
        semitones=fit.semitones,
        gain_db=BACKWARDS_DB,
        fade_in_s=length * beat_s / 2.0,
        fade_out_s=MARK_FADE_S,
        reverse=True,
    )


def _passes(stem_id: str, fit: Fit, start: float, length: float) -> Clip:
    return Clip(
        stem_id,
        start,
        length,
        fit.source_start_s,
        fit.source_length_s,
        stretch_ratio=fit.stretch_ratio,
        semitones=fit.semitones,
        rotate_s=fit.rotate_s,
    )


def loop_slice(
    stem_id: str, fit: Fit, place: tuple[float, float], into: float, beat_s: float
) -> Clip:
    """Cut a part of one pass, from ``into`` beats after its start."""
    start, end = place
    if fit.rotate_s:
        turned_s = (fit.rotate_s + into * beat_s / fit.stretch_ratio) % fit.source_length_s
        return replace(_passes(stem_id, fit, start, end - start), rotate_s=turned_s)
    return Clip(
        stem_id,
        start,
        end - start,
        fit.source_start_s + into * beat_s / fit.stretch_ratio,
        (end - start) * beat_s / fit.stretch_ratio,
        stretch_ratio=fit.stretch_ratio,
        semitones=fit.semitones,
    )


def _played(
    stem_id: str, fit: Fit, start: float, length: float, fade_s: float, beat_s: float
) -> Clip:
    """Unstretched, from its beginning, with the same fade at both ends."""
    return Clip(
        stem_id,
        start,
        length,
        fit.source_start_s,
        min(fit.source_length_s, length * beat_s),
        semitones=fit.semitones,
        fade_in_s=min(fade_s, length * beat_s / 2.0),
        fade_out_s=min(max(fade_s, PHRASE_FADE_S), length * beat_s / 2.0),
    )
