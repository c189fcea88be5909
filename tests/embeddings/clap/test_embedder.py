"""The CLAP embedder around its networks: lists, windows, pickling, damage, names."""

import json
import pickle
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from src.core.digests import digest_of
from src.core.errors import BackendUnavailableError
from src.embeddings.clap import towers as clap_towers
from src.embeddings.clap.embedder import ClapEmbedder
from src.embeddings.clap.manifest import read_manifest
from src.embeddings.clap.mel import log_mel
from src.embeddings.clap.windows import windows_of
from tests.embeddings.plain_clap import DIMENSION, text_graph, write_plain_clap
from tests.embeddings.tiny_clap import edit_manifest, random_clip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("models") / "plain-fp32"
    write_plain_clap(made)
    return made


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """One that a test may damage."""
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def clips() -> list[np.ndarray]:
    lengths = (0.05, 3.0, 12.0, 31.0)
    return [random_clip(length, seed=n, channels=1 + n % 2) for n, length in enumerate(lengths)]


def test_vectors_have_unit_length_and_the_promised_shape(folder: Path) -> None:
    embedder = ClapEmbedder(folder)
    for vectors in (embedder.embed_audio(clips()), embedder.embed_text(["a", "b c", "d", "e"])):
        assert vectors.shape == (4, embedder.dimension) == (4, DIMENSION)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


def test_a_list_gives_the_same_bytes_as_one_by_one(folder: Path) -> None:
    embedder = ClapEmbedder(folder)
    together = embedder.embed_audio(clips())
    alone = np.concatenate([embedder.embed_audio([clip]) for clip in clips()])
    assert together.tobytes() == alone.tobytes()
    backwards = embedder.embed_audio(clips()[::-1])[::-1]
    assert together.tobytes() == backwards.tobytes()


def test_texts_of_any_length_give_the_same_alone_and_together(folder: Path) -> None:
    texts = ["kick", "dark", "a long and winding pad", "snap"]
    together = ClapEmbedder(folder).embed_text(texts)
    alone = np.concatenate([ClapEmbedder(folder).embed_text([text]) for text in texts])
    assert together.tobytes() == alone.tobytes()


def test_equal_clips_are_heard_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = ClapEmbedder(folder)
    embedder.embed_audio(clips()[:1])  # loads and checks the tower
    drawn: list[int] = []

    def counted(window: np.ndarray) -> np.ndarray:
        drawn.append(1)
        return log_mel(window)

    monkeypatch.setattr(clap_towers, "log_mel", counted)
    one, other = clips()[:2]
    vectors = embedder.embed_audio([one, other, one.copy(), one])
    assert len(drawn) == 2
    assert vectors[0].tobytes() == vectors[2].tobytes() == vectors[3].tobytes()
    assert vectors[0].tobytes() != vectors[1].tobytes()


def test_a_long_clip_is_the_mean_of_its_windows(folder: Path) -> None:
    embedder, clip = ClapEmbedder(folder), random_clip(27.0)
    windows = windows_of(clip, int16=True)
    half = clap_towers.AudioHalf(folder, embedder.manifest, threads=1)
    each = np.stack([half.embed_picture(log_mel(window)) for window in windows])
    mean = each.mean(axis=0) / np.linalg.norm(each.mean(axis=0))
    assert len(windows) == 3
    assert np.allclose(embedder.embed_audio([clip])[0], mean, atol=1e-6)


def test_level_and_silence_around_do_not_move_a_vector(folder: Path) -> None:
    clip = random_clip(2.0)
    softer = np.pad(clip * 0.1, ((0, 0), (2_000, 30_000)))
    one, other = ClapEmbedder(folder).embed_audio([clip, softer])
    assert float(one @ other) > 0.9999


def test_nothing_gives_no_rows_silence_a_vector_and_no_text_a_zero_row(folder: Path) -> None:
    embedder = ClapEmbedder(folder)
    assert embedder.embed_audio([]).shape == (0, DIMENSION)
    assert embedder.embed_text([]).shape == (0, DIMENSION)
    silence = embedder.embed_audio([np.zeros((2, 100), np.float32)])
    assert np.linalg.norm(silence) == pytest.approx(1.0, abs=1e-6)
    vectors = embedder.embed_text(["", "kick", "  \n"])
    assert not vectors[0].any()
    assert vectors[1].any()
    assert not vectors[2].any()


def test_templates_are_averaged(folder: Path) -> None:
    embedder = ClapEmbedder(folder)
    parts = embedder.embed_prompts(["a kick", "kick!"], ["{}"])
    mean = parts.mean(axis=0)
    both = embedder.embed_prompts(["kick"], ["a {}", "{}!"])[0]
    assert np.allclose(both, mean / np.linalg.norm(mean), atol=1e-6)
    braces = embedder.embed_prompts(["{0} {x}"], ["a {}"])
    assert np.linalg.norm(braces) == pytest.approx(1.0, abs=1e-6)


