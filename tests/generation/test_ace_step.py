"""ACE-Step through its real loading code, on a tiny random checkpoint. Each trap is a test."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from src.audio.basics.validation import Audio
from src.core.errors import (
    BackendUnavailableError,
    GenerationFailedError,
    InvalidInputError,
    NotFoundError,
)
from src.core.progress import JobCancelled, silent
from src.generation.ace_step import DECODING, STEPS, AceStepGenerator
from src.generation.judging import judge
from src.generation.loading import load_pipeline
from src.generation.protocol import MusicGenerator, SourceAudio
from src.generation.request import MusicRequest
from tests.generation.tiny_checkpoint import needs_diffusers, write_checkpoint

pytestmark = [
    # diffusers 0.42 builds its decoder with torch's older form of weight norm
    pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning"),
    pytest.mark.xdist_group("generation"),
]

RATE = 48_000
NOTHING = SourceAudio()


def noise(seconds: float, *, seed: int = 1) -> Audio:
    drawn = np.random.default_rng(seed).standard_normal((2, round(seconds * RATE)))
    return (0.1 * drawn).astype(np.float32)


HEARD = SourceAudio(source=noise(10.0))
LONG = SourceAudio(source=noise(30.0))
TASKS: dict[str, tuple[MusicRequest, SourceAudio]] = {
    "cover": (MusicRequest("dub", task="cover"), HEARD),
    "cover of half its strength": (MusicRequest("dub", task="cover", cover_strength=0.5), HEARD),
    "repaint": (MusicRequest("dub", task="repaint", window_s=(2.0, 4.0)), HEARD),
    "lego": (MusicRequest("dub", task="lego", track_names=("bass",)), LONG),
    "extract": (MusicRequest("dub", task="extract", track_names=("drums",)), HEARD),
    "complete": (MusicRequest("dub", task="complete", track_names=("bass", "drums")), HEARD),
    "reference": (MusicRequest("dub", duration_s=10.0), SourceAudio(reference=noise(12.0))),
}


SAMPLED = ("cover", "lego", "reference")
"""Made twice: a source that is quantised, one that is not, and a reference."""


def made(
    generator: MusicGenerator, request: MusicRequest, heard: SourceAudio = NOTHING
) -> list[Audio]:
    return [one.audio for one in generator.generate(request, heard, progress=silent)]


@pytest.mark.parametrize("task", TASKS)
def test_every_task_gives_sound_of_its_sources_length_and_sampling_repeats(
    task: str, base: AceStepGenerator
) -> None:
    request, heard = TASKS[task]
    first = made(base, request, heard)[0]
    expected = 10.0 if heard.source is None else heard.source.shape[1] / RATE
    assert first.shape == (2, round(expected * RATE))
    assert np.isfinite(first).all()
    if task in SAMPLED:
        assert np.array_equal(first, made(base, request, heard)[0])


def test_another_seed_source_or_word_gives_another_sound(turbo: AceStepGenerator) -> None:
    request = MusicRequest("dub", task="cover", seed=3)
    first = made(turbo, request, HEARD)[0]
    others = [
        made(turbo, MusicRequest("dub", task="cover", seed=4), HEARD)[0],
        made(turbo, request, SourceAudio(source=noise(10.0, seed=2)))[0],
        made(turbo, MusicRequest("Caption: dub", task="cover", seed=3), HEARD)[0],
        made(turbo, MusicRequest("dub", task="cover", seed=3, tempo_bpm=90.0), HEARD)[0],
    ]
    assert not any(np.array_equal(first, other) for other in others)


def test_variants_are_what_their_seeds_give_alone(turbo: AceStepGenerator) -> None:
    both = list(
        turbo.generate(
            MusicRequest("dub", duration_s=10.0, seed=5, variants=2), NOTHING, progress=silent
        )
    )
    assert [one.seed for one in both] == [5, 6]
    alone = made(turbo, MusicRequest("dub", duration_s=10.0, seed=6))[0]
    assert np.array_equal(both[1].audio, alone)


def test_torchs_global_generator_stays_as_it_was(turbo: AceStepGenerator) -> None:
    torch = needs_diffusers()
    before = torch.random.get_rng_state()
    made(turbo, *TASKS["cover"])
    assert torch.equal(before, torch.random.get_rng_state())


@pytest.mark.parametrize(
    ("family", "steps", "guidance", "shift"), [("turbo", 8, 1.0, 3.0), ("base", 50, 7.0, 1.0)]
)
def test_steps_guidance_and_shift_are_the_checkpoints_own_and_duration_the_sources(
    family: str,
    steps: int,
    guidance: float,
    shift: float,
    request: pytest.FixtureRequest,
) -> None:
    torch = needs_diffusers()
    generator: AceStepGenerator = request.getfixturevalue(family)
    folder: Path = request.getfixturevalue(f"{family}_folder")
    seen: list[tuple[str, int, int]] = []
    asked = MusicRequest("dub", task="repaint", window_s=(2.0, 4.0), seed=9)
    ours = next(iter(generator.generate(asked, HEARD, progress=lambda *step: seen.append(step))))
    assert [one for one in seen if one[0] == STEPS][-1] == (STEPS, steps, steps)

    pipeline = load_pipeline(folder, device="cpu")
    plain: dict[str, Any] = {
        "prompt": "dub", "lyrics": "", "vocal_language": "unknown", "task_type": "repaint",
        "src_audio": torch.from_numpy(HEARD.source), "output_type": "latent",
        "repainting_start": 2.0, "repainting_end": 4.0, "num_inference_steps": steps,
        "guidance_scale": guidance, "shift": shift, "audio_duration": 10.0,
    }  # fmt: skip

    def called(**other: Any) -> Audio:
        drawn = torch.Generator("cpu").manual_seed(9)
        torch.manual_seed(9)
        arguments = plain | {"latents": torch.randn((1, 250, 2), generator=drawn)} | other
        with torch.inference_mode():
            latents = pipeline(**arguments).audios
            audio: Audio = pipeline.vae.decode(latents.transpose(1, 2)).sample[0].numpy()
        return audio

    with torch.random.fork_rng():
        assert np.array_equal(ours.audio, called())
        assert not np.array_equal(ours.audio, called(audio_duration=60.0))
        assert not np.array_equal(ours.audio, called(shift=2.0))


def test_a_cancel_ends_within_the_step_and_decodes_nothing(turbo: AceStepGenerator) -> None:
    stages: list[str] = []

    def cancelling(stage: str, done: int, _total: int) -> None:
        stages.append(stage)
        if stage == STEPS and done == 3:
            raise JobCancelled("enough")

    running = turbo.generate(MusicRequest("dub", duration_s=10.0), NOTHING, progress=cancelling)
    with pytest.raises(JobCancelled):
        next(iter(running))
    assert stages.count(STEPS) == 3
    assert DECODING not in stages
    assert made(turbo, MusicRequest("dub", duration_s=10.0)), "the next one finds it usable"


@pytest.mark.parametrize(
    ("raised", "code"), [("OutOfMemoryError", "out_of_memory"), (None, "model_broke")]
)
def test_a_gpu_that_is_too_small_or_a_model_that_breaks_is_named_and_the_next_request_runs(
    raised: str | None,
    code: str,
    turbo: AceStepGenerator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch = needs_diffusers()
    from diffusers import AutoencoderOobleck

    error = RuntimeError("no kernel\nmore") if raised is None else torch.OutOfMemoryError("2 GiB")

    def failing(*_: object, **__: object) -> None:
        raise error

    request = MusicRequest("dub", duration_s=10.0)
    with monkeypatch.context() as patched:
        patched.setattr(AutoencoderOobleck, "decode", failing)
        with pytest.raises(GenerationFailedError) as caught:
            made(turbo, request)
    assert caught.value.code == code
    assert made(turbo, request)


def test_the_models_own_level_is_kept(turbo: AceStepGenerator) -> None:
    peak = float(np.abs(made(turbo, MusicRequest("dub", duration_s=10.0))[0]).max())
    assert abs(20.0 * np.log10(peak) + 1.0) > 0.1, "the pipeline would have made it -1 dBFS"


@pytest.mark.parametrize(("gain", "code"), [(0.0, "silent"), (float("nan"), "not_finite")])
def test_a_checkpoint_that_makes_nothing_is_no_success(
    gain: float, code: str, turbo_folder: Path, tmp_path: Path
) -> None:
    folder = write_checkpoint(tmp_path / "broken", output_gain=gain)
    generator = AceStepGenerator(folder, device="cpu")
    request = MusicRequest("dub", duration_s=10.0)
    music = next(iter(generator.generate(request, NOTHING, progress=silent)))
    with pytest.raises(GenerationFailedError) as caught:
        judge(music, request, expected_s=10.0)
    assert caught.value.code == code


def test_lengths_whose_frames_a_product_would_round_up_are_made_exactly(
    turbo: AceStepGenerator,
) -> None:
    odd = next(n for n in range(250, 600) if n / 25.0 * 25.0 > n)
    assert made(turbo, MusicRequest("dub", duration_s=odd / 25.0))[0].shape[1] == odd * 1920
    assert made(turbo, MusicRequest("dub", duration_s=10.03))[0].shape[1] == 251 * 1920


def test_a_source_between_frames_is_heard_whole(turbo: AceStepGenerator) -> None:
    heard = SourceAudio(source=noise(10.013)[:1])
    assert made(turbo, MusicRequest("dub", task="cover"), heard)[0].shape == (2, 251 * 1920)


def test_long_sound_is_decoded_in_tiles(turbo_folder: Path) -> None:
    assert load_pipeline(turbo_folder, device="cpu").vae.use_tiling


def test_words_that_the_pipeline_would_cut_off_are_refused(turbo: AceStepGenerator) -> None:
    strange = MusicRequest("ж" * 300, duration_s=10.0)
    with pytest.raises(InvalidInputError, match="at most 256 of the model's word pieces") as caught:
        made(turbo, strange)
    assert caught.value.code == "too_many_words"


@pytest.mark.parametrize("task", ["lego", "extract", "complete"])
def test_what_needs_base_is_refused_on_turbo(task: str, turbo: AceStepGenerator) -> None:
    request, heard = TASKS[task]
    with pytest.raises(InvalidInputError, match="needs a base checkpoint") as caught:
        turbo.generate(request, heard, progress=silent)
    assert caught.value.code == "task_needs_base"
    assert task not in turbo.card().tasks


def test_a_source_that_is_missing_or_of_a_wrong_length_is_refused(
    base: AceStepGenerator,
) -> None:
    with pytest.raises(InvalidInputError, match="needs source_audio"):
        base.generate(TASKS["cover"][0], NOTHING, progress=silent)
    with pytest.raises(InvalidInputError, match=r"lego must last 30 to 600 s, got 10.0 s"):
        base.generate(TASKS["lego"][0], HEARD, progress=silent)
    late = MusicRequest("dub", task="repaint", window_s=(11.0, 12.0))
    with pytest.raises(InvalidInputError, match="begin within the source of"):
        base.generate(late, HEARD, progress=silent)


def test_an_adapter_that_is_not_there_is_not_passed_over(turbo: AceStepGenerator) -> None:
    with pytest.raises(NotFoundError, match="no adapter 'mine'"):
        turbo.generate(MusicRequest("dub", lora_id="mine"), NOTHING, progress=silent)


def test_two_checkpoints_of_one_name_are_told_apart(turbo_folder: Path, tmp_path: Path) -> None:
    other = write_checkpoint(tmp_path / turbo_folder.name, seed=2)
    cards = [AceStepGenerator(folder, device="cpu").card() for folder in (turbo_folder, other)]
    assert cards[0].name == cards[1].name
    assert cards[0].revision != cards[1].revision


def test_a_folder_without_a_whole_checkpoint_says_what_to_do(
    turbo_folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(BackendUnavailableError, match="models pull ace-step") as caught:
        AceStepGenerator(tmp_path, device="cpu").card()
    assert caught.value.code == "generator_missing"
    broken = write_checkpoint(tmp_path / "broken")
    next((broken / "vae").glob("*.safetensors")).unlink()
    with pytest.raises(BackendUnavailableError, match="whole checkpoint") as caught:
        made(AceStepGenerator(broken, device="cpu"), MusicRequest("dub", duration_s=10.0))
    assert caught.value.code == "checkpoint_broken"


def test_an_unloaded_model_is_loaded_again(turbo_folder: Path) -> None:
    generator = AceStepGenerator(turbo_folder, device="cpu")
    request = MusicRequest("dub", duration_s=10.0)
    first = made(generator, request)[0]
    generator.unload()
    assert np.array_equal(first, made(generator, request)[0])
