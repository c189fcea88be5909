"""Our own risers and impacts: what their cards say is what is heard."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.audio.metering.loudness import integrated_loudness
from src.audio.metering.true_peak import true_peak_dbtp
from src.core.errors import NotFoundError
from src.music.casting.made_marks import IMPACT, MARKS, RISER, made_card
from src.services.tracks.made_sounds import made_copy, made_sound

RATE = 48_000


@pytest.mark.parametrize("card", MARKS.values(), ids=lambda card: card.name)
def test_a_card_tells_the_sound(card) -> None:
    sound = made_sound(card)

    assert sound.shape == (card.channels, round(card.duration_s * RATE))
    assert integrated_loudness(sound, sample_rate=RATE) == pytest.approx(
        card.loudness_lufs, abs=0.01
    )
    assert true_peak_dbtp(sound, sample_rate=RATE) == pytest.approx(card.true_peak_dbtp, abs=0.01)


def test_a_riser_rises_and_an_impact_falls() -> None:
    for card, rises in ((RISER, True), (IMPACT, False)):
        power = (made_sound(card) ** 2).sum(axis=0)
        first, second = np.array_split(power, 2)
        assert bool(second.sum() > 4 * first.sum()) is rises


def test_a_copy_is_written_once_and_is_the_sound(tmp_path: Path) -> None:
    path = made_copy(tmp_path, RISER.id)
    written = path.stat().st_mtime_ns

    assert path == tmp_path / RISER.path
    assert made_copy(tmp_path, RISER.id).stat().st_mtime_ns == written
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == RATE
    np.testing.assert_allclose(audio.T, made_sound(RISER), atol=2**-22)


def test_another_made_sound_there_is_not() -> None:
    with pytest.raises(NotFoundError, match="made-gong"):
        made_card("made-gong")
