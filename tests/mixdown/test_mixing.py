"""Mixing with what earlier renders left: the same samples, and less to do."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from src.core.digests import digest
from src.core.progress import JobCancelled
from src.mixdown.mixing import BLOCK_SAMPLES, mix_score
from src.mixdown.render_archive import RenderArchive
from src.music.model.score import (
    Automation,
    AutomationPoint,
    Channel,
    Clip,
    Note,
    Score,
    ScoreSection,
)
from src.storage.render_cache import RenderCache

RATE = 48_000
Stems = dict[str, np.ndarray]


def noise(seconds: float, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (0.1 * rng.standard_normal((2, round(seconds * RATE)))).astype(np.float32)


def stems() -> Stems:
    fall = np.exp(-np.arange(RATE // 2) / 3000).astype(np.float32)
    return {
        "loop": noise(4.0, 1), "other": noise(4.2, 2), "pad": noise(8.0, 3),
        "kick": noise(0.5, 4) * fall, "clap": noise(0.5, 5) * fall,
    }  # fmt: skip


def line(parameter: str, *points: tuple[float, float]) -> Automation:
    return Automation(parameter, tuple(AutomationPoint(*point) for point in points))


def everything() -> Score:
    """Nineteen seconds with all that a mix can hold; a beat is 0.3 s, a block 18.2 beats."""
    loop = Clip("loop", 0.0, 56.0, 0.0, 4.0, stretch_ratio=0.98, fade_in_s=0.2)
    pad = (Clip("pad", 0.0, 24.0, 0.0, 8.0, semitones=2.0), Clip("pad", 40.0, 20.0, 0.5, 7.0))
    tracks = (
        Channel("kick", "kick", notes=tuple(Note("kick", float(beat)) for beat in range(56))),
        Channel(
            "loop", "bass", (loop,), duck_db=6.0, high_pass_hz=60.0, reverb_send_db=-20.0,
            automation=(line("low_pass_hz", (8.0, 400.0), (24.0, 18_000.0)),),
        ),
        Channel(
            "pad", "pad", pad, duck_db=3.0, reverb_send_db=-9.0,
            automation=(line("gain_db", (0.0, -6.0), (20.0, 0.0), (20.0, -3.0)),
                        line("pan", (0.0, -0.5), (60.0, 0.5))),
        ),
        Channel(
            "clap", "clap", notes=(Note("clap", 9.0), Note("clap", 31.9), Note("clap", 50.0)),
            reverb_send_db=-6.0, delay_send_db=-9.0,
        ),
    )  # fmt: skip
    sections = (ScoreSection("A", 0.0, 60.0, 0.5),)
    return Score(200.0, "Am", 1, sections, tracks, -14.0, -1.0, tail_s=1.0)


class Library:
    """Stems that count what is loaded of them, and a cache."""

    def __init__(self, folder: Path) -> None:
        self.stems = stems()
        self.cache = RenderCache(folder / "cache", max_bytes=500_000_000)
        self.loaded: list[str] = []

    def load(self, stem_id: str, start_s: float, length_s: float) -> np.ndarray:
        self.loaded.append(stem_id)
        start = round(start_s * RATE)
        return self.stems[stem_id][:, start : start + round(length_s * RATE)].copy()

    def mix(self, score: Score, *, kept: bool = True, **more: Callable[..., None]) -> str:
        """The digest of a mix."""
        self.loaded.clear()
        archive = None
        if kept:
            archive = RenderArchive(
                self.cache, lambda stem: digest(self.stems[stem].tobytes()), code="today's"
            )
        return hashlib.sha256(mix_score(score, load=self.load, archive=archive, **more)).hexdigest()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path)


def changed(score: Score, name: str, **fields: object) -> Score:
    tracks = tuple(
        replace(track, **fields) if track.name == name else track  # type: ignore[arg-type]
        for track in score.channels
    )
    return replace(score, channels=tracks)


def swapped(score: Score) -> Score:
    clip = score.channels[1].clips[0]
    return changed(score, "loop", clips=(replace(clip, stem_id="other"),))


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> tuple[Library, str]:
    """A library in which the score was rendered, and the digest of its mix."""
    library = Library(tmp_path_factory.mktemp("used"))
    return library, library.mix(everything())


def test_cached_and_uncached_mixes_are_the_same(used: tuple[Library, str]) -> None:
    library, before = used
    assert library.mix(everything(), kept=False) == before
    assert library.mix(everything()) == before


EDITS: dict[str, Callable[[Score], Score]] = {
    "another stem": swapped,
    "another level": lambda score: changed(score, "pad", gain_db=-3.0),
    "another send": lambda score: changed(score, "pad", reverb_send_db=-20.0),
    "a note at the end": lambda score: changed(score, "clap", notes=(Note("clap", 55.0),)),
    "a channel muted": lambda score: replace(score, channels=score.channels[:-1]),
    "no kick to duck under": lambda score: replace(score, channels=score.channels[1:]),
    "a filter": lambda score: changed(
        score, "pad", automation=(line("high_pass_hz", (30.0, 20.0), (40.0, 500.0)),)
    ),
    "another tempo": lambda score: replace(score, bpm=201.0),
    "a longer tail": lambda score: replace(score, tail_s=3.0),
    "the echo opened once": lambda score: changed(
        score, "clap", automation=(line("delay_send_db", (30.0, -80.0), (31.0, -3.0)),)
    ),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_after_an_edit_the_mix_is_as_if_nothing_had_been_kept(
    used: tuple[Library, str], edit: Callable[[Score], Score]
) -> None:
    library, before = used
    after = library.mix(edit(everything()))
    assert after == library.mix(edit(everything()), kept=False)
    assert after != before


def test_only_what_is_new_is_loaded(library: Library) -> None:
    library.mix(everything())
    assert set(library.loaded) == {"loop", "pad", "kick", "clap"}
    library.mix(everything())
    assert library.loaded == []
    library.mix(swapped(everything()))
    assert library.loaded == ["other"]


def test_only_blocks_that_changed_are_mixed_again(library: Library) -> None:
    library.mix(everything())
    before = library.cache.size().entries
    library.mix(changed(everything(), "clap", notes=(*everything().channels[3].notes[:2],)))
    assert 50.0 * 0.3 * RATE > 2 * BLOCK_SAMPLES
    assert library.cache.size().entries - before == 2


def in_sections(levels_db: tuple[float, float]) -> Score:
    """Two sections of 60 beats whose levels the tracks' lines contain, as a revision moves them."""

    def level(*, turn: float) -> Automation:
        first, then = levels_db
        return line(
            "gain_db",
            (0.0, first - 2),
            (60.0 - turn, first - 2),
            (60.0, then),
            (120.0 - turn, then),
        )

    pads = tuple(Clip("pad", start, 26.0, 0.0, 8.0) for start in (0.0, 60.0))
    tracks = (
        Channel("kick", "kick", notes=tuple(Note("kick", float(beat)) for beat in range(120)),
              automation=(level(turn=1 / 64),)),
        Channel("pad", "pad", pads, duck_db=3.0, reverb_send_db=-9.0, delay_send_db=-20.0,
              automation=(level(turn=1.0),)),
    )  # fmt: skip
    sections = tuple(
        ScoreSection(name, start, 60.0, 0.5, level_db)
        for name, start, level_db in zip("AB", (0.0, 60.0), levels_db, strict=True)
    )
    return Score(200.0, "Am", 1, sections, tracks, -14.0, -1.0, tail_s=1.0)


