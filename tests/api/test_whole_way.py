"""The issue's own story over HTTP, with nothing stood in for: upload, analyse, find, generate."""

import io
import json
import zipfile

import numpy as np
import soundfile
from fastapi.testclient import TestClient

from src.core.config import Settings
from src.main import create_app
from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.services.small_library import RATE, made_stems


def wav(samples: np.ndarray) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples.T, RATE, format="WAV", subtype="PCM_24")
    return file.getvalue()


def test_from_an_upload_to_a_track(settings: Settings) -> None:
    members = {f"Kit 120 Am/{stem.name}.wav": wav(stem.audio) for stem in made_stems()}
    members["Kit 120 Am/broken.wav"] = b"this is no sound at all"
    members["Kit 120 Am/Лицензия.txt"] = "Лицензия: CC BY 4.0, авторы".encode("cp1251")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for name, data in members.items():
            opened.writestr(name, data)
    with TestClient(create_app(settings)) as client:
        job_probe = JobProbe(client)
        assert_problem(
            client.post("/generate-track", json={"prompt": "techno"}), 409, "library_empty"
        )

        sent = client.post("/api/v1/stems/upload", files={"files": ("kit.zip", archive.getvalue())})
        assert sent.json()["accepted"] == 8
        job = job_probe.ended(client.post("/preprocess").json()["id"])
        assert job["status"] == "succeeded", job["problem"]
        assert (job["result"]["added"], job["result"]["quarantined"]) == (6, 1)

        stems = client.get("/api/v1/stems/", params={"kit": "Kit 120 Am"}).json()
        assert stems["total"] == 6
        hits = client.get("/api/v1/search/", params={"prompt": "deep kick"}).json()["hits"]
        assert "Kick" in hits[0]["stem"]["name"]
        assert hits[0]["reasons"]

        body = {"prompt": "techno 120 bpm in A minor", "length": "16 bars", "seed": 5}
        track = client.post("/generate-track", json=body)
        assert track.status_code == 200, track.text
        made = track.json()
        assert (made["seed"], made["plan"]["bpm"]) == (5, 120)
        (beside,) = settings.tracks_path.glob("*.json")
        told = json.loads(beside.read_text(encoding="utf-8"))["credits"]
        ours = [credit["licence"] for credit in told if credit["kit"] == "Kit 120 Am"]
        assert set(ours) == {"CC BY 4.0, авторы"}
        sound, rate = soundfile.read(io.BytesIO(client.get(made["file_url"]).content))
        assert rate == RATE
        assert 0.1 < np.abs(sound).max() <= 1.0
        again = client.post("/generate-track", params={"reuse": False}, json=body).json()
        first, second = (client.get(each["file_url"]).content for each in (made, again))
        assert first == second
        assert client.get("/api/v1/tracks").json()["total"] == 2

        # A removed stem does not come back by itself, and its file stays.
        gone = hits[0]["stem"]
        client.delete(f"/api/v1/stems/{gone['id']}")
        job_probe.ended(client.post("/preprocess").json()["id"])
        assert client.get("/api/v1/stems/").json()["total"] == 5
        assert (settings.raw_path / gone["original_file"]).is_file()
        refused = client.get("/api/v1/quarantine").json()["items"]
        (entry,) = [item for item in refused if item["reason"] == "removed"]
        retried = client.post(f"/api/v1/quarantine/{entry['id']}/retry").json()
        assert job_probe.ended(retried["job_id"])["result"]["added"] == 1
        assert client.get(f"/api/v1/stems/{gone['id']}").status_code == 200
