"""What came out of mastering, as measured on the finished sound."""

from dataclasses import dataclass

from src.audio.basics.gain import gain_to_db
from src.audio.basics.side_by_side import blocks, side_by_side
from src.audio.basics.stereo import CorrelationMeter
from src.audio.basics.validation import Audio
from src.audio.metering.loudness import measure_loudness
from src.audio.metering.true_peak import true_peak_dbtp

_CHUNK_SAMPLES = 131_072


@dataclass(frozen=True)
class MasterReport:
    """What came out. Silence has -inf levels, gain 0 and has not reached its target.

    gain_db: in front of the limiter
    limiting_db, limiting_mean_db: largest reduction by it, and its mean over the whole time
    rounding_db: by how much the highest peak was rounded in front of it
    missed_by: what came out minus what was asked for, in LU (dB for a premaster); 0 if reached
    shortfall: why it was missed: "silence", "peaks" (more would cost more than 6 LU),
        "level" (the search did not settle); empty if it was reached
    """

    loudness_lufs: float
    short_term_max_lufs: float
    momentary_max_lufs: float
    loudness_range_lu: float
    true_peak_dbtp: float
    sample_peak_dbfs: float
    stereo_correlation: float
    gain_db: float = 0.0
    limiting_db: float = 0.0
    limiting_mean_db: float = 0.0
    rounding_db: float = 0.0
    reached: bool = False
    missed_by: float = 0.0
    shortfall: str = ""


def measured_master(
    mix: Audio, *, sample_rate: int, true_peak: float | None = None
) -> MasterReport:
    """Measure a finished programme, shape (2, samples); nothing is claimed to be reached.

    true_peak: in dBTP, where it has been measured before
    """
    audible = measure_loudness(mix, sample_rate=sample_rate)
    if true_peak is None:
        true_peak = true_peak_dbtp(mix, sample_rate=sample_rate)

    def looked_at(block: tuple[int, int]) -> tuple[CorrelationMeter, float]:
        part, image = mix[:, slice(*block)], CorrelationMeter()
        image.add(part)
        return image, max(float(part.max()), -float(part.min()))

    found = side_by_side(looked_at, blocks(mix.shape[1], _CHUNK_SAMPLES))
    image = CorrelationMeter()
    image.join([part for part, _ in found])
    highest = max((level for _, level in found), default=0.0)
    return MasterReport(
        loudness_lufs=audible.integrated_lufs,
        short_term_max_lufs=audible.short_term_max_lufs,
        momentary_max_lufs=audible.momentary_max_lufs,
        loudness_range_lu=audible.range_lu,
        true_peak_dbtp=true_peak,
        sample_peak_dbfs=gain_to_db(highest),
        stereo_correlation=image.correlation,
    )
