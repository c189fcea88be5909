"""A small library in database and folders, as an import would leave it."""

import hashlib
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import soundfile

from src.core.config import Settings
from src.db.database import Database
from src.db.models import Embedding, Kit, Stem, StemLocation
from src.music.theory.progressions import progression_text

RATE = 48_000


@dataclass(frozen=True)
class Sound:
    """What an original is. place: below the raw folder."""

    place: str
    category: str = "kick"
    is_loop: bool = False
    bpm: float | None = None
    key: str | None = None
    seconds: float = 0.25
    tags: dict[str, float] = field(default_factory=dict)
    chords: tuple[tuple[str, float, float], ...] = ()


SOUNDS = (
    Sound("Techno 138 Am/kick_01.wav", "kick", tags={"punchy": 0.9, "dark": 0.6}),
    Sound("Techno 138 Am/bass_138_Am.wav", "bass", True, 138.0, "Am", 1.739, {"dark": 0.8}),
    Sound("Ambient 80 C/pad_80_C.wav", "pad", True, 80.0, "C", 3.0, {"warm": 0.7}),
    Sound("hat.wav", "hihat", seconds=0.05),
)


@cache
def empty_database() -> bytes:
    """The file of a database whose schema is up to date; made once, since that takes a while."""
    with TemporaryDirectory() as folder:
        made = Database(f"sqlite:///{folder}/empty.db")
        made.upgrade()
        made.close()
        return Path(folder, "empty.db").read_bytes()


def fresh_database(settings: Settings) -> Database:
    """An empty, ready database of a home."""
    settings.processed_path.mkdir(parents=True, exist_ok=True)
    (settings.processed_path / "stems.db").write_bytes(empty_database())
    return Database(settings.sql_url)


def original_bytes(sound: Sound) -> bytes:
    """The WAV of a sound; every place sounds different."""
    rng = np.random.default_rng(list(sound.place.encode()))
    samples = rng.normal(0, 0.1, (round(sound.seconds * RATE), 2)).astype(np.float32)
    file = BytesIO()
    soundfile.write(file, samples, RATE, format="WAV", subtype="PCM_24")
    return file.getvalue()


def stock(database: Database, settings: Settings, sounds: tuple[Sound, ...] = SOUNDS) -> list[str]:
    """Write originals, copies and rows; the ids in the order of the sounds."""
    with database.transaction() as session:
        for folder in sorted({kit_of(sound.place) for sound in sounds} - {""}):
            session.add(Kit(id=f"kit-{folder}"[:32], path=folder, name=folder, bpm_hint=138.0))
        session.flush()
        return [_stock_one(session, settings, sound) for sound in sounds]


def kit_of(place: str) -> str:
    """The folder of a place, "" for none."""
    return place.rpartition("/")[0]


def stem_row(sound: Sound, digest: str) -> Stem:
    """The row of a sound."""
    kit = kit_of(sound.place)
    return Stem(
        id=digest[:16],
        path=f"stems/{digest[:16]}.wav",
        original_file=sound.place,
        name=Path(sound.place).stem,
        kit_id=f"kit-{kit}"[:32] if kit else None,
        content_hash=digest,
        duration_s=round(sound.seconds * RATE) / RATE,
        channels=2,
        original_sample_rate=RATE,
        is_loop=sound.is_loop,
        bars=1.0 if sound.is_loop else None,
        bpm=sound.bpm,
        key=sound.key,
        category=sound.category,
        tags=sound.tags,
        features={"centroid": 1000.0},
        analysis=_analysis(sound),
        analysis_version="test",
        loudness_lufs=-18.0,
        true_peak_dbtp=-3.0,
        chords=_chords(sound),
        progression=progression_text(_chords(sound)),
    )


def _chords(sound: Sound) -> dict[str, Any] | None:
    return {"bpm": sound.bpm, "spans": list(map(list, sound.chords))} if sound.chords else None


def _stock_one(session: Any, settings: Settings, sound: Sound) -> str:
    data = original_bytes(sound)
    digest = hashlib.sha256(data).hexdigest()
    original = settings.raw_path / sound.place
    original.parent.mkdir(parents=True, exist_ok=True)
    original.write_bytes(data)
    row = stem_row(sound, digest)
    copy = settings.processed_path / row.path
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(data)
    session.add(row)
    session.flush()
    state = original.stat()
    session.add(
        StemLocation(
            path=sound.place,
            stem_id=row.id,
            kit_id=row.kit_id,
            size_bytes=state.st_size,
            modified_ns=state.st_mtime_ns,
        )
    )
    vector = np.array([1.0, 0.0, 0.0, 0.0], "<f4").tobytes()
    session.add(Embedding(stem_id=row.id, model_id="plain", vector=vector))
    return row.id


def _analysis(sound: Sound) -> dict[str, Any]:
    values = {
        "bpm": sound.bpm,
        "key": sound.key,
        "category": sound.category,
        "is_loop": sound.is_loop,
    }
    return {
        name: {"value": value, "confidence": 0.7, "source": "audio"}
        for name, value in values.items()
    }
