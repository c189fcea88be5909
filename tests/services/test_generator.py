"""Requests for music: made, judged, marked, filed; or nothing left behind."""

import base64
import errno
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from tinytag import TinyTag

from src.audio.basics.validation import Audio
from src.core.config import Settings
from src.core.errors import (
    BackendUnavailableError,
    GenerationFailedError,
    InvalidInputError,
    NotFoundError,
    UnreadableAudioError,
)
from src.core.progress import JobCancelled, silent
from src.generation.protocol import SourceAudio
from src.generation.request import MusicRequest
from src.services.generator import DreamOrder, GeneratorService
from src.storage.encode import AudioSink, write_wav
from tests.services.plain_generator import CARD, PlainGenerator, noisy

REQUEST = MusicRequest("warm dub", duration_s=10.0, tempo_bpm=120.0, key="Am", seed=7)
TASK = "0b5f4f3e-6a3c-4a52-9a50-0b8f0a4f1c11"


def service_with(settings: Settings, generator: PlainGenerator | None = None) -> GeneratorService:
    made = GeneratorService(settings, generator=generator or PlainGenerator())
    made.presence.announce("here", CARD)
    return made


def files(settings: Settings) -> list[str]:
    folder = settings.output_path
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize("container", ["wav", "flac", "mp3"])
def test_a_file_bears_its_task_and_says_to_machines_that_a_model_made_it(
    container: str, settings: Settings
) -> None:
    service = service_with(settings)
    order = DreamOrder(REQUEST, TASK, container)  # type: ignore[arg-type]
    result = service.run(order.params(), silent)
    assert result["file"] == f"{TASK}.{container}"
    assert files(settings) == [f"{TASK}.json", f"{TASK}.{container}"] or files(settings) == [
        f"{TASK}.{container}", f"{TASK}.json",
    ]  # fmt: skip
    path = service.file(result["file"])
    assert soundfile.info(path).duration == pytest.approx(10.0, abs=0.05)
    tags = TinyTag.get(path)
    for word in ("AI-generated", "trainedAlgorithmicMedia", "plain-base", "seed 7", "warm dub"):
        assert word in str(tags.comment)
    beside = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert beside["ai_generated"] is True
    assert beside["digital_source_type"].endswith("trainedAlgorithmicMedia")
    assert (beside["model"], beside["model_revision"]) == (CARD.name, CARD.revision)
    assert beside["measured"]["seed"] == 7


def test_variants_that_fail_are_left_out_and_reported_and_all_of_them_fail_the_task(
    settings: Settings,
) -> None:
    def sometimes(seed: int, seconds: float) -> Audio:
        return noisy(seed, seconds) * np.float32(seed % 2)

    service = service_with(settings, PlainGenerator(sometimes))
    two = MusicRequest("dub", duration_s=10.0, seed=4, variants=2)
    result = service.run(DreamOrder(two, TASK).params(), silent)
    assert [one["seed"] for one in result["variants"]] == [5]
    assert [one["code"] for one in result["refused"]] == ["silent"]
    assert files(settings) == [f"{TASK}_2.json", f"{TASK}_2.wav"]
    one = MusicRequest("dub", duration_s=10.0, seed=4)
    with pytest.raises(GenerationFailedError, match="made silence"):
        service.run(DreamOrder(one, "other").params(), silent)
    assert files(settings) == [f"{TASK}_2.json", f"{TASK}_2.wav"]


@pytest.mark.parametrize("at", [1, 4, 6, 8])
def test_a_cancel_at_any_step_leaves_no_file_and_the_next_task_runs(
    at: int, settings: Settings
) -> None:
    service = service_with(settings)
    steps = 0

    def cancelling(stage: str, done: int, total: int) -> None:
        nonlocal steps
        steps += 1
        if steps == at:
            raise JobCancelled("enough")

    two = MusicRequest("dub", duration_s=10.0, variants=2)
    with pytest.raises(JobCancelled):
        service.run(DreamOrder(two, TASK).params(), cancelling)
    assert files(settings) == []
    assert service.run(DreamOrder(REQUEST, TASK).params(), silent)["file"] == f"{TASK}.wav"


