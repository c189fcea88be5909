"""What a stem's names, metadata and sound say of its key or root note."""

import math
from collections.abc import Mapping
from dataclasses import replace

from src.audio.analysis.analysis import HeardSound
from src.audio.analysis.key import Chroma
from src.audio.analysis.pitch import Note
from src.music.evidence.estimates import Candidate, Finding
from src.music.evidence.key import KeyOpinion, fuse_key
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

Opinions = list[Candidate[KeyOpinion]]


def key_of(
    hints: NameHints,
    metadata: FileMetadata | None,
    heard: HeardSound,
    shares: Mapping[str, float],
    *,
    is_loop: bool,
) -> Finding[str] | None:
    """The key of a loop, or the root note of a one-shot, should it not be a drum.

    shares: probability of each category. The sound alone gives a key only where tonal kinds
    are likelier than drums and effects; a root only where both it and they are likely.
    """
    chance = tonal_chance(shares, is_loop=is_loop)
    if is_loop:
        claims = _loop_claims(hints, metadata)
        meant = [_surer(claim) if claim.weight >= _LEAST_NAMED else claim for claim in claims]
        return _decided(claims, meant, _heard_keys(heard), tonal=chance >= _TONAL)
    claims = _root_claims(hints, metadata)
    meant = [_meant_as_note(claim) for claim in claims]
    found = _decided(claims, meant, _heard_notes(heard), tonal=chance >= _TONAL)
    if found is None or found.source != "audio" or chance * found.confidence >= _LEAST_ROOT:
        return found
    return None


def cues_of(heard: HeardSound) -> TonalCues:
    """How tonal a sound is, for weighing drums against tonal kinds."""
    return TonalCues(
        heard.features["tonal_share"],
        0.0 if heard.key is None else heard.key.confidence,
        0.0 if heard.note is None else heard.note.confidence,
    )


def _decided(
    claims: Opinions, meant: Opinions, heard: Opinions, *, tonal: bool
) -> Finding[str] | None:
    """What is claimed and heard, fused; of what is hardly tonal only a sure claim counts.

    meant: the claims as they are meant where the sound is tonal
    """
    if tonal:
        return fuse_key(meant + heard)
    sure = [claim for claim in claims if claim.weight >= _LEAST_NAMED]
    return fuse_key(sure + heard) if sure else None


def _loop_claims(hints: NameHints, metadata: FileMetadata | None) -> Opinions:
    """The key that the file's name, its folders and its tags give."""
    claims = [
        Candidate(KeyOpinion(hint.value, hint.mode_known), hint.weight, "filename")
        for hint in (hints.key, hints.kit_key)
        if hint is not None
    ]
    return claims + _written(metadata)


def _root_claims(hints: NameHints, metadata: FileMetadata | None) -> Opinions:
    """The root note that the file's name, its tags and its sampler chunks give."""
    claims: Opinions = []
    if hints.key is not None:
        opinion = KeyOpinion(hints.key.value, hints.key.mode_known)
        variant = hints.key.text.upper() in ("A", "B")
        weight = min(hints.key.weight, _VARIANT) if variant else hints.key.weight
        claims.append(Candidate(opinion, weight, "filename"))
    root = _root_note(metadata)
    if root is not None:
        opinion = KeyOpinion(key_name(root, minor=False), mode_known=False)
        claims.append(Candidate(opinion, _ROOT_WEIGHT, "metadata"))
    return claims + _written(metadata)


def _meant_as_note(claim: Candidate[KeyOpinion]) -> Candidate[KeyOpinion]:
    """A bare note in the name of a tonal one-shot, where a root is expected, counts more."""
    if claim.source != "filename" or claim.value.mode_known or claim.weight < _BARE_NOTE:
        return claim
    return _surer(claim)


def _surer(claim: Candidate[KeyOpinion]) -> Candidate[KeyOpinion]:
    """Half the doubt: where a key is expected, what looks like one is one."""
    return replace(claim, weight=0.5 * (1.0 + claim.weight))


def _written(metadata: FileMetadata | None) -> Opinions:
    """The key of a tag, which often is another program's estimate."""
    if metadata is None or metadata.initial_key is None:
        return []
    return [Candidate(KeyOpinion(metadata.initial_key), _WRITTEN_WEIGHT, "metadata")]


def _heard_keys(heard: HeardSound) -> Opinions:
    """The keys that a melody or chords may be in, with their probabilities."""
    if heard.key is None:
        return []
    return [
        Candidate(KeyOpinion(key), float(score), "audio")
        for key, score in zip(KEYS, heard.key.scores, strict=True)
    ]


def _heard_notes(heard: HeardSound) -> Opinions:
    """The one note of a clip; where there is none, the root of its chord.

    A chord repeats as slowly as a note deep below it, of which nothing sounds: A minor as D.
    """
    note = heard.note
    if note is not None and note.confidence >= _LEAST_NOTE and _sounds(note, heard.chroma):
        return _either_side(note)
    if heard.key is None:
        return []
    chord = KeyOpinion(key_name(heard.key.tonic, minor=heard.key.minor))
    return [Candidate(chord, 0.6 * heard.key.confidence, "audio")]


def _sounds(note: Note, chroma: Chroma) -> bool:
    """Whether the pitch class of a note is among what sounds; of one note its octaves are."""
    return bool(chroma.all[note.pitch_class] >= _SOUNDING * chroma.all.max())


def _either_side(note: Note) -> Opinions:
    """The two semitones that a pitch lies between; the nearer one is likelier."""
    below = math.floor(note.midi)
    pitches = (below, below + 1)
    near = [math.exp(-0.5 * ((note.midi - pitch) / _OUT_OF_TUNE) ** 2) for pitch in pitches]
    return [
        Candidate(
            KeyOpinion(key_name(pitch, minor=False), mode_known=False),
            _AT_BEST * note.confidence * share / sum(near),
            "audio",
        )
        for pitch, share in zip(pitches, near, strict=True)
    ]


def _root_note(metadata: FileMetadata | None) -> int | None:
    """A root note that a chunk sets on purpose; 60 is every editor's default."""
    if metadata is None:
        return None
    acid = metadata.acid.root_note if metadata.acid is not None else None
    for note in (acid, metadata.sampler_root_note, metadata.instrument_root_note):
        if note is not None and note != 60:
            return note
    return None