def test_a_pickled_copy_takes_only_its_path_along(folder: Path) -> None:
    embedder = ClapEmbedder(folder)
    expected = embedder.embed_audio(clips()[:1])
    packed = pickle.dumps(embedder)
    assert len(packed) < 1_000
    again = pickle.loads(packed)
    assert again.model_id == embedder.model_id
    assert again.embed_audio(clips()[:1]).tobytes() == expected.tobytes()


def test_towers_are_read_apart(copy: Path) -> None:
    (copy / "audio.onnx").unlink()
    embedder = ClapEmbedder(copy)
    assert embedder.embed_text(["kick"]).any()
    with pytest.raises(BackendUnavailableError, match=r"audio\.onnx can't be read"):
        embedder.embed_audio(clips()[:1])


@pytest.mark.parametrize("file", ["audio.onnx", "text.onnx", "tokenizer.json"])
def test_one_flipped_bit_is_refused_naming_file_and_digest(copy: Path, file: str) -> None:
    requested = read_manifest(copy).files[file].sha256
    data = bytearray((copy / file).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / file).write_bytes(data)
    with pytest.raises(
        BackendUnavailableError, match=f"{file} is damaged: its SHA-256.*{requested}"
    ):
        ClapEmbedder(copy).verify()
    embedder = ClapEmbedder(copy)
    with pytest.raises(BackendUnavailableError, match=f"{file} is damaged"):
        _ = embedder.embed_audio(clips()) if file == "audio.onnx" else embedder.embed_text(["a"])


def test_a_file_cut_short_is_refused_with_both_sizes(copy: Path) -> None:
    size = (copy / "text.onnx").stat().st_size
    (copy / "text.onnx").write_bytes((copy / "text.onnx").read_bytes()[:100])
    with pytest.raises(BackendUnavailableError, match=f"must have {size} bytes, got 100"):
        ClapEmbedder(copy).embed_text(["kick"])


def test_other_weights_under_a_forged_digest_are_found_by_the_canaries(
    copy: Path, tmp_path: Path
) -> None:
    write_plain_clap(tmp_path / "other", seed=99)
    for file in ("audio.onnx", "text.onnx"):
        shutil.copyfile(tmp_path / "other" / file, copy / file)
    files = {
        one.name: asdict(digest_of(one)) for one in copy.iterdir() if "manifest" not in str(one)
    }
    edit_manifest(copy, files=files)
    with pytest.raises(BackendUnavailableError, match="the model is not what it was"):
        ClapEmbedder(copy).embed_audio(clips()[:1])
    with pytest.raises(BackendUnavailableError, match="the model is not what it was"):
        ClapEmbedder(copy).embed_text(["kick"])


def test_a_collapsed_text_tower_that_came_with_its_own_canaries_is_refused(copy: Path) -> None:
    found = read_manifest(copy)
    graph = text_graph(np.random.default_rng(3), found.tokenizer.vocabulary, collapsed=True)
    (copy / "text.onnx").write_bytes(graph)
    canaries = json.loads((copy / "manifest.json").read_text())["canaries"]
    files = {name: asdict(digest_of(copy / name)) for name in found.files}
    edit_manifest(copy, files=files, canaries=canaries | {"text": {}})
    with pytest.raises(BackendUnavailableError, match=r"collapsed.*at most 0\.95, got 0\.9"):
        ClapEmbedder(copy).embed_text(["kick"])
    assert ClapEmbedder(copy).embed_audio(clips()[:1]).any()


def test_another_models_tokenizer_is_refused(copy: Path) -> None:
    card = json.loads((copy / "manifest.json").read_text())["tokenizer"]
    edit_manifest(copy, tokenizer=card | {"canaries": {"Hello": [0, 1, 2]}})
    with pytest.raises(BackendUnavailableError, match="another model's tokenizer: 'Hello'"):
        ClapEmbedder(copy).embed_text(["kick"])
    edit_manifest(copy, tokenizer=card | {"vocabulary": 50_265})
    with pytest.raises(BackendUnavailableError, match="must know 50265 tokens"):
        ClapEmbedder(copy).embed_text(["kick"])


def test_the_name_changes_with_all_that_a_vector_depends_on(folder: Path, tmp_path: Path) -> None:
    plain = read_manifest(folder)
    assert plain.model_id.startswith("clap-plain-fp32-")
    assert len(plain.model_id) <= 128
    int8 = write_plain_clap(tmp_path / "int8", precision="int8")
    other = write_plain_clap(tmp_path / "other", seed=5)
    edit_manifest(tmp_path / "int8", int16=False)
    raw = read_manifest(tmp_path / "int8")
    assert len({plain.model_id, int8.model_id, other.model_id, raw.model_id}) == 4


def test_the_name_stays_where_only_words_about_it_change(copy: Path) -> None:
    before = read_manifest(copy).model_id
    edit_manifest(copy, licence="another", source="elsewhere")
    assert read_manifest(copy).model_id == before
