"""A session, played as it says, is the dry mix."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from src.audio.basics.fades import rising
from src.audio.basics.gain import pan_gains
from src.mixdown.playback import mix_score, score_samples
from src.music.casting.hats import choked
from src.music.export.daw_session import AudioItem, Session, SessionTrack, layers
from src.music.export.midi_parts import midi_song
from src.music.model.score import (
    Automation,
    AutomationPoint,
    Channel,
    Choice,
    Clip,
    Note,
    Score,
    ScoreSection,
)
from src.music.scoring.tape_stops import GAP_BEATS, slowed_clips, slowed_notes
from src.services.export.session import SessionMaker, SessionStyle, SessionText

RATE = 48_000
STYLES = [SessionStyle(baked=True), SessionStyle(baked=False)]


def load(stem_id: str, start_s: float, length_s: float) -> np.ndarray:
    """A long clap that rings over the next one, a tone, a noise."""
    seconds = np.arange(3 * RATE) / RATE
    if stem_id == "clap":
        noise = np.random.default_rng(1).standard_normal(RATE) * np.exp(-np.arange(RATE) / 9_000)
        sound = 0.2 * noise[None]
    elif stem_id == "filters":
        sound = 0.2 * np.stack([np.sin(700 * seconds), np.sin(900 * seconds)])
    else:
        sound = 0.1 * np.random.default_rng(2).standard_normal((2, 3 * RATE))
    start = round(start_s * RATE)
    return sound[:, start : start + round(length_s * RATE)].astype(np.float32)


def score(*tracks: Channel, bpm: float = 120.0, tail_s: float = 2.0) -> Score:
    names = {"clap": "Clap Big", "filters": "FixedFilters", "noise": 'No/ise "1"'}
    return Score(
        bpm=bpm, key="Am", seed=1, channels=tracks,
        sections=(ScoreSection("A", 0.0, 8.0, 0.5), ScoreSection("B", 8.0, 8.0, 0.5)),
        target_lufs=-14.0, ceiling_dbtp=-1.0, tail_s=tail_s,
        choices=tuple(
            Choice(stem, name, "x", "x", ("A",), 1.0) for stem, name in names.items()
        ),
    )  # fmt: skip


def whole(bpm: float = 120.0) -> Score:
    """Overlapping hits, a looped clip at a level, one that is cut and faded, a curve."""
    rise = Automation("gain_db", (AutomationPoint(0.0, -18.0), AutomationPoint(16.0, 0.0)))
    claps = tuple(Note("clap", beat * 0.75, 0.4 + 0.03 * beat) for beat in range(20))
    cut = (Note("tone", 1.0, 0.7, 3.0, 0.5), Note("tone", 2.25, 0.9, 0.0, 1.0))
    return score(
        Channel("clap", "clap", notes=claps, pan=0.3, gain_db=-4.0),
        Channel("lead", "lead", notes=cut),
        Channel(
            "noise", "synth", gain_db=2.0, automation=(rise,),
            clips=(
                Clip("noise", 0.0, 8.0, 0.5, 1.0, gain_db=-6.0),
                Clip("noise", 9.0, 3.0, 0.0, 2.0, fade_in_s=0.2, fade_out_s=0.3),
            ),
        ),
        bpm=bpm,
    )  # fmt: skip


def session(requested: Score, folder: Path, style: SessionStyle) -> Session:
    maker = SessionMaker(requested, load=load, folder=folder, style=style)
    song = midi_song(requested, title="T", roots={})
    return maker.make(SessionText("T", "techno", "note"), song)


def played(made: Session, folder: Path, samples: int) -> np.ndarray:
    """A plain DAW: items on tracks, fades, gains, faders, pan."""
    mix = np.zeros((2, samples + 10 * RATE))
    for track in made.tracks:
        channel = np.zeros_like(mix)
        for item in track.items:
            _put(channel, item, folder)
        mix += (
            channel * _levels(track, made, mix.shape[1]) * np.array(pan_gains(track.pan))[:, None]
        )
    return mix[:, :samples]


def _put(channel: np.ndarray, item: AudioItem, folder: Path) -> None:
    sound = soundfile.read(folder / item.media.path, dtype="float32", always_2d=True)[0].T
    assert sound.shape == (item.media.channels, item.media.samples)
    parts = [sound[:, np.arange(length) % sound.shape[1]] for _, length in item.passes]
    line = np.concatenate(parts, axis=1).astype(np.float64)
    into, out = round(item.fade_in_s * RATE), round(item.fade_out_s * RATE)
    line[:, :into] *= rising(into)
    line[:, line.shape[1] - out :] *= rising(out)[::-1]
    start = item.passes[0][0]
    channel[:, start : start + line.shape[1]] += line * item.gain


def _levels(track: SessionTrack, made: Session, samples: int) -> np.ndarray:
    if not track.volume_curve:
        return np.full(samples, track.volume)
    places = [point.beats * 60 / made.bpm * RATE for point in track.volume_curve]
    values = [point.value for point in track.volume_curve]
    return track.volume * np.interp(np.arange(samples), places, values)


@pytest.mark.parametrize("style", STYLES)
def test_a_session_sounds_as_the_dry_mix(tmp_path, style):
    requested = whole()
    mix = mix_score(requested, load=load)
    heard = played(session(requested, tmp_path, style), tmp_path, mix.shape[1])
    error = np.abs(heard - mix).max() / np.abs(mix).max()
    assert 20 * np.log10(error) < -50, "a curve in factors may be off by 0.015 dB"


@pytest.mark.parametrize("style", STYLES)
def test_without_curves_it_is_the_dry_mix_to_the_last_digit(tmp_path, style):
    requested = whole()
    still = replace(
        requested, channels=tuple(replace(t, automation=()) for t in requested.channels)
    )
    mix = mix_score(still, load=load)
    heard = played(session(still, tmp_path, style), tmp_path, mix.shape[1])
    np.testing.assert_allclose(heard, mix, atol=2e-6)


@pytest.mark.parametrize("style", STYLES)
def test_a_stopped_tape_a_turned_loop_and_open_hats_are_in_the_session(tmp_path, style):
    stop = (12.0, 16.0 - GAP_BEATS)
    noise = Clip("noise", 0.0, 16.0, 0.0, 2.0, stretch_ratio=1.05, rotate_s=0.4)
    hats = choked([
        Note("clap", 0.5 * beat, 0.8, articulation="open" if beat % 2 else "")
        for beat in range(28)
    ])  # fmt: skip
    requested = score(
        Channel("noise", "synth", clips=slowed_clips([noise], [stop], 0.5)),
        Channel("hihat", "hihat", notes=slowed_notes(hats, [stop])),
    )
    braked = [clip for clip in requested.channels[0].clips if clip.tape_stop]
    assert len(braked) == 1
    mix = mix_score(requested, load=load)
    standstill = mix[:, round(15.97 * RATE / 2) : 16 * RATE // 2]
    assert np.abs(standstill).max() < 1e-4
    heard = played(session(requested, tmp_path, style), tmp_path, mix.shape[1])
    np.testing.assert_allclose(heard, mix, atol=2e-6)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("bpm", [133.0, 97.31])
def test_places_agree_with_the_score_to_the_sample(tmp_path, style, bpm):
    requested = whole(bpm)
    made = session(requested, tmp_path, style)
    for track in made.tracks:
        for item in track.items:
            first, last = item.passes[0], item.passes[-1]
            assert round(item.start_beats * 60 / bpm * RATE) == first[0]
            assert round(item.end_beats * 60 / bpm * RATE) == sum(last)
            for before, after in zip(item.passes, item.passes[1:], strict=False):
                assert sum(before) == after[0]
    loop, cut = made.tracks[2].items
    assert (loop.start_beats, loop.length_beats) == (0.0, 8.0)
    assert (cut.start_beats, cut.length_beats) == (9.0, 3.0)
    assert (round(cut.fade_in_s, 6), round(cut.fade_out_s, 6)) == (0.2, 0.3)


def test_hits_are_items_of_one_file_where_items_may_overlap(tmp_path):
    track = session(whole(), tmp_path, SessionStyle(baked=False)).tracks[0]
    assert [item.start_beats for item in track.items] == [beat * 0.75 for beat in range(20)]
    assert len({item.media.path for item in track.items}) == 1
    assert len(layers(track.items)) > 1


def test_hits_are_one_file_per_section_where_items_may_not_overlap(tmp_path):
    made = session(whole(), tmp_path, SessionStyle(baked=True))
    claps = made.tracks[0].items
    assert [(item.start_beats, item.name) for item in claps] == [(0.0, "clap A"), (8.0, "clap B")]
    assert all(len(layers(track.items)) <= 1 for track in made.tracks)
    assert [item.start_beats for item in made.tracks[1].items] == [0.0], "section B is silent"


def test_what_rings_on_after_the_last_section_is_kept(tmp_path):
    requested = score(Channel("clap", "clap", notes=(Note("clap", 15.5),)))
    (item,) = session(requested, tmp_path, SessionStyle(baked=True)).tracks[0].items
    assert sum(item.passes[0]) > RATE * 8


def test_a_file_of_hits_ends_where_the_last_one_does(tmp_path):
    requested = score(Channel("clap", "clap", notes=(Note("clap", 0.0), Note("clap", 8.0))))
    made = session(requested, tmp_path, SessionStyle(baked=True))
    assert all(media.samples <= RATE for media in made.media)


def test_levels_of_clips_are_in_the_file_or_on_the_item(tmp_path):
    baked = session(whole(), tmp_path / "a", SessionStyle(baked=True)).tracks[2].items[0]
    loose = session(whole(), tmp_path / "b", SessionStyle(baked=False)).tracks[2].items[0]
    assert baked.gain == 1.0
    assert loose.gain == pytest.approx(10 ** (-6 / 20))


def test_mono_stays_mono_and_no_file_clips(tmp_path):
    loud = score(
        Channel("clap", "clap", notes=(Note("clap", 0.0),)),
        Channel("noise", "synth", (Clip("noise", 0.0, 4.0, 0.0, 2.0, gain_db=30.0),)),
    )
    made = session(loud, tmp_path, SessionStyle(baked=True))
    assert [media.channels for media in made.media] == [1, 2]
    sound = soundfile.read(tmp_path / made.media[1].path, dtype="float32")[0]
    assert np.abs(sound).max() > 2.0


def test_filters_are_told_where_they_are_at_work(tmp_path):
    def line(name: str, *values: float) -> Automation:
        return Automation(name, tuple(AutomationPoint(4.0 * n, v) for n, v in enumerate(values)))

    rising, open_all = line("low_pass_hz", 400.0, 18_000.0), line("low_pass_hz", 18_000.0)
    thin, flat = line("high_pass_hz", 20.0, 250.0), line("high_pass_hz", 20.0)
    requested = score(
        Channel("one", "pad", automation=(rising, flat)),
        Channel("two", "pad", automation=(open_all, thin)),
    )
    made = session(requested, tmp_path, SessionStyle(baked=True))
    record = [[(sweep.kind, sweep.points) for sweep in track.sweeps] for track in made.tracks]
    assert record == [[("low_pass", rising.points)], [("high_pass", thin.points)]]


def test_markers_tempo_and_length_are_the_scores(tmp_path):
    requested = whole(133.0)
    made = session(requested, tmp_path, SessionStyle(baked=False))
    assert [(marker.beats, marker.name) for marker in made.markers] == [(0.0, "A"), (8.0, "B")]
    assert (made.bpm, str(made.metre), made.key) == (133.0, "4/4", "Am")
    assert round(made.length_s * RATE) == score_samples(requested)


def test_names_of_files_are_plain_and_never_meet(tmp_path):
    requested = score(
        Channel("A", "fx", (Clip("noise", 0.0, 2.0, 0.0, 1.0), Clip("noise", 4.0, 2.0, 1.0, 1.0))),
        Channel("a", "fx", (Clip("noise", 0.0, 2.0, 0.5, 1.0),)),
    )
    paths = [media.path for media in session(requested, tmp_path, SessionStyle(baked=False)).media]
    assert len({path.lower() for path in paths}) == 3
    assert all(path.startswith("audio/") and path.count("/") == 1 for path in paths)
    assert all((tmp_path / path).is_file() for path in paths)
