"""ACE-Step 1.5 through diffusers, with its pipeline's traps stepped around.

Of AceStepPipeline (diffusers 0.42): its defaults are turbo's for every checkpoint, so steps,
guidance and shift are always given. With a source it would still claim 60 s in its prompt. It
draws the source's latents without its generator, so the global one is seeded too. It counts frames
by products that may round up, so noise and duration are made to agree. Its interruption decodes
all the same, so a cancel raises within the step. It normalises what it decodes, so latents are
taken and decoded here. With latents asked for it leaves its parts on the GPU, so they are freed.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from src.audio.basics.validation import Audio, to_stereo
from src.core.errors import GenerationFailedError, InvalidInputError, NotFoundError
from src.core.progress import Progress
from src.generation.loading import card_of, load_pipeline
from src.generation.protocol import GeneratedMusic, ModelCard, SourceAudio
from src.generation.request import BASE_TASKS, DURATION_S, MOST_SEED, SOURCE_TASKS, MusicRequest
from src.generation.sampling import SAMPLING, Sampling

LOADING, STEPS, DECODING = "loading the model", "generating", "decoding"
"""Stages of progress."""

LEAST_CONTEXT_S = 30.0
"""A part added to a shorter excerpt comes out as garbage (ACE-Step-1.5, issue 369)."""

_TEXT_TOKENS, _LYRIC_TOKENS = 256, 2048
"""What the model was trained with; the pipeline cuts the rest off without a word."""


@dataclass(frozen=True)
class _Pass:
    """One variant to be made. heard: tensors, shape (channels, samples), whole latent frames"""

    request: MusicRequest
    seed: int
    frames: int
    sampling: Sampling
    source: Any
    reference: Any


class AceStepGenerator:
    """Makes music with one checkpoint in a folder as diffusers saves it.

    One request at a time: a second thread waits. device: "cuda", "cpu"; None: the GPU if any
    """

    def __init__(self, folder: Path, *, device: str | None = None) -> None:
        self._folder = folder
        self._device = device
        self._pipeline: Any = None
        self._lock = threading.Lock()

    @cached_property
    def _card(self) -> ModelCard:
        return card_of(self._folder, device=self._device)

    def card(self) -> ModelCard:
        """Tell which model this is. Raises BackendUnavailableError where it can't be used."""
        return self._card

    def generate(
        self, request: MusicRequest, heard: SourceAudio, *, progress: Progress
    ) -> Iterator[GeneratedMusic]:
        """Make the variants one after the other, each from a seed one higher.

        Raises at once InvalidInputError for what this checkpoint can't do, NotFoundError for an
        adapter that is not there; while it runs GenerationFailedError (``out_of_memory``,
        ``model_broke``), BackendUnavailableError, and what progress raises.
        """
        check_request(request, heard, self.card())
        if request.lora_id is not None:
            raise NotFoundError(f"there is no adapter {request.lora_id!r}")
        return self._variants(request, heard, progress)

    def unload(self) -> None:
        """Give the model's memory back; the next request loads it again."""
        with self._lock:
            self._pipeline = None
            _give_back_memory()

    def _variants(
        self, request: MusicRequest, heard: SourceAudio, progress: Progress
    ) -> Iterator[GeneratedMusic]:
        for number in range(request.variants):
            with self._lock:  # not across a yield: whoever stops listening would keep it
                pipeline = self._loaded(progress)
                _check_words(pipeline, request)
                one = self._pass(pipeline, request, heard, number)
                made = _made(pipeline, one, number, progress)
            yield made

    def _loaded(self, progress: Progress) -> Any:
        if self._pipeline is None:
            progress(LOADING, 0, 0)
            self._pipeline = load_pipeline(self._folder, device=self._device)
        return self._pipeline

    def _pass(self, pipeline: Any, request: MusicRequest, heard: SourceAudio, number: int) -> _Pass:
        hop = round(pipeline.sample_rate / pipeline.latents_per_second)
        source = _tensor(heard.source, hop)
        duration_s = request.duration_s if source is None else source.shape[-1] / 48_000
        frames = math.ceil(round(duration_s * pipeline.latents_per_second, 6))
        seed = (request.seed + number) % (MOST_SEED + 1)
        sampling = SAMPLING[self.card().family]
        return _Pass(request, seed, frames, sampling, source, _tensor(heard.reference, hop))


def check_request(request: MusicRequest, heard: SourceAudio, card: ModelCard) -> None:
    """Raise InvalidInputError where a checkpoint can't do what it is asked for.

    The code is ``task_needs_base``, ``source_missing`` or ``source_length``.
    """
    if request.task in BASE_TASKS and card.family != "base":
        raise InvalidInputError(
            f"{request.task} needs a base checkpoint, {card.name} is {card.family}: set"
            " ACE_STEP_MODEL to a base one",
            code="task_needs_base",
        )
    if request.task not in SOURCE_TASKS:
        return
    if heard.source is None:
        raise InvalidInputError(
            f"{request.task} needs source_audio to listen to", code="source_missing"
        )
    length_s = heard.source.shape[1] / 48_000
    least_s = LEAST_CONTEXT_S if request.task == "lego" else DURATION_S[0]
    if not least_s <= length_s <= DURATION_S[1]:
        raise InvalidInputError(
            f"the source of {request.task} must last {least_s:g} to {DURATION_S[1]:g} s,"
            f" got {length_s:.1f} s",
            code="source_length",
        )
    if request.window_s is not None and request.window_s[0] >= length_s:
        raise InvalidInputError(
            f"window_s must begin within the source of {length_s:.1f} s, got"
            f" {request.window_s[0]:g} s"
        )


