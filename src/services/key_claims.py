"""What a stem's names, metadata and sound say of its key or root note."""

from src.audio.analysis import HeardSound
from src.music.evidence import Candidate, Finding
from src.music.key_evidence import KeyOpinion, fuse_key, has_key
from src.music.keys import key_name
from src.music.names import NameHints
from src.storage.metadata import FileMetadata

_ROOT_WEIGHT = 0.6
_TONAL_ONE_SHOTS = (
    "bass", "synth", "lead", "pad", "keys", "guitar", "strings", "brass", "vocal", "other",
)  # fmt: skip
_KEYLESS_LOOPS = ("fx",)
_LEAST_NOTE, _LEAST_NAMED = 0.3, 0.5


def key_of(
    hints: NameHints,
    metadata: FileMetadata | None,
    heard: HeardSound,
    category: str,
    *,
    is_loop: bool,
) -> Finding[str] | None:
    """The key of a loop, or the root note of a tonal one-shot. Drums have none."""
    if not has_key(category):
        return None
    candidates: list[Candidate[KeyOpinion]] = []
    for hint in (hints.key, hints.kit_key if is_loop else None):
        if hint is not None:
            opinion = KeyOpinion(hint.value, hint.mode_known)
            candidates.append(Candidate(opinion, hint.weight, "filename"))
    root = _root_note(metadata)
    if root is not None and not is_loop:
        opinion = KeyOpinion(key_name(root, minor=False), mode_known=False)
        candidates.append(Candidate(opinion, _ROOT_WEIGHT, "metadata"))
    named = max((candidate.weight for candidate in candidates), default=0.0)
    if is_loop and (category not in _KEYLESS_LOOPS or named >= _LEAST_NAMED):
        candidates += _heard_keys(heard)
    elif not is_loop and (category in _TONAL_ONE_SHOTS or named >= _LEAST_NAMED):
        candidates += _heard_notes(heard)
    return fuse_key(candidates)


def _heard_keys(heard: HeardSound) -> list[Candidate[KeyOpinion]]:
    """The keys that a melody or chords may be in, the four likeliest."""
    if heard.key is None:
        return []
    order = sorted(range(24), key=lambda place: -heard.key.scores[place] if heard.key else 0.0)
    certainty = heard.key.confidence / max(float(heard.key.scores[order[0]]), 1e-9)
    return [
        Candidate(
            KeyOpinion(key_name(place % 12, minor=place >= 12)),
            float(heard.key.scores[place]) * certainty,
            "audio",
        )
        for place in order[:4]
    ]


def _heard_notes(heard: HeardSound) -> list[Candidate[KeyOpinion]]:
    """The one note of a clip; where there is none, the root of its chord."""
    if heard.note is not None and heard.note.confidence >= _LEAST_NOTE:
        note = KeyOpinion(key_name(heard.note.pitch_class, minor=False), mode_known=False)
        return [Candidate(note, heard.note.confidence, "audio")]
    if heard.key is None or heard.chroma.clarity < 0.3:
        return []
    chord = KeyOpinion(key_name(heard.key.tonic, minor=heard.key.minor))
    return [Candidate(chord, 0.6 * heard.key.confidence, "audio")]


def _root_note(metadata: FileMetadata | None) -> int | None:
    """A root note that a chunk sets on purpose; 60 is every editor's default."""
    if metadata is None:
        return None
    acid = metadata.acid.root_note if metadata.acid is not None else None
    for note in (acid, metadata.sampler_root_note, metadata.instrument_root_note):
        if note is not None and note != 60:
            return note
    return None