def test_what_a_killed_attempt_left_goes_and_running_twice_is_as_once(settings: Settings) -> None:
    service = service_with(settings)
    settings.output_path.mkdir(parents=True)
    (settings.output_path / f".part-{TASK}-0.wav").write_bytes(b"half")
    order = DreamOrder(REQUEST, TASK)
    service.tidy(order.params())
    assert files(settings) == []
    first = service.run(order.params(), silent)
    data = service.file(first["file"]).read_bytes()
    assert service.run(order.params(), silent)["file"] == first["file"]
    assert service.file(first["file"]).read_bytes() == data
    assert len(files(settings)) == 2


def test_a_task_that_takes_too_long_is_given_up(settings: Settings) -> None:
    times = iter(range(0, 10_000, 10))
    changed = settings.model_copy(update={"generation_timeout_s": 25.0})
    service = GeneratorService(
        changed, generator=PlainGenerator(), clock=lambda: float(next(times))
    )
    with pytest.raises(
        GenerationFailedError, match=r"more than 25 s \(GENERATION_TIMEOUT_S\)"
    ) as caught:
        service.run(DreamOrder(REQUEST, TASK).params(), silent)
    assert caught.value.code == "timed_out"
    assert files(settings) == []


def test_a_full_disk_is_named_and_leaves_nothing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    service = service_with(settings)
    monkeypatch.setattr(AudioSink, "write", full)
    with pytest.raises(GenerationFailedError, match="is the disk full") as caught:
        service.run(DreamOrder(REQUEST, TASK).params(), silent)
    assert caught.value.code == "disk_full"
    assert files(settings) == []
    assert service_with(settings).make(REQUEST, SourceAudio(), silent)


def test_without_a_worker_an_order_is_refused_at_once_and_says_what_to_start(
    settings: Settings,
) -> None:
    service = GeneratorService(settings)
    with pytest.raises(BackendUnavailableError, match="gpu-worker") as caught:
        service.order(REQUEST)
    assert caught.value.code == "no_generator"
    service.presence.announce("here", CARD)
    assert service.order(REQUEST).request == REQUEST
    service.presence.leave("here")
    with pytest.raises(BackendUnavailableError):
        service.order(REQUEST)


def test_sound_that_came_with_a_request_is_what_the_model_hears(
    settings: Settings, tmp_path: Path
) -> None:
    sound = noisy(3, 10.0)
    write_wav(tmp_path / "sound.wav", sound)
    text = base64.b64encode((tmp_path / "sound.wav").read_bytes()).decode()
    generator = PlainGenerator()
    service = service_with(settings, generator)
    cover = MusicRequest("dub", task="cover")
    order = service.order(cover, source_base64=f"data:audio/wav;base64,{text}")
    service.run(DreamOrder.of(order.params()).params(), silent)
    heard = generator.heard[0].source
    assert heard is not None
    assert np.allclose(heard, sound, atol=1e-6)


def test_what_is_no_sound_or_no_base64_or_too_long_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    service = service_with(settings)
    with pytest.raises(InvalidInputError, match="reference_audio must be base64"):
        service.order(REQUEST, reference_base64="@@@")
    named_mp3 = base64.b64encode(b"these are words").decode()
    with pytest.raises(UnreadableAudioError, match="reference_audio"):
        service.order(REQUEST, reference_base64=named_mp3)
    long = tmp_path / "long.flac"
    soundfile.write(long, np.zeros(601 * 8000, np.int16), 8000)
    with pytest.raises(UnreadableAudioError, match="longer than 600 s"):
        service.order(REQUEST, reference_base64=base64.b64encode(long.read_bytes()).decode())
    with pytest.raises(InvalidInputError, match="cover needs source_audio"):
        service.order(MusicRequest("dub", task="cover"))
    assert not any(settings.heard_path.iterdir())


def test_a_model_that_nobody_uses_is_unloaded_once(settings: Settings) -> None:
    now = [0.0]
    generator = PlainGenerator()
    service = GeneratorService(settings, generator=generator, clock=lambda: now[0])
    assert not service.unload_idle()
    now[0] = settings.generator_idle_s + 1.0
    assert service.unload_idle()
    assert not service.unload_idle()
    assert generator.unloaded == 1


@pytest.mark.parametrize("name", ["../stems.db", "missing.wav", ".part-x-0.wav", "x.txt"])
def test_only_finished_files_of_the_folder_are_handed_out(name: str, settings: Settings) -> None:
    settings.output_path.mkdir(parents=True)
    for there in (".part-x-0.wav", "x.txt"):
        (settings.output_path / there).write_bytes(b"x")
    with pytest.raises(NotFoundError):
        service_with(settings).file(name)
