"""The README's API in ten lines, pasted as it stands."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from src.api.links import track_audio_url
from src.db.crud import Window
from tests.api.serving import Serving
from tests.api.stand_ins import StandIns
from tests.patience import PATIENCE_S

README = Path(__file__).resolve().parents[2] / "README.md"


def pasted() -> str:
    """The lines between the sentence that announces them and the next one."""
    text = README.read_text(encoding="utf-8").partition("the API in ten lines:")[2]
    lines = text.partition("The same without a server:")[0].splitlines()
    assert all(line.startswith("    ") or not line for line in lines)
    return "\n".join(line[4:] for line in lines).strip()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_it_can_be_pasted(services: StandIns, tmp_path: Path, stem_ids: list[str]) -> None:
    script = pasted()
    assert len([line for line in script.splitlines() if line.startswith(("curl", "TRACK"))]) >= 8
    with Serving(services) as port:
        failing = script.replace("localhost:8000", f"127.0.0.1:{port}").replace(
            "curl -s", "curl --fail-with-body -s"
        )
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", failing], cwd=tmp_path, capture_output=True,
            text=True, timeout=PATIENCE_S, check=False, env={"PATH": os.environ["PATH"]},
        )  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    assert (tmp_path / "track.wav").read_bytes()[:4] == b"RIFF"
    assert '"status":"succeeded"' in done.stdout
    tracks = services.tracks.page(Window()).items
    assert [one.parent_id is None for one in tracks] == [False, True]
    assert track_audio_url(tracks[1].id) not in done.stdout
