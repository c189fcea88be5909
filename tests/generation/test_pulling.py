"""Fetching a checkpoint from a hub that breaks off and lies: a server of this machine."""

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from src.core.errors import BackendUnavailableError, ConflictError, InvalidInputError
from src.core.progress import JobCancelled, silent
from src.generation.pulling import RECORD, HubAccess, HubCheckpoint, pull_checkpoint

TINY = HubCheckpoint("tiny", "someone/tiny", official=False)
FILES = {
    "model_index.json": b'{"_class_name": "AceStepPipeline"}',
    "transformer/config.json": b'{"is_turbo": true}',
    "transformer/model.safetensors": bytes(range(256)) * 400,
    "vae/model.safetensors": b"vae" * 30_000,
    "evil.py": b"print()",
    "old.bin": b"pickle",
}


@dataclass
class Hub:
    """What is served, and what goes wrong. seen: paths, ranges and tokens that were asked for"""

    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    served: dict[str, bytes] = field(default_factory=dict)
    status: int = 200
    breaks: int = 0
    url: str = ""
    seen: list[tuple[str, str, str]] = field(default_factory=list)

    def listing(self) -> dict[str, Any]:
        siblings = []
        for name, data in self.files.items():
            git = hashlib.sha1(b"blob %d\x00" % len(data) + data).hexdigest()
            one: dict[str, Any] = {"rfilename": name, "size": len(data), "blobId": git}
            if name.endswith(".safetensors"):
                one["lfs"] = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data)}
            siblings.append(one)
        return {"sha": "a" * 40, "siblings": siblings}


class Answers(BaseHTTPRequestHandler):
    def __init__(self, hub: Hub, *args: Any) -> None:
        self.hub = hub
        super().__init__(*args)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        hub, wanted = self.hub, self.headers.get("Range", "")
        hub.seen.append((self.path, wanted, self.headers.get("Authorization", "")))
        if self.path == "/api/models/someone/tiny?blobs=true":
            self._send(hub.status, json.dumps(hub.listing()).encode())
            return
        name = self.path.removeprefix(f"/someone/tiny/resolve/{'a' * 40}/")
        data = hub.served.get(name, hub.files.get(name, b""))
        start = int(wanted[len("bytes=") : -1]) if wanted else 0
        self._send(206 if start else 200, data, start)

    def _send(self, status: int, data: bytes, start: int = 0) -> None:
        self.send_response(status)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        rest = data[start:]
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        if self.hub.breaks and "safetensors" in self.path:
            self.hub.breaks -= 1
            rest = rest[: len(rest) // 2]
        self.wfile.write(rest)
        self.close_connection = True


@pytest.fixture
def hub() -> Iterator[Hub]:
    made = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Answers, made))
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()


def pulled(hub: Hub, models: Path, **more: Any) -> Path:
    access = HubAccess(hub.url, token="secret")
    return pull_checkpoint(TINY, models, accepted=True, hub=access, **more)


def test_a_pulled_folder_holds_what_is_needed_and_records_what_was_accepted(
    hub: Hub, tmp_path: Path
) -> None:
    hub.breaks = 2
    folder = pulled(hub, tmp_path)
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert there == {*(name for name in FILES if name not in ("evil.py", "old.bin")), RECORD}
    for name in there - {RECORD}:
        assert (folder / name).read_bytes() == FILES[name]
    record = json.loads((folder / RECORD).read_text())
    assert (record["repository"], record["revision"]) == ("someone/tiny", "a" * 40)
    assert "third party" in record["licence"]
    assert record["licence_accepted_at"].startswith("20")
    assert any(ranges.startswith("bytes=") for _, ranges, _ in hub.seen), "it went on, not anew"
    assert {token for _, _, token in hub.seen} == {"Bearer secret"}
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]
    with pytest.raises(ConflictError, match="there already"):
        pulled(hub, tmp_path)


def test_without_the_licence_accepted_nothing_is_asked_for(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="--accept-licence") as caught:
        pull_checkpoint(TINY, tmp_path, accepted=False, hub=HubAccess(hub.url))
    assert caught.value.code == "licence_not_accepted"
    assert hub.seen == []


@pytest.mark.parametrize("name", ["transformer/config.json", "vae/model.safetensors"])
def test_a_file_that_is_not_what_the_hub_lists_is_not_kept(
    name: str, hub: Hub, tmp_path: Path
) -> None:
    right = FILES[name]
    hub.served[name] = b"x" * len(right)
    with pytest.raises(BackendUnavailableError, match="is not what"):
        pulled(hub, tmp_path)
    assert not list(tmp_path.rglob(Path(name).name + "*")) or not any(
        path.read_bytes().startswith(b"xx") for path in tmp_path.rglob("*") if path.is_file()
    )
    assert not (tmp_path / "tiny").exists()
    del hub.served[name]
    assert (pulled(hub, tmp_path) / name).read_bytes() == right


def test_a_cancelled_pull_goes_on_later(hub: Hub, tmp_path: Path) -> None:
    def cancelling(stage: str, done: int, total: int) -> None:
        if done > total // 2:
            raise JobCancelled("enough")

    with pytest.raises(JobCancelled):
        pulled(hub, tmp_path, progress=cancelling)
    before = len(hub.seen)
    assert pulled(hub, tmp_path, progress=silent).name == "tiny"
    assert len(hub.seen) - before < len(FILES), "what was whole was not fetched again"


@pytest.mark.parametrize("status", [401, 404])
def test_a_hub_that_refuses_is_named_with_what_may_help(
    status: int, hub: Hub, tmp_path: Path
) -> None:
    hub.status = status
    with pytest.raises(BackendUnavailableError, match=f"answers {status}") as caught:
        pulled(hub, tmp_path)
    assert ("HF_TOKEN" in caught.value.message) == (status == 401)


@pytest.mark.parametrize("name", ["../outside.json", "/outside.json"])
def test_a_name_that_leaves_the_folder_is_refused(name: str, hub: Hub, tmp_path: Path) -> None:
    hub.files[name] = b"{}"
    with pytest.raises(BackendUnavailableError, match="leaves its folder"):
        pulled(hub, tmp_path)


def test_another_pipeline_than_ace_steps_is_refused(hub: Hub, tmp_path: Path) -> None:
    hub.files["model_index.json"] = b'{"_class_name": "OtherPipeline"}'
    with pytest.raises(BackendUnavailableError, match="OtherPipeline, not"):
        pulled(hub, tmp_path)
