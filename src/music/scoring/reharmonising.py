"""Loops that follow the chords of a section: bar by bar another slice, another pitch."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from src.music.casting.fit import MAX_SHIFT, Fit
from src.music.model.planned_chords import ChordAt
from src.music.model.score import Clip
from src.music.model.timeline import BeatSpan
from src.music.scoring.loop_chords import own_beat_s
from src.music.scoring.placement import loop_slice
from src.music.theory.chords import Chord
from src.music.theory.library import StemCard

FARTHEST_SHIFT = 5
"""Largest shift in semitones, for a chord that no slice within MAX_SHIFT comes near to."""

_SAME_ROOT, _SHIFT_COST, _FAR_COST, _MOVED_COST = 0.35, 0.04, 0.3, 0.05
_HARSH, _MILD = 0.8, 0.2
_ONE_CHORD = 0.7
_SHORTEST_BEATS = 1.0 / 64.0


@dataclass(frozen=True)
class FollowingLoop:
    """A loop that is moved. bass: only its roots count

    bar: length of the track's bar in beats; beat_s: of a beat in seconds
    """

    card: StemCard
    fit: Fit
    bar: float
    beat_s: float
    bass: bool

    def heard(self, into: float, length: float) -> tuple[Chord, float]:
        """Find the chord that sounds most in a slice, as recorded, and its share of it.

        into, length: in the track's beats, from where the loop's passes begin
        """
        own_s = own_beat_s(self.card)
        shares: dict[Chord, float] = {}
        steps = max(1, round(length * 4))
        for step in range(steps):
            passed_s = (into + (step + 0.5) * length / steps) * self.beat_s / self.fit.stretch_ratio
            turned_s = (self.fit.rotate_s + passed_s) % max(self.fit.source_length_s, 1e-6)
            at = (self.fit.source_start_s + turned_s - self.card.downbeat_s) / own_s
            chord = self._at(at)
            shares[chord] = shares.get(chord, 0.0) + 1.0 / steps
        return max(shares.items(), key=lambda item: item[1])

    def _at(self, beat: float) -> Chord:
        chords = self.card.chords or ()
        beat %= max(sum(one.beats for one in chords), 1e-6)
        for one in chords:
            if beat < one.beats:
                return one.chord
            beat -= one.beats
        return chords[-1].chord


def following_clips(
    loop: FollowingLoop, spans: Sequence[BeatSpan], row: Sequence[ChordAt]
) -> tuple[Clip, ...]:
    """Place a loop so that it follows a row of chords, its rhythm kept bar by bar.

    Each bar, and each part of a bar between two chords, plays that slice of the loop which
    needs the least shift to belong to the chord; usually the one that would be due anyway.
    Where the row has no chord the loop plays as it is.
    """
    clips: list[Clip] = []
    for span in spans:
        for start, end, chord in _pieces(loop, span, row):
            due = (start - span.origin) % loop.fit.beats
            into, shift = due, 0
            if chord is not None:
                into, shift = _best(loop, due, end - start, chord)
            clip = loop_slice(loop.card.id, loop.fit, (start, end), into, loop.beat_s)
            clips.append(replace(clip, semitones=clip.semitones + shift))
    return tuple(clips)


def _pieces(
    loop: FollowingLoop, span: BeatSpan, row: Sequence[ChordAt]
) -> Iterator[tuple[float, float, Chord | None]]:
    """Cut a span at bars, at the ends of passes, and where the chord changes."""
    cuts = {span.start, span.end}
    cuts |= {edge for one in row for edge in (one.start, one.end) if span.start < edge < span.end}
    for every in (loop.bar, loop.fit.beats):
        edge = span.origin + every * (1 + (span.start - span.origin) // every)
        while edge < span.end - _SHORTEST_BEATS:
            cuts.add(round(edge, 6))
            edge += every
    edges = sorted(cuts)
    for start, end in pairwise(edges):
        if end - start > _SHORTEST_BEATS:
            middle = (start + end) / 2.0
            yield start, end, next((o.chord for o in row if o.start <= middle < o.end), None)


def _best(loop: FollowingLoop, due: float, length: float, target: Chord) -> tuple[float, int]:
    """Choose where in the loop to play from, and the shift added to the loop's own."""
    phase = due % loop.bar
    places = [due]
    into = phase
    while into + length <= loop.fit.beats + 1e-6:
        if abs(into - due) > 1e-6:
            places.append(into)
        into += loop.bar
    own = round(loop.fit.semitones)
    options = []
    for number, place in enumerate(places):
        chord, share = loop.heard(place, length)
        for total in range(-FARTHEST_SHIFT, FARTHEST_SHIFT + 1):
            worth = _belongs(chord.transposed(total), target, bass=loop.bass)
            worth -= _SHIFT_COST * abs(total) + _FAR_COST * (abs(total) > MAX_SHIFT)
            worth -= _MOVED_COST * (number > 0) + max(0.0, _ONE_CHORD - share)
            options.append((worth, -abs(total), -number, place, total - own))
    *_, place, shift = max(options)
    return place, shift


def _belongs(chord: Chord, target: Chord, *, bass: bool) -> float:
    """Rate how well what sounds belongs to a chord: at most 1.35, below 0 where it rubs."""
    if bass:
        worth = {target.lowest: 1.0, target.root: 0.9, (target.root + target.fifth) % 12: 0.45}
        return worth.get(chord.root, 0.2 if chord.root in target.pitch_classes else 0.0)
    tones = set(chord.triad.pitch_classes if len(chord.intervals) > 2 else chord.pitch_classes)
    shared = len(tones & set(target.pitch_classes)) / len(tones)
    rub = sum(_rub(tone, target) for tone in tones - set(target.pitch_classes))
    return shared + _SAME_ROOT * (chord.root == target.root) - rub


def _rub(tone: int, target: Chord) -> float:
    """Rate how a foreign tone rubs: a semitone above a chord tone, or as the other third.

    A major seventh does not, a ninth beside a small third and a raised fourth hardly.
    """
    above = any((tone - own) % 12 == 1 for own in target.triad.pitch_classes)
    if above or (not target.minor and (tone - target.root) % 12 == 3):
        return _HARSH
    below = any((own - tone) % 12 == 1 for own in target.triad.pitch_classes[1:])
    return _MILD if below else 0.0
