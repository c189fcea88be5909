"""The key or root note of a stem: evidence of its names, metadata and sound, fused."""

import math
from collections.abc import Mapping
from dataclasses import replace

from src.audio.analysis.key import Chroma
from src.audio.analysis.pitch import PitchedNote
from src.audio.analysis.sound_estimates import SoundEstimates
from src.music.evidence.estimates import Estimate, Evidence
from src.music.evidence.key import PossibleKey, fuse_key
from src.music.evidence.names import NameHints
from src.music.evidence.tonal import TonalCues, tonal_chance
from src.music.theory.keys import KEYS, key_name
from src.storage.metadata import FileMetadata

_ROOT_WEIGHT, _WRITTEN_WEIGHT = 0.6, 0.8
_TONAL = 0.5
"""From which chance on a sound is taken as tonal."""

_LEAST_ROOT = 0.25
"""Below this chance of being tonal and on that note, a one-shot has no root."""

_LEAST_NOTE, _LEAST_NAMED = 0.15, 0.5
_BARE_NOTE, _VARIANT = 0.4, 0.39
"""From where on a bare note in a name is one; a bare "A" or "B" rather counts variants."""

_AT_BEST = 0.95
"""How often the clearest note is the one that the sample was made for."""

_SOUNDING = 0.05
"""Share of the strongest pitch class from which on one sounds at all."""

_OUT_OF_TUNE = 0.3
"""Standard deviation of how far samples are out of tune, in semitones."""

KeyEvidence = list[Evidence[PossibleKey]]


def key_estimate(
    hints: NameHints,
    metadata: FileMetadata | None,
    sound: SoundEstimates,
    shares: Mapping[str, float],
    *,
    is_loop: bool,
) -> Estimate[str] | None:
    """Estimate the key of a loop, or the root note of a one-shot, should it not be a drum.

    shares: probability of each category

    None where nothing is known. The sound alone gives a key only where tonal kinds
    are likelier than drums and effects; a root only where both it and they are likely.
    """
    chance = tonal_chance(shares, is_loop=is_loop)
    if is_loop:
        stated = _stated_keys(hints, metadata)
        meant = [_surer(one) if one.weight >= _LEAST_NAMED else one for one in stated]
        return _fused(stated, meant, _keys_by_sound(sound), tonal=chance >= _TONAL)
    stated = _stated_roots(hints, metadata)
    meant = [_meant_as_note(one) for one in stated]
    found = _fused(stated, meant, _notes_by_sound(sound), tonal=chance >= _TONAL)
    if found is None or found.source != "audio" or chance * found.confidence >= _LEAST_ROOT:
        return found
    return None


def tonal_cues(sound: SoundEstimates) -> TonalCues:
    """Take from a sound how tonal it is, for weighing drums against tonal kinds."""
    return TonalCues(
        sound.features["tonal_share"],
        0.0 if sound.key is None else sound.key.confidence,
        0.0 if sound.note is None else sound.note.confidence,
    )


def _fused(
    stated: KeyEvidence, meant: KeyEvidence, by_sound: KeyEvidence, *, tonal: bool
) -> Estimate[str] | None:
    """Fuse what is stated with the sound; of what is hardly tonal only a sure name counts.

    meant: what is stated, as it is meant where the sound is tonal
    """
    if tonal:
        return fuse_key(meant + by_sound)
    sure = [one for one in stated if one.weight >= _LEAST_NAMED]
    return fuse_key(sure + by_sound) if sure else None


def _stated_keys(hints: NameHints, metadata: FileMetadata | None) -> KeyEvidence:
    """Collect the keys that the file's name, its folders and its tags give."""
    named = [
        Evidence(PossibleKey(hint.value, hint.mode_known), hint.weight, "filename")
        for hint in (hints.key, hints.kit_key)
        if hint is not None
    ]
    return named + _written(metadata)


def _stated_roots(hints: NameHints, metadata: FileMetadata | None) -> KeyEvidence:
    """Collect the root notes that the file's name, its tags and its sampler chunks give."""
    evidence: KeyEvidence = []
    if hints.key is not None:
        possible = PossibleKey(hints.key.value, hints.key.mode_known)
        variant = hints.key.text.upper() in ("A", "B")
        weight = min(hints.key.weight, _VARIANT) if variant else hints.key.weight
        evidence.append(Evidence(possible, weight, "filename"))
    root = _root_note(metadata)
    if root is not None:
        possible = PossibleKey(key_name(root, minor=False), mode_known=False)
        evidence.append(Evidence(possible, _ROOT_WEIGHT, "metadata"))
    return evidence + _written(metadata)


def _meant_as_note(one: Evidence[PossibleKey]) -> Evidence[PossibleKey]:
    """Count a bare note in a tonal one-shot's name more, where a root is expected."""
    if one.source != "filename" or one.value.mode_known or one.weight < _BARE_NOTE:
        return one
    return _surer(one)


def _surer(one: Evidence[PossibleKey]) -> Evidence[PossibleKey]:
    """Halve the doubt: where a key is expected, what looks like one is one."""
    return replace(one, weight=0.5 * (1.0 + one.weight))


def _written(metadata: FileMetadata | None) -> KeyEvidence:
    """Take the key of a tag, which often is another program's estimate."""
    if metadata is None or metadata.initial_key is None:
        return []
    return [Evidence(PossibleKey(metadata.initial_key), _WRITTEN_WEIGHT, "metadata")]


def _keys_by_sound(sound: SoundEstimates) -> KeyEvidence:
    """Collect the keys that a melody or chords may be in, with their probabilities."""
    if sound.key is None:
        return []
    return [
        Evidence(PossibleKey(key), float(score), "audio")
        for key, score in zip(KEYS, sound.key.scores, strict=True)
    ]


def _notes_by_sound(sound: SoundEstimates) -> KeyEvidence:
    """Take the one note of a clip; where there is none, the root of its chord.

    A chord repeats as slowly as a note deep below it, of which nothing sounds: A minor as D.
    """
    note = sound.note
    if note is not None and note.confidence >= _LEAST_NOTE and _sounds(note, sound.chroma):
        return _either_side(note)
    if sound.key is None:
        return []
    chord = PossibleKey(key_name(sound.key.tonic, minor=sound.key.minor))
    return [Evidence(chord, 0.6 * sound.key.confidence, "audio")]


def _sounds(note: PitchedNote, chroma: Chroma) -> bool:
    """Tell whether the pitch class of a note is among what sounds; of one note its octaves are."""
    return bool(chroma.all[note.pitch_class] >= _SOUNDING * chroma.all.max())


def _either_side(note: PitchedNote) -> KeyEvidence:
    """Weigh the two semitones that a pitch lies between; the nearer one is likelier."""
    below = math.floor(note.midi)
    pitches = (below, below + 1)
    near = [math.exp(-0.5 * ((note.midi - pitch) / _OUT_OF_TUNE) ** 2) for pitch in pitches]
    return [
        Evidence(
            PossibleKey(key_name(pitch, minor=False), mode_known=False),
            _AT_BEST * note.confidence * share / sum(near),
            "audio",
        )
        for pitch, share in zip(pitches, near, strict=True)
    ]


def _root_note(metadata: FileMetadata | None) -> int | None:
    """Find a root note that a chunk sets on purpose; 60 is every editor's default."""
    if metadata is None:
        return None
    acid = metadata.acid.root_note if metadata.acid is not None else None
    for note in (acid, metadata.sampler_root_note, metadata.instrument_root_note):
        if note is not None and note != 60:
            return note
    return None
