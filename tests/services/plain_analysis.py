"""An analysis and an embedder for tests: quick, deterministic, importable by workers."""

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from src.analysis import StemFacts, StemNames
from src.audio.basics.validation import Audio
from src.embeddings.protocol import Vectors
from src.music.evidence.estimates import Estimate
from src.music.evidence.kit_evidence import StemEvidence, evidence_record
from src.music.evidence.stem_in_kit import estimate_record
from src.services.ingest.work import Analysis


def plain_facts(audio: Audio, names: StemNames, *, sample_rate: int) -> StemFacts:
    """Facts that only need a glance. Names make trouble: "hangs", "dies", "fails"."""
    if "hangs" in names.path:
        time.sleep(60)
    if "dies" in names.path:
        os.kill(os.getpid(), signal.SIGKILL)
    if "fails" in names.path:
        raise ZeroDivisionError("the analysis has a defect")
    return StemFacts(
        is_loop="loop" in names.path,
        bars=None,
        downbeat_s=0.0,
        bpm=None,
        key=None,
        category="other",
        tags={"plain": 1.0},
        features={"rms": float(np.sqrt(np.mean(audio**2)))},
        loudness_lufs=None,
        true_peak_dbtp=float(20 * np.log10(np.abs(audio).max())),
        analysis={"category": {"value": "other", "confidence": 0.1, "source": "audio"}},
        warnings=(),
    )


PLAIN = Analysis(plain_facts, "plain-1")


def speaking_facts(audio: Audio, names: StemNames, *, sample_rate: int) -> StemFacts:
    """Plain facts with evidence for the kit: a loop that is sure of 170 BPM, or takes it for 85."""
    facts = plain_facts(audio, names, sample_rate=sample_rate)
    fast = round(float(np.abs(audio).sum())) % 4 > 0
    tempos = ((170.0, 0.85), (85.0, 0.15)) if fast else ((85.0, 0.55), (170.0, 0.45))
    bpm, loop = Estimate(*tempos[0], "audio"), Estimate(True, 0.9, "audio")
    alone = StemEvidence(5.647, "drums", loop, bpm, None, tempos=tempos)
    notes = {"bpm": estimate_record(bpm), "alone": evidence_record(alone)}
    return replace(facts, is_loop=True, bpm=bpm.value, analysis=facts.analysis | notes)


SPEAKING = Analysis(speaking_facts, "speaking-1")


@dataclass(frozen=True)
class SpectralEmbedder:
    """Eight bands of the spectrum as a unit vector."""

    model_id: str = "bands-8"
    dimension: int = 8

    def embed_audio(self, clips: Sequence[Audio]) -> Vectors:
        """One unit vector per clip."""
        rows = []
        for clip in clips:
            power = np.abs(np.fft.rfft(clip.mean(axis=0), 2_048)) ** 2
            bands = np.array([band.sum() + 1e-9 for band in np.array_split(power, self.dimension)])
            rows.append(bands / np.linalg.norm(bands))
        return np.array(rows, np.float32).reshape(len(clips), self.dimension)

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        """Zero rows: it knows no words."""
        return np.zeros((len(texts), self.dimension), np.float32)