def _check_words(pipeline: Any, request: MusicRequest) -> None:
    """Raise InvalidInputError for words that the pipeline would cut off."""
    texts = pipeline._format_prompt(
        request.caption, request.lyrics, request.language, request.duration_s
    )
    for name, text, most in zip(
        ("prompt", "lyrics"), texts, (_TEXT_TOKENS, _LYRIC_TOKENS), strict=True
    ):
        count = len(pipeline.tokenizer(text).input_ids)
        if count > most:
            raise InvalidInputError(
                f"{name} must have at most {most} of the model's word pieces with what is added"
                f" to it, got {count}: shorten it",
                code="too_many_words",
            )


def _made(pipeline: Any, one: _Pass, number: int, progress: Progress) -> GeneratedMusic:
    """Make one variant. The global generator of torch is as it was before, afterwards."""
    import torch

    total = one.sampling.steps * one.request.variants

    def after_step(_pipeline: Any, step: int, _time: float, _tensors: Any) -> dict[str, Any]:
        progress(STEPS, number * one.sampling.steps + step + 1, total)
        return {}

    with _translated(pipeline), torch.random.fork_rng(), torch.inference_mode():
        torch.manual_seed(one.seed)
        latents = pipeline(**_arguments(pipeline, one), callback_on_step_end=after_step).audios
        progress(DECODING, number, one.request.variants)
        audio = _decoded(pipeline, latents)
        progress(DECODING, number + 1, one.request.variants)
    return GeneratedMusic(audio, pipeline.sample_rate, one.seed)


def _arguments(pipeline: Any, one: _Pass) -> dict[str, Any]:
    """Collect what the pipeline is called with: one prompt, since it masks no padding."""
    import torch

    request = one.request
    width = pipeline.transformer.config.audio_acoustic_hidden_dim
    drawn = torch.Generator("cpu").manual_seed(one.seed)
    window = (None, None) if request.window_s is None else request.window_s
    return {
        "prompt": request.caption,
        "lyrics": request.lyrics,
        "vocal_language": request.language,
        "audio_duration": _duration_s(one.frames, pipeline.latents_per_second),
        "num_inference_steps": one.sampling.steps,
        "guidance_scale": one.sampling.guidance,
        "shift": one.sampling.shift,
        "latents": torch.randn((1, one.frames, width), generator=drawn),
        "output_type": "latent",
        "bpm": None if request.tempo_bpm is None else round(request.tempo_bpm),
        "keyscale": request.key_scale,
        "timesignature": None if request.time_signature is None else str(request.time_signature),
        "task_type": request.task,
        "track_name": next(iter(request.track_names), None),
        "complete_track_classes": list(request.track_names) or None,
        "src_audio": one.source,
        "reference_audio": one.reference,
        "repainting_start": window[0],
        "repainting_end": window[1],
        "audio_cover_strength": request.cover_strength,
    }


def _duration_s(frames: int, rate: float) -> float:
    """Find the duration of which the pipeline's rounding up makes just so many frames."""
    duration_s = frames / rate
    return duration_s if math.ceil(duration_s * rate) == frames else math.nextafter(duration_s, 0)


def _decoded(pipeline: Any, latents: Any) -> Audio:
    """Decode latents at the level that the model gave, shape (channels, samples)."""
    turned = latents.transpose(1, 2).to(pipeline.vae.dtype)
    audio: Audio = pipeline.vae.decode(turned).sample[0].float().cpu().numpy()
    return audio


def _tensor(audio: Audio | None, hop: int) -> Any:
    """Convert sound to stereo, padded to whole latent frames; None stays None."""
    if audio is None:
        return None
    import torch

    stereo = to_stereo(audio)
    padded = np.pad(stereo, ((0, 0), (0, -stereo.shape[1] % hop)))
    return torch.from_numpy(np.ascontiguousarray(padded))


@contextmanager
def _translated(pipeline: Any) -> Iterator[None]:
    """Raise GenerationFailedError for what torch raises, and free the GPU of the model's parts."""
    import torch

    try:
        yield
    except torch.OutOfMemoryError as error:
        raise GenerationFailedError(
            "the GPU's memory does not suffice: ask for a shorter piece, close other programs on"
            " it, or take a smaller checkpoint",
            code="out_of_memory",
        ) from error
    except RuntimeError as error:
        raise GenerationFailedError(
            f"the model broke: {str(error).splitlines()[0]}", code="model_broke"
        ) from error
    finally:
        pipeline.maybe_free_model_hooks()
        _give_back_memory()


def _give_back_memory() -> None:
    import torch

    if torch.cuda.is_available():
        torch.cuda.empty_cache()
