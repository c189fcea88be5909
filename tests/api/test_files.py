"""Files in ranges, as players and browsers ask for them; and only from their folder."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.api.checks import assert_problem
from tests.api.stand_ins import StandIns

DATA = bytes(range(200))
URL = "/files/track.wav"


@pytest.fixture(autouse=True)
def track(services: StandIns) -> Path:
    path = services.settings.tracks_path / "track.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(DATA)
    (services.settings.home / "secret.wav").write_bytes(b"secret")
    return path


@pytest.mark.parametrize(
    ("requested", "start", "end"),
    [
        ("bytes=0-9", 0, 10), ("bytes=190-", 190, 200), ("bytes=-5", 195, 200),
        ("bytes=-999", 0, 200), ("bytes=10-999", 10, 200), ("bytes=0-0", 0, 1),
        ("Bytes=5-6", 5, 7),
    ],
)  # fmt: skip
def test_a_part_is_given(client: TestClient, requested: str, start: int, end: int) -> None:
    answer = client.get(URL, headers={"range": requested})
    assert answer.status_code == 206
    assert answer.content == DATA[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/200"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("requested", ["bytes=200-", "bytes=999-1000", "bytes=-0"])
def test_a_part_outside_the_file_is_refused(client: TestClient, requested: str) -> None:
    answer = client.get(URL, headers={"range": requested})
    assert_problem(answer, 416, "range_not_satisfiable")
    assert answer.headers["content-range"] == "bytes */200"


@pytest.mark.parametrize(
    "requested", ["bytes", "bytes=", "bytes=a-b", "lines=1-2", "bytes=--5", "-1"]
)
def test_what_is_no_range_is_ignored(client: TestClient, requested: str) -> None:
    answer = client.get(URL, headers={"range": requested})
    assert (answer.status_code, answer.content) == (200, DATA)


def test_several_parts_come_in_one_answer(client: TestClient) -> None:
    answer = client.get(URL, headers={"range": "bytes=0-1, 10-11"})
    assert answer.status_code == 206
    assert answer.headers["content-type"].startswith("multipart/byteranges")
    assert DATA[0:2] in answer.content
    assert DATA[10:12] in answer.content


def test_head_tells_without_sending(client: TestClient) -> None:
    answer = client.head(URL)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == "200"
    assert answer.headers["accept-ranges"] == "bytes"


def test_a_file_that_the_client_has_is_not_sent_again(client: TestClient) -> None:
    tag = client.get(URL).headers["etag"]
    answer = client.get(URL, headers={"if-none-match": tag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert client.get(URL, headers={"if-none-match": '"other"'}).content == DATA


@pytest.mark.parametrize(
    "name",
    [
        "..%2Fsecret.wav", "%2e%2e%2fsecret.wav", "..%5Csecret.wav", "%2Fetc%2Fpasswd",
        "nothing.wav", "%2e%2e", "con.wav", "a%00.wav", "C:secret.wav",
        "track.wav%2F..%2F..%2Fsecret.wav",
    ],
)  # fmt: skip
def test_nothing_leaves_the_tracks_folder(client: TestClient, name: str) -> None:
    answer = client.get(f"/files/{name}")
    assert answer.content != b"secret"
    assert_problem(answer, 404, "not_found")


def test_links_hidden_files_and_other_kinds_are_not_served(
    client: TestClient, services: StandIns, tmp_path: Path
) -> None:
    folder = services.settings.tracks_path
    (folder / "link.wav").symlink_to(services.settings.home / "secret.wav")
    (folder / ".part-1.wav").write_bytes(b"half")
    (folder / "notes.txt").write_bytes(b"x")
    (folder / "deep").mkdir()
    (folder / "deep" / "d.wav").write_bytes(b"x")
    for name in ("link.wav", ".part-1.wav", "notes.txt", "deep%2Fd.wav", "deep"):
        assert_problem(client.get(f"/files/{name}"), 404, "not_found")


def test_an_empty_file_has_no_part(client: TestClient, track: Path) -> None:
    track.write_bytes(b"")
    assert client.get(URL).content == b""
    assert_problem(client.get(URL, headers={"range": "bytes=0-"}), 416, "range_not_satisfiable")


def test_names_with_spaces_and_other_alphabets_are_served(client: TestClient, track: Path) -> None:
    track.rename(track.with_name("мой трек 1.wav"))
    answer = client.get("/files/мой трек 1.wav")
    assert answer.content == DATA
    assert "filename*=utf-8''" in answer.headers["content-disposition"]


@pytest.mark.parametrize("name", ["ä" * 130 + ".wav", "x" * 251 + ".wav", "音" * 100])
def test_a_name_longer_than_any_file_has_is_not_there(client: TestClient, name: str) -> None:
    assert_problem(client.get(f"/files/{name}"), 404, "not_found")


def test_who_has_a_file_by_tag_or_date_does_not_get_it_again(client: TestClient) -> None:
    answer = client.get(URL)
    tag, date = answer.headers["etag"], answer.headers["last-modified"]
    for headers in (
        {"if-none-match": f'"x", {tag}'}, {"if-none-match": f"W/{tag}"}, {"if-none-match": "*"},
        {"if-modified-since": date},
    ):  # fmt: skip
        assert client.get(URL, headers=headers).status_code == 304, headers
    for headers in (
        {"if-modified-since": "Thu, 01 Jan 1998 00:00:00 GMT"}, {"if-modified-since": "soon"},
        {"if-none-match": '"x"', "if-modified-since": date},
    ):  # fmt: skip
        assert client.get(URL, headers=headers).status_code == 200, headers
