"""A library of a few made sounds, written straight into the database: no import needed."""

import hashlib
from dataclasses import dataclass

import numpy as np

from src.audio.basics.validation import Audio
from src.core.config import Settings
from src.db.database import Database
from src.db.models import Embedding, Kit, Stem
from src.embeddings.protocol import Embedder
from src.storage.encode import write_wav

RATE = 48_000
BPM = 120.0


@dataclass(frozen=True)
class MadeStem:
    """A sound with what is true of it."""

    name: str
    category: str
    audio: Audio
    is_loop: bool = False
    bars: float | None = None
    key: str | None = None


def click_track(*, hz: float, bars: int, per_beat: int = 1) -> Audio:
    """A loop of short decaying tones on the beats, stereo."""
    beat = round(60.0 / BPM * RATE)
    audio = np.zeros((2, beat * 4 * bars), np.float32)
    hit = tone(hz, 0.09, decay=40.0)
    for number in range(4 * bars * per_beat):
        start = number * beat // per_beat
        end = min(start + hit.shape[1], audio.shape[1])
        audio[:, start:end] += hit[:, : end - start]
    return audio


def tone(hz: float, length_s: float, *, decay: float = 0.0, level: float = 0.4) -> Audio:
    """A sine, stereo, that may die away and ends without a jump."""
    time = np.arange(round(length_s * RATE)) / RATE
    wave = level * np.sin(2 * np.pi * hz * time) * np.exp(-decay * time)
    wave *= np.minimum(1.0, (length_s - time) / 0.005)
    return np.repeat(wave[None, :], 2, axis=0).astype(np.float32)


def made_stems() -> list[MadeStem]:
    """A kick, a hat, a drum loop, a bass loop, a pad loop and an atmosphere."""
    rng = np.random.default_rng(7)
    noise = rng.normal(0.0, 0.05, (2, 6 * RATE)).astype(np.float32)
    hat = noise[:, : RATE // 16] * np.exp(-np.arange(RATE // 16) / 600.0).astype(np.float32)
    return [
        MadeStem("Kick Round", "kick", tone(55.0, 0.25, decay=15.0, level=0.8)),
        MadeStem("Hat Tight", "hihat", hat * 4.0),
        MadeStem("Drums 120", "drums", click_track(hz=180.0, bars=2), True, 2.0),
        MadeStem("Bass 120 Am", "bass", click_track(hz=110.0, bars=1, per_beat=2), True, 1.0, "Am"),
        MadeStem("Pad 120 Am", "pad", tone(220.0, 8.0, level=0.2), True, 4.0, "Am"),
        MadeStem("Atmo Wind", "atmo", noise),
    ]


def fill_library(
    database: Database, settings: Settings, embedder: Embedder, stems: list[MadeStem]
) -> None:
    """Write the sounds as standardised copies with rows and vectors."""
    vectors = embedder.embed_audio([stem.audio for stem in stems])
    with database.transaction() as session:
        session.add(Kit(id="kit", path="Kit", name="Kit"))
        session.flush()
        for stem, vector in zip(stems, vectors, strict=True):
            digest = hashlib.sha256(stem.name.encode()).hexdigest()
            path = f"stems/{digest[:16]}.wav"
            write_wav(settings.processed_path / path, stem.audio)
            session.add(_row(stem, digest, path))
            session.flush()
            session.add(
                Embedding(
                    stem_id=digest[:16],
                    model_id=embedder.model_id,
                    vector=vector.astype("<f4").tobytes(),
                )
            )


def _row(stem: MadeStem, digest: str, path: str) -> Stem:
    return Stem(
        id=digest[:16],
        path=path,
        original_file=f"Kit/{stem.name}.wav",
        name=stem.name,
        kit_id="kit",
        content_hash=digest,
        duration_s=stem.audio.shape[1] / RATE,
        channels=stem.audio.shape[0],
        original_sample_rate=RATE,
        is_loop=stem.is_loop,
        bars=stem.bars,
        bpm=BPM if stem.is_loop else None,
        key=stem.key,
        category=stem.category,
        tags={},
        features={},
        analysis={},
        analysis_version="test",
        loudness_lufs=-18.0,
        true_peak_dbtp=-3.0,
        licence="CC0-1.0",
    )
