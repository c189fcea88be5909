"""The sound of the marks that we make ourselves, written where it is first played."""

from pathlib import Path

import numpy as np

from src.audio.basics.oscillators import SampleSpan
from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.audio.synthesis.fx import Impact, Rise, impact, riser
from src.music.casting.made_marks import RISER, made_card
from src.music.theory.library import StemCard
from src.storage.encode import write_wav

_LEVEL = 0.7
_SEED = 17


def made_sound(card: StemCard) -> Audio:
    """Synthesise a transition effect at the project's rate, shape (2, samples); always the
    same.
    """
    rng = np.random.default_rng(_SEED)
    if card is RISER:
        sound = riser(Rise(), SampleSpan.of_seconds(card.duration_s, PROJECT_SAMPLE_RATE), rng=rng)
    else:
        sound = impact(Impact(), sample_rate=PROJECT_SAMPLE_RATE, rng=rng)
    scaled: Audio = (sound * np.float32(_LEVEL)).astype(np.float32)
    return scaled


def made_copy(processed: Path, stem_id: str) -> Path:
    """Write the effect's standardised copy if it is not there yet. Raises NotFoundError."""
    card = made_card(stem_id)
    path = processed / card.path
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_wav(path, made_sound(card), sample_rate=PROJECT_SAMPLE_RATE)
    return path
