"""One way of embedding clips by CLAP, measured in a process of its own.

    python -m benchmarks.clap_ways WAY FOLDER CLIPS

Prints one JSON object. ``benchmarks.embed`` starts it for every way.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.core.cores import usable_cores

CLIP_S = 4.0
"""Length of a clip: a usual stem. All ways pay for ten seconds."""

Embed = Callable[[Sequence[Audio]], np.ndarray]


def main() -> None:
    """Measure one way and print what it took."""
    way, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    clips = made_clips(count)
    if way in MEMORIES:
        print(json.dumps(MEMORIES[way](folder, clips)))
        return
    embed = WAYS[way](folder)
    embed(clips[:2])
    started, worked = time.perf_counter(), cpu_seconds()
    vectors = embed(clips)
    wall, cpu = time.perf_counter() - started, cpu_seconds() - worked
    if vectors.shape[0] != count or not np.isfinite(vectors).all():
        raise SystemExit(f"{way} gave {vectors.shape}")
    figures = {"clips_per_s": count / wall, "cpu_s": cpu / count, "peak_mb": peak_mb()}
    print(json.dumps(figures))


def made_clips(count: int) -> list[Audio]:
    """Noise of different colours, stereo; no two alike."""
    rng = np.random.default_rng(5)
    clips = []
    for _ in range(count):
        noise = rng.normal(0.0, 0.1, (2, round(CLIP_S * PROJECT_SAMPLE_RATE))).cumsum(axis=1)
        noise -= noise.mean(axis=1, keepdims=True)
        clips.append((noise / np.abs(noise).max() * 0.5).astype(np.float32))
    return clips


def ours_alone(folder: Path) -> Embed:
    """One process, one thread."""
    from src.embeddings.clap.embedder import ClapEmbedder

    return ClapEmbedder(folder).embed_audio


def ours_spread(folder: Path) -> Embed:
    """As an import does it: a process per core, one thread each, lists of four."""
    pool = ProcessPoolExecutor(usable_cores(), initializer=_start_worker, initargs=(folder,))

    def embed(clips: Sequence[Audio]) -> np.ndarray:
        parts = [clips[start : start + 4] for start in range(0, len(clips), 4)]
        return np.concatenate(list(pool.map(_embed_in_worker, parts)))

    embed(made_clips(8))
    return embed


_worker: dict[str, Any] = {}


def _start_worker(folder: Path) -> None:
    from src.embeddings.clap.embedder import ClapEmbedder

    _worker["embedder"] = ClapEmbedder(folder)


def _embed_in_worker(clips: Sequence[Audio]) -> np.ndarray:
    found: np.ndarray = _worker["embedder"].embed_audio(clips)
    return found


def transformers_batches(folder: Path) -> Embed:
    """transformers' extractor and model in lists of 8, on all cores."""
    torch, model = _torch_model(folder)
    from transformers import ClapFeatureExtractor

    extractor = ClapFeatureExtractor(
        feature_size=64, sampling_rate=PROJECT_SAMPLE_RATE, hop_length=480, fft_window_size=1024,
        frequency_min=50, frequency_max=14_000, truncation="rand_trunc", padding="repeatpad",
    )  # fmt: skip

    def embed(clips: Sequence[Audio]) -> np.ndarray:
        rows = []
        for start in range(0, len(clips), 8):
            mono = [clip.mean(axis=0) for clip in clips[start : start + 8]]
            inputs = extractor(mono, sampling_rate=PROJECT_SAMPLE_RATE, return_tensors="pt")
            with torch.no_grad():
                rows.append(model.get_audio_features(**inputs).pooler_output.numpy())
        return np.concatenate(rows)

    return embed


