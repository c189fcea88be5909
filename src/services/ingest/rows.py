"""From what was found out to the rows that are stored."""

from pathlib import PurePosixPath
from typing import Any

from src.core.plain_text import one_line
from src.db.rows.imports import KnownPlace
from src.embeddings.protocol import Vectors
from src.music.theory.progressions import progression_text
from src.services.ingest.contents import Content, Taken
from src.services.ingest.kits import kit_id, kit_path
from src.services.ingest.scan import FoundFile
from src.storage.fingerprint import text_hash
from src.storage.stem_copies import copy_path

Row = dict[str, Any]


def stem_name(location: str) -> str:
    """Name a stem: its file's name without the ending."""
    name = PurePosixPath(location).name
    return one_line(PurePosixPath(name.strip()).stem or name) or name


def bad_id(location: str, content: str) -> str:
    """Derive the id of a refused file from its place and what lies there."""
    return text_hash(f"bad:{location}:{content}")[:16]


def known_location(found: FoundFile, stem: str) -> KnownPlace:
    """Return the location of a file that holds a stem."""
    kit = kit_path(found.location)
    return KnownPlace(
        path=found.location,
        stem_id=stem,
        kit_id=None if kit is None else kit_id(kit),
        size_bytes=found.size_bytes,
        modified_ns=found.modified_ns,
    )


def stem_row(
    content: Content, taken: Taken, *, analysis_version: str, kit_licence: str | None
) -> Row:
    """Fill the columns of a new stem. kit_licence: counts where the file itself names none."""
    location = content.files[0].location
    kit = kit_path(location)
    return {
        "id": content.stem_id,
        "path": copy_path(content.stem_id),
        "original_file": location,
        "name": stem_name(location),
        "kit_id": None if kit is None else kit_id(kit),
        "content_hash": content.digest,
        "licence": kit_licence if taken.licence is None else taken.licence,
        "corrections": {},
        **analysis_columns(taken, analysis_version=analysis_version),
    }


def analysis_columns(taken: Taken, *, analysis_version: str) -> Row:
    """Fill the columns that an analysis writes, and writes again when it got better."""
    facts = taken.facts
    return {
        "duration_s": taken.duration_s,
        "channels": taken.channels,
        "original_sample_rate": taken.original_sample_rate,
        "is_loop": facts.is_loop,
        "bars": facts.bars,
        "downbeat_s": facts.downbeat_s,
        "bpm": facts.bpm,
        "key": facts.key,
        "category": facts.category,
        "tags": dict(facts.tags),
        "features": dict(facts.features),
        "analysis": dict(facts.analysis),
        "analysis_version": analysis_version,
        "loudness_lufs": facts.loudness_lufs,
        "true_peak_dbtp": facts.true_peak_dbtp,
        "quality_ok": taken.whole,
        "chords": facts.chords,
        "progression": progression_text(facts.chords),
        "warnings": [*taken.warnings, *facts.warnings],
    }


def vector_bytes(vectors: Vectors) -> bytes:
    """Convert to a vector as its column holds it: float32, little endian. vectors: shape (1,
    dimension)
    """
    return vectors.astype("<f4").tobytes()


def vector_row(stem: str, vectors: Vectors, *, model_id: str) -> Row:
    """Convert to the columns of a stem's vector, shape (1, dimension)."""
    return {"stem_id": stem, "model_id": model_id, "vector": vector_bytes(vectors)}
