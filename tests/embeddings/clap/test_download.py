"""Fetching models from a hub that breaks off, lies and ignores what it is asked."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from src.core.digests import digest_of
from src.core.downloads import MOST_TRIES
from src.core.errors import BackendUnavailableError, ConflictError
from src.core.progress import JobCancelled
from src.embeddings.clap.download import READY_MODELS, ReadyModel, RemoteFile, pull
from src.embeddings.clap.embedder import ClapEmbedder
from src.embeddings.clap.manifest import AudioTower, TextTower, read_manifest
from tests.embeddings.plain_clap import DIMENSION, text_graph, write_plain_clap


@dataclass
class Hub:
    """What the server does wrong. breaks: how often it closes the line half way"""

    root: Path
    breaks: int = 0
    ignores_ranges: bool = False
    answers_wrong_range: bool = False
    url: str = ""
    expected: list[tuple[str, str]] = field(default_factory=list)


class Answers(BaseHTTPRequestHandler):
    """Serves files with ranges."""

    def __init__(self, hub: Hub, *args: object) -> None:
        self.hub = hub
        super().__init__(*args)  # type: ignore[arg-type]

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        name = self.path.rpartition("/")[2]
        self.hub.expected.append((name, wanted))
        file = self.hub.root / name
        if not file.is_file():
            self.send_error(404)
            return
        data = file.read_bytes()
        start = int(wanted[len("bytes=") : -1]) if wanted and not self.hub.ignores_ranges else 0
        if start:
            reported = start + 7 if self.hub.answers_wrong_range else start
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {reported}-{len(data) - 1}/{len(data)}")
            self.hub.answers_wrong_range = False
        else:
            self.send_response(200)
        rest = data[start:]
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if self.hub.breaks:
            self.hub.breaks -= 1
            rest = rest[: len(rest) // 2]
        self.wfile.write(rest)
        self.close_connection = True


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = Hub(tmp_path / "hub")
    write_plain_clap(made.root)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Answers, made))
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def ready(hub: Hub) -> ReadyModel:
    """The hub's model with its true digests; that of the tokenizer is unknown."""
    card = read_manifest(hub.root).tokenizer
    return ReadyModel(
        name="plain",
        precision="int8",
        repository="someone/plain",
        licence="MIT",
        logit_scale=14.0,
        files=(
            RemoteFile("onnx/audio.onnx", "audio.onnx", digest_of(hub.root / "audio.onnx")),
            RemoteFile("onnx/text.onnx", "text.onnx", digest_of(hub.root / "text.onnx")),
            RemoteFile("tokenizer.json", "tokenizer.json", None),
        ),
        audio=AudioTower("audio.onnx"),
        text=TextTower("text.onnx", mask=None),
        dimension=DIMENSION,
        vocabulary=card.vocabulary,
        canaries=card.canaries,
    )


def test_a_pulled_model_works_and_tells_its_progress(hub: Hub, tmp_path: Path) -> None:
    reported: list[tuple[str, int, int]] = []
    model = ready(hub)
    folder = pull(model, tmp_path, hub=hub.url, progress=lambda *step: reported.append(step))
    assert folder == tmp_path / "plain-int8"
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []
    embedder = ClapEmbedder(folder)
    embedder.verify()
    assert embedder.embed_text(["kick"]).any()
    assert embedder.manifest.canaries.origin == "download"
    done = [step[1] for step in reported if step[0] == "downloading"]
    assert done == sorted(done)
    assert done[-1] >= model.size_bytes
    with pytest.raises(ConflictError, match="is there already"):
        pull(model, tmp_path, hub=hub.url)


def test_a_collapsed_text_tower_is_refused(hub: Hub, tmp_path: Path) -> None:
    vocabulary = read_manifest(hub.root).tokenizer.vocabulary
    graph = text_graph(np.random.default_rng(1), vocabulary, collapsed=True)
    (hub.root / "text.onnx").write_bytes(graph)
    with pytest.raises(BackendUnavailableError, match=r"collapsed.*at most 0\.95, got 0\.9"):
        pull(ready(hub), tmp_path, hub=hub.url)
    assert not (tmp_path / "plain-int8").exists()


def test_a_line_that_breaks_is_taken_up_where_it_broke(hub: Hub, tmp_path: Path) -> None:
    hub.breaks = 2
    ClapEmbedder(pull(ready(hub), tmp_path, hub=hub.url)).verify()
    size = (hub.root / "audio.onnx").stat().st_size
    ranges = [wanted for name, wanted in hub.expected if name == "audio.onnx"]
    assert ranges == ["", f"bytes={size // 2}-", f"bytes={size // 2 + (size - size // 2) // 2}-"]


