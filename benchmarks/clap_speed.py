"""CLAP at its real sizes on random weights: speed and memory of ours and of others."""

import importlib.util
import json
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

from benchmarks import report

SIZES: dict[str, dict[str, Any]] = {
    "tiny": {},
    "base": {"patch_embeds_hidden_size": 128, "hidden_size": 1024, "depths": [2, 2, 12, 2]},
}
"""Audio towers of laion/clap-htsat-unfused (tiny) and of larger_clap_general (base)."""

WANTED_RATIO, WANTED_SERVER_MB = 3.0, 400.0
_LINE = 400


def compare_claps(clips: int, sizes: list[str]) -> dict[str, Any]:
    """Print one table per size; figures by size and way. Needs requirements/export.txt."""
    if importlib.util.find_spec("transformers") is None:
        print("CLAP: skipped, since its files are made by torch: pip install -r "
              "requirements/export.txt")  # fmt: skip
        return {}
    folder = Path(tempfile.gettempdir()) / "traum-engine-random-claps-2"
    return {size: _compare(folder / size, size, clips) for size in sizes}


def _compare(folder: Path, size: str, clips: int) -> dict[str, Any]:
    if not (folder / "done").is_file():  # in a process of its own, whose 2 GB go with it
        print(f"making a random CLAP with HTSAT-{size} (once, a minute or two) ...")
        command = [sys.executable, "-m", "benchmarks.clap_speed", str(folder), size]
        subprocess.run(command, check=True)
    ways = [
        ("ours, int8, a process per core", "ours-spread", "models/random-int8"),
        ("ours, int8, one thread", "ours-alone", "models/random-int8"),
        ("ours, fp32, a process per core", "ours-spread", "models/random-fp32"),
        ("ours, fp32, one thread", "ours-alone", "models/random-fp32"),
        ("transformers on torch, lists of 8", "transformers", "hub"),
        ("one by one in torch, as LAION's package", "one-by-one", "hub"),
    ]
    if importlib.util.find_spec("laion_clap") is not None:
        ways.append(("laion-clap itself, one by one", "laion-clap", "hub"))
    found = {name: run(way, folder / place, clips) for name, way, place in ways}
    base = found[ways[-1][0]]["clips_per_s"]
    print(f"\nHTSAT-{size}, {clips} clips of 4 s (every way hears ten seconds), random weights")
    header = ("way", "clips/s", "CPU s a clip", "peak MB", "times the last")
    rows = [
        (name, one["clips_per_s"], _cpu(name, one), one["peak_mb"], one["clips_per_s"] / base)
        for name, one in found.items()
    ]
    report.print_table(header, rows)
    if len(ways) == 6:
        print("laion-clap is not installed here (it needs numpy < 2): the last row imitates it")
    ratio = found[ways[0][0]]["clips_per_s"] / base
    print(f"ratio {ratio:.2f}, wanted {WANTED_RATIO:g}: {_verdict(ratio >= WANTED_RATIO)}")
    both = run("both-towers", folder / "models/random-int8", 2)
    server = run("server", folder / "models/random-int8", 2)
    print(
        f"both towers int8 in a fresh process: {both['mb']:.0f} MB (peak {both['peak_mb']:.0f}): "
        f"{_verdict(both['mb'] <= WANTED_SERVER_MB)}; the whole API with them "
        f"{server['mb']:.0f} MB (peak {server['peak_mb']:.0f}): "
        f"{_verdict(server['mb'] <= WANTED_SERVER_MB)}; wanted {WANTED_SERVER_MB:g}"
    )
    return {"ways": found, "ratio": ratio, "both_towers": both, "server": server}


def make_random_clap(folder: Path, size: str) -> None:
    """A random CLAP of a real size, as a checkpoint and as both ONNX models."""
    import torch
    from transformers import ClapConfig, ClapModel

    from src.embeddings.clap.checkpoint import read_source
    from src.embeddings.clap.export import export
    from tests.embeddings.tiny_clap import spread_texts

    hub = folder / "hub"
    _write_tokenizer(hub / "tokenizer.json")
    torch.manual_seed(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = {"layer_norm_eps": 1e-5}
        model = ClapModel(ClapConfig(text_config=text, audio_config=SIZES[size]))
        spread_texts(model)  # an export refuses texts that come out alike
        model.save_pretrained(hub)
        checkpoint = read_source(str(hub))
        made = export(checkpoint, folder / "exported", ("fp32", "int8"), replace=True)
    (folder / "models").mkdir(exist_ok=True)
    for one in made:
        one.folder.rename(folder / "models" / f"random-{one.manifest.precision}")
    (folder / "done").touch()


def run(way: str, place: Path, clips: int) -> dict[str, float]:
    """What one way took, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.clap_ways", way, str(place), str(clips)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{way} failed: {done.stderr[-_LINE:]}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _cpu(name: str, one: dict[str, float]) -> float | str:
    return "-" if "process per core" in name else one["cpu_s"]


def _verdict(reached: bool) -> str:
    return "reached" if reached else "MISSED"


def _write_tokenizer(path: Path) -> None:
    """Bytes, and words that nobody says, up to RoBERTa's 50,265 tokens."""
    from tokenizers import Tokenizer, models, pre_tokenizers, processors

    tokens = ["<s>", "<pad>", "</s>", "<unk>", *sorted(pre_tokenizers.ByteLevel.alphabet())]
    tokens += [f"nobody{number}" for number in range(50_265 - len(tokens))]
    words = {token: number for number, token in enumerate(tokens)}
    made = Tokenizer(models.BPE(vocab=words, merges=[], unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(str(path))


if __name__ == "__main__":
    make_random_clap(Path(sys.argv[1]), sys.argv[2])
