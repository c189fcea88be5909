"""Tiny random CLAPs of the real architecture, and a tokenizer to go with them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

NEEDS_TORCH = "torch is not installed: pip install -r requirements/export.txt"
"""Why a test is skipped in an environment that only runs the engine."""

AUDIO = {
    "patch_embeds_hidden_size": 16, "hidden_size": 128, "depths": [1, 1, 2, 1],
    "num_attention_heads": [1, 2, 4, 8], "projection_dim": 32,
}  # fmt: skip
TEXT = {
    "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 1, "intermediate_size": 96,
    "max_position_embeddings": 90, "projection_dim": 32, "layer_norm_eps": 1e-5,
}  # fmt: skip

LOUD_WEIGHTS = (
    "word_embeddings.weight", "attention.self.value.weight", "attention.output.dense.weight",
)  # fmt: skip


def needs_torch() -> Any:
    """torch, or a skip that says how to get it."""
    pytest.importorskip("transformers", reason=NEEDS_TORCH)
    return pytest.importorskip("torch", reason=NEEDS_TORCH)


def write_tokenizer(path: Path) -> int:
    """A byte-level tokenizer of RoBERTa's kind that knows only bytes; its vocabulary."""
    special = ["<s>", "<pad>", "</s>", "<unk>"]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {token: number for number, token in enumerate([*special, *letters])}
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0))
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(str(path))
    return len(vocabulary)


def tiny_model(vocabulary: int, *, seed: int = 1, collapsed: bool = False) -> Any:
    """A ``ClapModel`` of random weights, with statistics that are not those of a fresh one.

    collapsed: unrelated texts come out alike, as random text towers have it
    """
    torch = needs_torch()
    from transformers import ClapConfig, ClapModel

    torch.manual_seed(seed)
    text = TEXT | {"vocab_size": vocabulary}
    model = ClapModel(ClapConfig(text_config=text, audio_config=AUDIO, projection_dim=32)).eval()
    with torch.no_grad():
        for name, one in [*model.named_parameters(), *model.named_buffers()]:
            if one.is_floating_point():
                if name.endswith("running_var"):
                    one.uniform_(200.0, 400.0)
                elif name.endswith("running_mean"):
                    one.uniform_(-50.0, -30.0)
                elif not name.startswith("logit"):
                    one.add_(torch.randn_like(one) * 0.05)
    if not collapsed:
        spread_texts(model)
    return model


def spread_texts(model: Any) -> None:
    """Let texts differ: in a random text tower the first token outweighs all that is written."""
    torch = needs_torch()
    with torch.no_grad():
        for name, one in model.text_model.named_parameters():
            if name.endswith(LOUD_WEIGHTS):
                one.mul_(12.0)


def write_hub_folder(folder: Path, *, collapsed: bool = False) -> Any:
    """A checkpoint as Hugging Face lays it down; the model that it holds."""
    vocabulary = write_tokenizer(folder / "tokenizer.json")
    model = tiny_model(vocabulary, collapsed=collapsed)
    model.save_pretrained(folder)
    return model


def laion_state(model: Any) -> dict[str, Any]:
    """The same weights as LAION's package names them, with what it keeps beside them."""
    torch = needs_torch()
    renamed = {
        "audio_model.audio_encoder.": "audio_branch.", "text_model.": "text_branch.",
        "_projection.linear1.": "_projection.0.", "_projection.linear2.": "_projection.2.",
        ".batch_norm.": ".bn0.", ".layernorm_before.": ".norm1.", ".layernorm_after.": ".norm2.",
        ".intermediate.dense.": ".mlp.fc1.", ".attention.output.dense.": ".attn.proj.",
        ".output.dense.": ".mlp.fc2.", ".attention.self.": ".attn.",
    }  # fmt: skip
    state: dict[str, Any] = {}
    parts: dict[str, dict[str, Any]] = {}
    for name, value in model.state_dict().items():
        new = "module." + name
        for ours, theirs in renamed.items():
            if ours.startswith(("audio_model.", "text_model.")) or "text_model." not in name:
                new = new.replace(ours, theirs)
        kind = new.rsplit(".", 2)[-2]
        if "audio_branch" in new and kind in {"query", "key", "value"}:
            parts.setdefault(new.replace(f".{kind}.", ".qkv."), {})[kind] = value
        elif not new.endswith("position_ids"):
            state[new] = value
    for name, three in parts.items():
        state[name] = torch.cat([three["query"], three["key"], three["value"]])
    state["module.audio_branch.head.weight"] = torch.zeros(5, 128)
    state["module.audio_branch.logmel_extractor.melW"] = torch.zeros(513, 64)
    state["module.audio_transform.sequential.0.weight"] = torch.zeros(3, 3)
    return state


def random_clip(seconds: float, *, seed: int = 0, channels: int = 2) -> np.ndarray:
    """Noise whose colour and level move, float32, shape (channels, samples) at 48 kHz."""
    rng = np.random.default_rng(seed)
    samples = round(seconds * 48_000)
    noise = rng.normal(0.0, 0.1, (channels, samples)).cumsum(axis=1)
    noise -= noise.mean(axis=1, keepdims=True)
    swing = 1.0 + 0.8 * np.sin(np.arange(samples) / rng.uniform(2e3, 2e4))
    return (noise / np.abs(noise).max() * swing * 0.5).astype(np.float32)


def edit_manifest(folder: Path, **changes: Any) -> None:
    """Change fields of a manifest."""
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