def test_levels_of_sections_change_only_what_lies_across_a_border(library: Library) -> None:
    library.mix(in_sections((0.0, -1.0)))
    before = library.cache.size().entries
    moved = in_sections((0.5, -0.25))
    assert library.mix(moved) == library.mix(moved, kept=False)
    # The kick across both borders; the pad across the first, and its reverb in the next block.
    assert library.cache.size().entries - before == 4
    assert before == 15


def test_the_level_of_a_section_is_heard_as_the_lines_say(library: Library) -> None:
    score = in_sections((1.5, -2.0))
    plain = replace(score, sections=tuple(replace(s, level_db=0.0) for s in score.sections))
    mixes = [mix_score(one, load=library.load) for one in (score, plain)]
    np.testing.assert_allclose(mixes[0], mixes[1], atol=1e-6)


def test_a_channel_that_sends_nothing_leaves_those_that_do_alone(library: Library) -> None:
    library.mix(everything())
    before = library.cache.size().entries
    kick = everything().channels[0]
    quieter = changed(everything(), "kick", notes=kick.notes, gain_db=-1.0)
    assert library.mix(quieter) == library.mix(quieter, kept=False)
    blocks = int(56 * 0.3 * RATE // BLOCK_SAMPLES) + 1
    assert library.cache.size().entries - before == blocks


def test_a_stem_with_other_bytes_is_another_stem(library: Library) -> None:
    before = library.mix(everything())
    library.stems["loop"] = noise(4.0, 9)
    after = library.mix(everything())
    assert after != before
    assert after == library.mix(everything(), kept=False)


def test_damaged_entries_are_computed_again(library: Library) -> None:
    before = library.mix(everything())
    for path in library.cache.folder.iterdir():
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0x40
        path.write_bytes(data)
    assert library.mix(everything()) == before
    assert library.loaded != []


def test_a_mix_that_is_cancelled_leaves_only_whole_entries(
    library: Library, tmp_path: Path
) -> None:
    def cancel(stage: str, done: int, total: int) -> None:
        if done == 2:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        library.mix(everything(), progress=cancel)
    assert not [path for path in library.cache.folder.iterdir() if path.name.startswith(".")]
    assert library.mix(everything()) == Library(tmp_path / "new").mix(everything())


def test_two_processes_that_share_a_cache_give_the_same(library: Library) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.mixdown.test_mixing import *;"
        "print(Library(Path(sys.argv[1])).mix(everything()))"
    )
    folder = str(library.cache.folder.parent)
    running = [
        subprocess.Popen([sys.executable, "-c", code, folder], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    digests = {process.communicate()[0].strip() for process in running}
    assert digests == {library.mix(everything())}
