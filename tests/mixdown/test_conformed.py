import numpy as np

from src.mixdown.conformed import (
    MAX_NOTE_S,
    ConformedSlices,
    FixedFilters,
    NoteSpec,
    PassSpec,
    filtered,
)

RATE = 48_000


def sine(frequency_hz: float, samples: int) -> np.ndarray:
    return np.sin(2 * np.pi * frequency_hz * np.arange(samples) / RATE).astype(np.float32)[None]


def spec(**changes: object) -> PassSpec:
    values: dict[str, object] = {
        "stem_id": "a", "start_s": 0.0, "source_samples": RATE, "length_samples": RATE,
        "semitones": 0.0, "percussive": False, "looped": True, "reverse": False,
        "filters": FixedFilters(),
    }  # fmt: skip
    return PassSpec(**{**values, **changes})  # type: ignore[arg-type]


class Stems:
    """Gives slices of one-second sines and counts how often it was asked."""

    def __init__(self) -> None:
        self.requested: list[tuple[str, float, float]] = []

    def __call__(self, stem_id: str, start_s: float, length_s: float) -> np.ndarray:
        self.requested.append((stem_id, start_s, length_s))
        start = round(start_s * RATE)
        return sine(100, RATE)[:, start : start + round(length_s * RATE)]


def test_slice_is_conformed_once() -> None:
    stems = Stems()
    store = ConformedSlices(stems, sample_rate=RATE)
    first = store.sound(spec(length_samples=50_000))
    assert store.sound(spec(length_samples=50_000)) is first
    assert len(stems.requested) == 1


def test_store_keeps_to_its_budget_and_makes_dropped_slices_again() -> None:
    stems = Stems()
    store = ConformedSlices(stems, sample_rate=RATE, kept_bytes=2 * 4 * RATE)
    before = store.sound(spec(stem_id="a"))
    for name in "bcd":
        store.sound(spec(stem_id=name))
    again = store.sound(spec(stem_id="a"))
    assert [requested[0] for requested in stems.requested] == ["a", "b", "c", "d", "a"]
    np.testing.assert_array_equal(again, before)


def test_untouched_pass_is_the_recording() -> None:
    store = ConformedSlices(Stems(), sample_rate=RATE)
    np.testing.assert_array_equal(store.sound(spec()), sine(100, RATE))


def test_slice_beyond_the_end_is_filled_with_silence() -> None:
    conformed = ConformedSlices(Stems(), sample_rate=RATE).sound(
        spec(source_samples=RATE + 4800, length_samples=RATE + 4800, looped=False)
    )
    assert conformed.shape == (1, RATE + 4800)
    assert not conformed[:, RATE:].any()


def test_slice_from_the_middle_starts_at_its_sample() -> None:
    conformed = ConformedSlices(Stems(), sample_rate=RATE).sound(
        spec(start_s=0.25, source_samples=10_000, length_samples=10_000)
    )
    np.testing.assert_array_equal(conformed[:, :9000], sine(100, RATE)[:, 12_000:21_000])


def test_notes_are_asked_for_whole_and_folded_to_two_channels() -> None:
    requested: list[float] = []

    def load(stem_id: str, start_s: float, length_s: float) -> np.ndarray:
        requested.append(length_s)
        return np.repeat(sine(100, 4800), 4, axis=0)

    conformed = ConformedSlices(load, sample_rate=RATE).sound(NoteSpec("n", 12.0, FixedFilters()))
    assert requested == [MAX_NOTE_S]
    assert conformed.shape == (2, 2400)


def test_fixed_filters_on_a_loop_leave_no_start_up_at_its_seam() -> None:
    loop = sine(100, RATE) + 0.5
    out = filtered(loop, FixedFilters(high_pass_hz=30.0), sample_rate=RATE, looped=True)
    once = filtered(loop, FixedFilters(high_pass_hz=30.0), sample_rate=RATE, looped=False)
    assert abs(out[:, :480].mean() - out[:, -480:].mean()) < 1e-3
    assert np.abs(once[:, :480] - out[:, :480]).max() > 0.05


def test_rotated_pass_begins_inside_and_brings_its_beginning_last() -> None:
    ramp = np.linspace(0.0, 1.0, RATE, dtype=np.float32)[None]
    wave = sine(100, RATE) * ramp
    store = ConformedSlices(lambda *_: wave, sample_rate=RATE)
    conformed = store.sound(spec(looped=False, rotated_samples=12_000))
    np.testing.assert_array_equal(conformed[:, : RATE - 12_000 - 300], wave[:, 12_000 : RATE - 300])
    np.testing.assert_array_equal(conformed[:, -11_000:], wave[:, 1_000:12_000])


def test_braked_pass_is_twice_as_long_as_its_slice_and_falls() -> None:
    store = ConformedSlices(Stems(), sample_rate=RATE)
    conformed = store.sound(
        spec(source_samples=24_000, length_samples=48_000, looped=False, tape_stop=True)
    )
    assert conformed.shape == (1, 48_000)
    crossings = [
        np.count_nonzero((part[:-1] < 0) & (part[1:] >= 0))
        for part in np.split(conformed[0, :36_000], 3)
    ]
    assert crossings == sorted(crossings, reverse=True)
    assert crossings[0] > 2 * crossings[2]
