"""What the OpenAPI document says holds: random requests compared with it, a generated client."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from src.main import create_app
from src.music.model.score import score_to_dict
from tests.api.serving import Serving
from tests.api.stand_ins import StandIns
from tests.music.made_scores import made_score

BYTES = (
    "audio/wav", "audio/flac", "audio/mpeg", "audio/midi", "image/svg+xml", "image/png",
    "application/zip", "multipart/byteranges", "text/plain", "text/event-stream",
)  # fmt: skip
"""What the generator is to hand out as bytes; it knows no other name for them."""


@pytest.fixture
def generated(
    services: StandIns, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModuleType]:
    """The Python client that openapi-python-client makes of the document."""
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(create_app(services.settings).openapi()), encoding="utf-8")
    words = [
        sys.executable, "-m", "openapi_python_client", "generate", "--path", str(document),
        "--meta", "none", "--output-path", str(tmp_path / "traum_client"), "--fail-on-warning",
    ]  # fmt: skip
    config = tmp_path / "config.yml"
    overrides = dict.fromkeys(BYTES, "application/octet-stream")
    settings = {"literal_enums": True, "post_hooks": [], "content_type_overrides": overrides}
    config.write_text(json.dumps(settings), encoding="utf-8")
    done = subprocess.run(
        [*words, "--config", str(config)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("traum_client")
    for name in [one for one in sys.modules if one.partition(".")[0] == "traum_client"]:
        del sys.modules[name]


def operation(path: str) -> Any:
    return importlib.import_module(f"traum_client.api.{path}")


def test_a_generated_client_makes_a_track_and_downloads_it(
    generated: ModuleType, services: StandIns, stem_ids: list[str]
) -> None:
    models = importlib.import_module("traum_client.models")
    with (
        Serving(services) as port,
        generated.Client(f"http://127.0.0.1:{port}", raise_on_unexpected_status=True) as client,
    ):
        found = operation("library.search_stems").sync(client=client, prompt="kick", limit=1)
        assert found.hits[0].stem.id in stem_ids
        body = models.PlanRequest(prompt="dark techno", seed=3)
        track = operation("tracks.generate_track").sync(client=client, body=body)
        sound = operation("tracks.get_track_audio").sync_detailed(track.track_id, client=client)
        assert sound.content[:4] == b"RIFF"
        assert sound.parsed.payload.read() == sound.content
        services.tracks.audio(track.track_id).with_suffix(".json").write_text(
            json.dumps({"score": score_to_dict(made_score())})
        )
        wanted = models.ExportRequest(formats=["credits", "flac"])
        job = operation("tracks.export_track").sync(track.track_id, client=client, body=wanted)
        done = operation("jobs.get_job").sync(job.id, client=client, wait=60)
        assert done.status == "succeeded"
        listed = operation("tracks.list_exports").sync(track.track_id, client=client)
        flac = next(one for one in listed.files if one.format_ == "flac")
        fetched = operation("tracks.get_export").sync_detailed(
            track.track_id, flac.name, client=client
        )
        assert (fetched.content[:4], len(fetched.content)) == (b"fLaC", flac.bytes_)
        missing = operation("tracks.get_track").sync("nothing", client=client)
        assert (missing.status, missing.code) == (404, "not_found")
