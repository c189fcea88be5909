"""From checkpoints to ONNX files, with tiny random models of the real architecture."""

import fcntl
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from src.core.errors import (
    BackendUnavailableError,
    ConflictError,
    GenerationFailedError,
    InvalidInputError,
)
from src.embeddings.clap import export as clap_export
from src.embeddings.clap.checkpoint import (
    converted,
    laion_model,
    laion_weights,
    read_checkpoint,
    read_source,
)
from src.embeddings.clap.embedder import ClapEmbedder
from src.embeddings.clap.export import Exported, export
from src.embeddings.clap.manifest import read_manifest
from src.embeddings.clap.mel import log_mel
from src.embeddings.clap.windows import windows_of
from tests.embeddings.tiny_clap import (
    NEEDS_TORCH,
    laion_state,
    needs_torch,
    random_clip,
    tiny_model,
    write_hub_folder,
    write_tokenizer,
)

TEXTS = ["kick", "a dark and gritty drone", "bright pluck in A minor, 120 BPM"]


@pytest.fixture(scope="module")
def home(shared_tmp: Path) -> Path:
    """A checkpoint and what was exported of it, made once for all test processes."""
    needs_torch()
    made = shared_tmp / "tiny_clap"
    with (shared_tmp / "tiny_clap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (made / "parity.json").is_file():
            write_hub_folder(made / "Tiny CLAP")
            checkpoint = read_source(str(made / "Tiny CLAP"))
            done = export(checkpoint, made / "models", ("fp32", "int8"))
            parity = {one.folder.name: dict(one.parity) for one in done}
            (made / "parity.json").write_text(json.dumps(parity))
    return made


@pytest.fixture(scope="module")
def hub(home: Path) -> tuple[Path, Any]:
    """The checkpoint's folder and its model."""
    return home / "Tiny CLAP", read_source(str(home / "Tiny CLAP")).model


@pytest.fixture(scope="module")
def exported(home: Path) -> list[Exported]:
    parity = json.loads((home / "parity.json").read_text())
    return [
        Exported(home / "models" / name, read_manifest(home / "models" / name), cosines)
        for name, cosines in parity.items()
    ]


def embedder(exported: list[Exported], precision: str) -> ClapEmbedder:
    (found,) = [one for one in exported if one.manifest.precision == precision]
    return ClapEmbedder(found.folder)


def original_audio(model: Any, clips: list[np.ndarray]) -> np.ndarray:
    """transformers' own vectors of what we prepare: mean over windows."""
    torch = needs_torch()
    rows = []
    for clip in clips:
        pictures = np.stack([log_mel(window) for window in windows_of(clip, int16=True)])
        with torch.no_grad():
            found = model.get_audio_features(input_features=torch.from_numpy(pictures[:, None]))
        mean = found.pooler_output.numpy().astype(np.float64).mean(axis=0)
        rows.append(mean / np.linalg.norm(mean))
    return np.stack(rows)


def original_text(model: Any, texts: list[str], ids: Any) -> np.ndarray:
    torch = needs_torch()
    with torch.no_grad():
        rows = [
            model.get_text_features(input_ids=torch.tensor([ids(text)])).pooler_output[0].numpy()
            for text in texts
        ]
    return np.stack(rows).astype(np.float64)


def test_audio_vectors_are_those_of_transformers(
    hub: tuple[Path, Any], exported: list[Exported]
) -> None:
    clips = [random_clip(length, seed=n) for n, length in enumerate((0.4, 5.0, 23.0))]
    ours = embedder(exported, "fp32").embed_audio(clips)
    cosines = (original_audio(hub[1], clips) * ours).sum(axis=1)
    assert cosines.min() >= 0.99999
    apart = ours @ ours.T
    assert apart[0, 1] < 0.999  # vectors that differ, else parity would say nothing


def test_text_vectors_are_those_of_transformers(
    hub: tuple[Path, Any], exported: list[Exported]
) -> None:
    from src.embeddings.clap.tokens import Encoder

    encoder = Encoder(hub[0] / "tokenizer.json", most_tokens=77)
    ours = embedder(exported, "fp32").embed_prompts(TEXTS, ["{}"])
    theirs = original_text(hub[1], TEXTS, encoder.ids)
    assert (theirs * ours).sum(axis=1).min() >= 0.99999
    assert (ours @ ours.T)[0, 1] < 0.9999


def test_a_text_longer_than_77_tokens_is_cut(exported: list[Exported]) -> None:
    vectors = embedder(exported, "fp32").embed_prompts(["a" * 75, "a" * 500], ["{}"])
    assert np.array_equal(vectors[0], vectors[1])


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_a_list_gives_the_same_bytes_as_one_by_one(
    exported: list[Exported], precision: str
) -> None:
    model = embedder(exported, precision)
    clips = [random_clip(length, seed=n) for n, length in enumerate((0.2, 11.0, 2.0))]
    alone = np.concatenate([model.embed_audio([clip]) for clip in clips])
    assert model.embed_audio(clips).tobytes() == alone.tobytes()
    texts = np.concatenate([embedder(exported, precision).embed_text([one]) for one in TEXTS])
    assert model.embed_text(TEXTS).tobytes() == texts.tobytes()


def test_int8_is_near_but_has_a_name_of_its_own(exported: list[Exported]) -> None:
    full, small = embedder(exported, "fp32"), embedder(exported, "int8")
    clips = [random_clip(2.0, seed=n) for n in range(3)]
    cosines = (full.embed_audio(clips) * small.embed_audio(clips)).sum(axis=1)
    assert 0.97 < cosines.min() < 1.0
    assert "-fp32-" in full.model_id
    assert "-int8-" in small.model_id
    assert small.manifest.size_bytes < full.manifest.size_bytes


def test_an_export_carries_its_proofs(exported: list[Exported]) -> None:
    for one in exported:
        assert one.parity["audio"] >= clap_export.LEAST_PARITY[one.manifest.precision]
        assert one.manifest.canaries.origin == "export"
        assert one.manifest.tokenizer.canaries["Hello world"][0] == 0
        assert one.folder.name == f"tiny-clap-{one.manifest.precision}"
        ClapEmbedder(one.folder).verify()
    assert not [p for p in exported[0].folder.parent.iterdir() if p.name.startswith(".")]


def test_what_is_there_is_not_replaced_unasked(
    hub: tuple[Path, Any], exported: list[Exported]
) -> None:
    with pytest.raises(ConflictError, match="is there already; --force"):
        export(read_source(str(hub[0])), exported[0].folder.parent, ("fp32",))


def test_files_that_say_something_else_are_not_written(
    hub: tuple[Path, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = read_source(str(hub[0]))
    other = tiny_model(checkpoint.model.config.text_config.vocab_size, seed=8)

    def no_audio(_model: Any, target: Path) -> None:
        target.write_bytes(b"")

    monkeypatch.setattr(clap_export, "AudioHalf", lambda *_, **__: None)
    monkeypatch.setattr(clap_export, "_ours", lambda _: clap_export._torch_audio(checkpoint.model))
    monkeypatch.setattr(clap_export, "_write_audio_tower", no_audio)
    real = clap_export._write_text_tower
    monkeypatch.setattr(clap_export, "_write_text_tower", lambda _, target: real(other, target))
    with pytest.raises(GenerationFailedError, match="fp32 text tower is not the original's"):
        export(checkpoint, tmp_path, ("fp32",))
    assert list(tmp_path.iterdir()) == []


def test_a_collapsed_text_tower_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    needs_torch()
    write_hub_folder(tmp_path / "collapsed", collapsed=True)
    checkpoint = read_source(str(tmp_path / "collapsed"))
    with pytest.raises(
        BackendUnavailableError,
        match=r"collapsed: vectors of 6 unrelated prompts.*at most 0\.95, got 0\.99\d\d.*_general",
    ):
        export(checkpoint, tmp_path / "out", ("fp32",))
    assert not (tmp_path / "out").exists()


def test_a_tokenizer_of_another_size_is_refused(hub: tuple[Path, Any], tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    other = Tokenizer.from_file(str(hub[0] / "tokenizer.json"))
    other.add_tokens(["more"])
    other.save(str(tmp_path / "other.json"))
    checkpoint = read_source(str(hub[0]), tokenizer=tmp_path / "other.json")
    with pytest.raises(BackendUnavailableError, match="another model's"):
        export(checkpoint, tmp_path / "out", ("fp32",))


def test_laions_checkpoint_gives_the_same_vectors(tmp_path: Path) -> None:
    torch = needs_torch()
    model = tiny_model(write_tokenizer(tmp_path / "tokenizer.json"))
    path = tmp_path / "Music_Epoch 15.pt"
    state = laion_state(model)
    torch.save({"epoch": 15, "state_dict": state, "optimizer": {"lr": np.float64(0.1)}}, path)
    checkpoint = read_source(str(path))
    assert checkpoint.name == "music_epoch-15"
    assert checkpoint.model.config.audio_config.depths == [1, 1, 2, 1]
    assert checkpoint.model.config.text_config.layer_norm_eps == 1e-5
    clips = [random_clip(3.0, seed=n) for n in range(2)]
    found, requested = original_audio(checkpoint.model, clips), original_audio(model, clips)
    assert np.abs(found - requested).max() < 1e-6
    ids = [0, 50, 60, 70, 2]
    assert (
        np.abs(
            original_text(checkpoint.model, [""], lambda _: ids)
            - original_text(model, [""], lambda _: ids)
        ).max()
        < 1e-6
    )


def test_laions_checkpoint_without_one_tensor_is_refused(tmp_path: Path) -> None:
    torch = needs_torch()
    state = laion_state(tiny_model(write_tokenizer(tmp_path / "tokenizer.json")))
    del state["module.audio_branch.layers.2.blocks.1.mlp.fc1.bias"]
    torch.save({"state_dict": state}, tmp_path / "x.pt")
    with pytest.raises(InvalidInputError, match=r"it lacks.*layers\.2\.blocks\.1\.intermediate"):
        laion_model(tmp_path / "x.pt")


def test_what_is_no_clap_of_laions_is_refused(tmp_path: Path) -> None:
    torch = needs_torch()
    torch.save({"state_dict": {"weight": torch.zeros(3)}}, tmp_path / "x.pt")
    with pytest.raises(InvalidInputError, match="no HTSAT audio tower"):
        laion_model(tmp_path / "x.pt")
    torch.save([1, 2], tmp_path / "y.pt")
    with pytest.raises(InvalidInputError, match="no tensors by name"):
        laion_weights(read_checkpoint(tmp_path / "y.pt"), tmp_path / "y.pt")


def test_query_key_and_value_are_split_in_this_order() -> None:
    merged = needs_torch().arange(6.0).reshape(6, 1)
    found = converted({"audio_branch.layers.0.blocks.0.attn.qkv.weight": merged})
    name = "audio_model.audio_encoder.layers.0.blocks.0.attention.self.{}.weight"
    parts = {kind: found[name.format(kind)].ravel().tolist() for kind in ("query", "key", "value")}
    assert parts == {"query": [0.0, 1.0], "key": [2.0, 3.0], "value": [4.0, 5.0]}


def test_a_source_that_is_nothing_is_refused() -> None:
    needs_torch()
    with pytest.raises(
        InvalidInputError, match=r"SOURCE must be a folder, a \.pt file or a hub id"
    ):
        read_source("nothing")


def test_without_torch_the_error_says_what_to_install(tmp_path: Path) -> None:
    try:
        import torch  # noqa: F401
    except ImportError:
        with pytest.raises(BackendUnavailableError, match=r"requirements/export\.txt"):
            read_source(str(tmp_path))
    else:
        assert "requirements/export.txt" in NEEDS_TORCH