def one_by_one(folder: Path) -> Embed:
    """The seed script's way, imitated: torch in fp32 on all cores, one clip after the other,
    16-bit rounding, and the spectrum by convolution as LAION's package computes it."""
    torch, model = _torch_model(folder)
    from src.embeddings.clap.mel import FFT_SAMPLES, HOP_SAMPLES, WINDOW_SAMPLES, mel_bank

    turns = np.outer(np.arange(FFT_SAMPLES // 2 + 1), np.arange(FFT_SAMPLES)) / FFT_SAMPLES
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(FFT_SAMPLES) / FFT_SAMPLES)
    kernels = [wave(2.0 * np.pi * turns) * hann for wave in (np.cos, np.sin)]
    real, imaginary = (torch.from_numpy(one[:, None]).float() for one in kernels)
    bank = torch.from_numpy(mel_bank()).float()

    def picture(mono: np.ndarray) -> Any:
        whole = (np.clip(mono, -1.0, 1.0) * 32767.0).astype(np.int16).astype(np.float32) / 32767.0
        filled = np.zeros(WINDOW_SAMPLES, np.float32)
        repeated = np.tile(whole, WINDOW_SAMPLES // whole.size)
        filled[: repeated.size] = repeated
        pad = torch.nn.functional.pad(
            torch.from_numpy(filled)[None, None], (FFT_SAMPLES // 2,) * 2, mode="reflect"
        )
        convolve = torch.nn.functional.conv1d
        power = convolve(pad, real, stride=HOP_SAMPLES) ** 2
        power += convolve(pad, imaginary, stride=HOP_SAMPLES) ** 2
        mel = power.transpose(1, 2) @ bank
        return 10.0 * torch.log10(torch.clamp(mel, min=1e-10))[:, None]

    def embed(clips: Sequence[Audio]) -> np.ndarray:
        with torch.no_grad():
            rows = [
                model.get_audio_features(input_features=picture(clip.mean(axis=0))).pooler_output
                for clip in clips
            ]
        return torch.cat(rows).numpy()

    return embed


def laions_package(_folder: Path) -> Embed:
    """``laion_clap`` itself, one by one; random weights of its own."""
    import laion_clap

    model = laion_clap.CLAP_Module(enable_fusion=False)

    def embed(clips: Sequence[Audio]) -> np.ndarray:
        rows = [model.get_audio_embedding_from_data(x=clip[:1]) for clip in clips]
        return np.concatenate(rows)

    return embed


def both_towers(folder: Path, clips: Sequence[Audio]) -> dict[str, float]:
    """MB of a fresh process that has embedded a text and a sound."""
    from src.embeddings.clap.embedder import ClapEmbedder

    embedder = ClapEmbedder(folder)
    embedder.embed_text(["dark industrial kick"])
    embedder.embed_audio(clips[:1])
    return {"mb": resident_mb(), "peak_mb": peak_mb()}


def whole_server(folder: Path, clips: Sequence[Audio]) -> dict[str, float]:
    """MB of the whole API on an empty library, both towers loaded, after a search."""
    from fastapi.testclient import TestClient

    from src.core.config import Settings
    from src.main import create_app

    home = folder.parent / "server-home"
    settings = Settings(TRAUM_HOME=home, models_dir=folder.parent, clap_model=folder.name)
    with TestClient(create_app(settings)) as client:
        answer = client.get("/api/v1/search/", params={"prompt": "dark kick"})
        if answer.status_code != 200:
            raise SystemExit(f"the server answered {answer.status_code}: {answer.text}")
        engine: Any = client.app
        embedder = engine.state.engine.embedder
        embedder.embed_text(["dark industrial kick"])
        embedder.embed_audio(clips[:1])
        return {"mb": resident_mb(), "peak_mb": peak_mb()}


def _torch_model(folder: Path) -> tuple[Any, Any]:
    import torch
    import transformers

    torch.set_num_threads(usable_cores())
    transformers.utils.logging.disable_progress_bar()
    model = transformers.ClapModel.from_pretrained(folder, local_files_only=True)
    return torch, model.eval()


def cpu_seconds() -> float:
    """CPU time of this process and of the children that ended."""
    return time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])


def peak_mb() -> float:
    """Highest resident memory of this process so far, not of the one that started it."""
    return _memory("VmHWM")


def resident_mb() -> float:
    """Resident memory now."""
    return _memory("VmRSS")


def _memory(name: str) -> float:
    status = Path("/proc/self/status")
    if not status.is_file():  # not Linux: the peak, which may be inherited
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    lines = [line for line in status.read_text().splitlines() if line.startswith(name)]
    return int(lines[0].split()[1]) / 1e3


MEMORIES = {"both-towers": both_towers, "server": whole_server}
WAYS: dict[str, Callable[[Path], Embed]] = {
    "ours-alone": ours_alone,
    "ours-spread": ours_spread,
    "transformers": transformers_batches,
    "one-by-one": one_by_one,
    "laion-clap": laions_package,
}

if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