def test_what_came_is_kept_for_the_next_try(hub: Hub, tmp_path: Path) -> None:
    hub.breaks = MOST_TRIES
    with pytest.raises(BackendUnavailableError, match=r"broke off 5 times.*what came is kept"):
        pull(ready(hub), tmp_path, hub=hub.url)
    expected = len(hub.expected)
    ClapEmbedder(pull(ready(hub), tmp_path, hub=hub.url)).verify()
    assert hub.expected[expected][1].startswith("bytes=")


def test_a_server_that_ignores_ranges_is_read_from_the_start(hub: Hub, tmp_path: Path) -> None:
    hub.breaks, hub.ignores_ranges = 1, True
    ClapEmbedder(pull(ready(hub), tmp_path, hub=hub.url)).verify()


def test_a_server_that_answers_another_range_is_asked_anew(hub: Hub, tmp_path: Path) -> None:
    hub.breaks, hub.answers_wrong_range = 1, True
    ClapEmbedder(pull(ready(hub), tmp_path, hub=hub.url)).verify()


@pytest.mark.parametrize("longer", [False, True])
def test_a_file_that_is_not_the_pinned_one_is_refused_and_removed(
    hub: Hub, tmp_path: Path, longer: bool
) -> None:
    model = ready(hub)
    data = (hub.root / "audio.onnx").read_bytes()
    (hub.root / "audio.onnx").write_bytes(data + b"x" if longer else data[:-1] + b"x")
    expected = "sends more" if longer else f"SHA-256 {model.files[0].expected.sha256}"  # type: ignore[union-attr]
    with pytest.raises(BackendUnavailableError, match=expected):
        pull(model, tmp_path, hub=hub.url)
    assert not (tmp_path / "plain-int8").exists()
    assert list((tmp_path / ".pull-plain-int8").iterdir()) == []


def test_a_foreign_tokenizer_is_refused_and_fetched_again(hub: Hub, tmp_path: Path) -> None:
    right = (hub.root / "tokenizer.json").read_text()
    (hub.root / "tokenizer.json").write_text(
        right.replace('"A":', '"tmp":').replace('"B":', '"A":').replace('"tmp":', '"B":')
    )
    with pytest.raises(BackendUnavailableError, match=r"must know|another model's tokenizer"):
        pull(ready(hub), tmp_path, hub=hub.url)
    (hub.root / "tokenizer.json").write_text(right)
    ClapEmbedder(pull(ready(hub), tmp_path, hub=hub.url)).verify()


def test_towers_of_another_size_are_refused(hub: Hub, tmp_path: Path) -> None:
    from dataclasses import replace

    with pytest.raises(BackendUnavailableError, match="one vector of 512 values"):
        pull(replace(ready(hub), dimension=512), tmp_path, hub=hub.url)
    assert not (tmp_path / "plain-int8").exists()


def test_hub_exports_that_take_a_mask_are_fed_one(hub: Hub, tmp_path: Path) -> None:
    from dataclasses import replace

    import numpy as np

    vocabulary = read_manifest(hub.root).tokenizer.vocabulary
    (hub.root / "text.onnx").write_bytes(
        text_graph(np.random.default_rng(3), vocabulary, masked=True)
    )
    with pytest.raises(BackendUnavailableError, match=r"must have inputs.*got.*attention_mask"):
        pull(ready(hub), tmp_path / "a", hub=hub.url)
    masked = replace(ready(hub), text=TextTower("text.onnx"))
    ClapEmbedder(pull(masked, tmp_path / "b", hub=hub.url)).verify()


def test_a_missing_file_and_a_missing_hub_are_told(hub: Hub, tmp_path: Path) -> None:
    (hub.root / "text.onnx").rename(hub.root / "gone")
    model = ready_without_text(hub)
    with pytest.raises(BackendUnavailableError, match=r"text\.onnx answers 404"):
        pull(model, tmp_path, hub=hub.url)
    with pytest.raises(BackendUnavailableError, match="broke off 5 times"):
        pull(model, tmp_path / "b", hub="http://127.0.0.1:9")


def ready_without_text(hub: Hub) -> ReadyModel:
    (hub.root / "gone").rename(hub.root / "text.onnx")
    model = ready(hub)
    (hub.root / "text.onnx").unlink()
    return model


def test_a_cancelled_pull_goes_on_later(hub: Hub, tmp_path: Path) -> None:
    def cancel(stage: str, done: int, total: int) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        pull(ready(hub), tmp_path, hub=hub.url, progress=cancel)
    assert not (tmp_path / "plain-int8").exists()
    ClapEmbedder(pull(ready(hub), tmp_path, hub=hub.url)).verify()


def test_what_is_offered_is_pinned_but_for_the_tokenizer() -> None:
    for model in READY_MODELS.values():
        assert [one.name for one in model.files if one.expected is None] == ["tokenizer.json"]
        assert model.vocabulary == 50_265
        assert model.canaries["Hello world"] == (0, 31414, 232, 2)
