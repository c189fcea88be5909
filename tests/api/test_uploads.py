"""Uploads over HTTP."""

import io
import threading
import zipfile

import pytest
from fastapi.testclient import TestClient

from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import Gate, StandIns
from tests.db.stocked import Sound, original_bytes

URL = "/api/v1/stems/upload"
KICK = original_bytes(Sound("kick"))
BASS = original_bytes(Sound("bass", seconds=2.0))


def lying(services: StandIns) -> list[str]:
    root = services.settings.raw_path
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_several_files_are_answered_for_one_by_one(client: TestClient, services: StandIns) -> None:
    files = [
        ("files", ("kick.wav", KICK)),
        ("files", ("bass.wav", BASS)),
        ("files", ("notes.txt", b"x")),
    ]
    answer = client.post(URL, files=files)
    assert answer.status_code == 200
    reported = answer.json()
    assert (reported["accepted"], reported["known"], reported["refused"], reported["job_id"]) == (
        2,
        0,
        1,
        None,
    )
    assert reported["files"][2]["reason"] == "unsupported_type"
    assert lying(services) == ["bass.wav", "kick.wav"]
    assert (services.settings.raw_path / "bass.wav").read_bytes() == BASS
    again = client.post(URL, files=files).json()
    assert (again["accepted"], again["known"]) == (0, 2)


@pytest.mark.parametrize("kit_first", [True, False])
def test_the_kit_may_stand_before_or_after_the_files(
    client: TestClient, services: StandIns, kit_first: bool
) -> None:
    kit, file = ("kit", (None, "Mein Kit ä")), ("files", ("kick.wav", KICK))
    answer = client.post(URL, files=[kit, file] if kit_first else [file, kit])
    assert answer.json()["files"][0]["path"] == "Mein Kit ä/kick.wav"
    assert lying(services) == ["Mein Kit ä/kick.wav"]


def test_a_zip_is_unpacked(client: TestClient, services: StandIns) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("Kit/kick.wav", KICK)
        archive.writestr("Kit/more/bass.wav", BASS)
    answer = client.post(URL, files={"files": ("kit.zip", file.getvalue())}).json()
    assert answer["accepted"] == 2
    assert lying(services) == ["Kit/kick.wav", "Kit/more/bass.wav"]


def test_analysis_starts_on_request(client: TestClient, job_probe: JobProbe) -> None:
    answer = client.post(URL, params={"preprocess": True}, files={"files": ("k.wav", KICK)})
    assert job_probe.ended(answer.json()["job_id"])["kind"] == "preprocess"


def test_an_analysis_that_runs_already_is_named(
    client: TestClient, gate: Gate, job_probe: JobProbe
) -> None:
    gate.close()
    running = client.post("/preprocess").json()["id"]
    answer = client.post(URL, params={"preprocess": True}, files={"files": ("k.wav", KICK)})
    assert answer.json()["job_id"] == running
    gate.open.set()
    job_probe.ended(running)


def test_too_large_an_upload_is_refused_before_it_is_read(
    client: TestClient, services: StandIns
) -> None:
    answer = client.post(URL, files={"files": ("big.wav", bytes(6_000_000))})
    problem = assert_problem(answer, 413, "upload_too_large")
    assert "3 MB" in problem["detail"]
    assert lying(services) == []


def test_an_upload_that_does_not_tell_its_size_is_counted(
    client: TestClient, services: StandIns
) -> None:
    def body() -> object:
        yield b'--x\r\ncontent-disposition: form-data; name="files"; filename="big.wav"\r\n\r\n'
        for _ in range(60):
            yield bytes(100_000)
        yield b"\r\n--x--\r\n"

    answer = client.post(
        URL,
        content=body(),
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert_problem(answer, 413, "upload_too_large")
    assert lying(services) == []


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/json", b"{}", "not_multipart"),
        ("multipart/form-data", b"", "not_multipart"),
        ("multipart/form-data; boundary=x", b"", "bad_multipart"),
        ("multipart/form-data; boundary=x", b"nonsense", "bad_multipart"),
        ("multipart/form-data; boundary=x", b"--x--\r\n", "no_files"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\ncontent-disposition: form-data; name="files"; filename="a.wav"\r\n\r\nabc',
            "bad_multipart",
        ),
        (
            "multipart/form-data; boundary=x",
            b"--x\r\ncontent-disposition: form-data\r\n\r\nabc\r\n--x--\r\n",
            "bad_multipart",
        ),
        ("multipart/form-data; boundary=" + "x" * 500, b"--x--", "bad_multipart"),
    ],
)
def test_what_is_no_whole_form_is_refused(
    client: TestClient, services: StandIns, content_type: str, body: bytes, code: str
) -> None:
    answer = client.post(URL, content=body, headers={"content-type": content_type})
    assert_problem(answer, 422, code)
    assert list(services.settings.raw_path.iterdir()) == []


def test_a_field_can_not_fill_the_memory(client: TestClient) -> None:
    answer = client.post(URL, files=[("kit", (None, "k" * 5_000)), ("files", ("kick.wav", KICK))])
    assert_problem(answer, 422, "invalid_input")


@pytest.mark.parametrize("name", ["../../evil.wav", "/etc/evil.wav", "..\\evil.wav"])
def test_no_name_leaves_the_kits_folder(client: TestClient, services: StandIns, name: str) -> None:
    client.post(URL, files=[("kit", (None, "../..")), ("files", (name, KICK))])
    (file,) = services.settings.home.rglob("*evil.wav")
    assert file.is_relative_to(services.settings.raw_path)


def test_uploads_at_the_same_time_do_not_mix(client: TestClient, services: StandIns) -> None:
    sounds = {f"s{number}.wav": original_bytes(Sound(f"s{number}")) for number in range(8)}

    def send(name: str) -> None:
        assert client.post(URL, files={"files": (name, sounds[name])}).status_code == 200

    threads = [threading.Thread(target=send, args=(name,)) for name in sounds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    root = services.settings.raw_path
    assert {name: (root / name).read_bytes() for name in lying(services)} == sounds


def test_an_upload_of_which_nothing_was_taken_is_a_problem_that_tells_why(
    client: TestClient, services: StandIns
) -> None:
    files = [("files", ("notes.txt", b"x")), ("files", ("kick.wav", b""))]
    answer = client.post(URL, files=files, params={"preprocess": True})
    problem = assert_problem(answer, 422, "nothing_accepted")
    assert [file["reason"] for file in problem["files"]] == ["unsupported_type", "empty"]
    assert (problem["accepted"], problem["refused"]) == (0, 2)
    assert lying(services) == []
