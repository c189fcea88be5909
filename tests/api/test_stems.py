"""Stems over HTTP."""

import io
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient

from tests.api.checks import assert_problem
from tests.api.conftest import JobProbe
from tests.api.stand_ins import StandIns
from tests.db.stocked import SOUNDS

STEMS = "/api/v1/stems/"


def listed(client: TestClient, **query: Any) -> list[str]:
    answer = client.get(STEMS, params={"sort": "name", **query})
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


def test_a_page_tells_all_that_a_list_shows(client: TestClient, stem_ids: list[str]) -> None:
    page = client.get(STEMS, params={"limit": 1, "offset": 0, "sort": "name"}).json()
    assert (page["total"], page["limit"], page["offset"]) == (4, 1, 0)
    (bass,) = page["items"]
    assert bass["name"] == "bass_138_Am"
    assert (bass["kit"], bass["bpm"], bass["key"], bass["camelot"]) == (
        "Techno 138 Am", 138.0, "Am", "8A",
    )  # fmt: skip
    assert bass["missing"] is False
    assert client.get(bass["audio_url"]).status_code == 200
    assert client.get(bass["waveform_url"]).status_code == 200


def test_filters_join(client: TestClient, stem_ids: list[str]) -> None:
    assert listed(client) == ["bass_138_Am", "hat", "kick_01", "pad_80_C"]
    assert listed(client, category=["kick", "pad"]) == ["kick_01", "pad_80_C"]
    assert listed(client, bpm_min=79.9, bpm_max=80.1) == ["pad_80_C"]
    assert listed(client, key="a-Moll") == ["bass_138_Am"]
    assert listed(client, key="8A") == ["bass_138_Am"]
    assert listed(client, is_loop=False, q="techno") == ["kick_01"]
    assert listed(client, tag="DARK") == ["bass_138_Am", "kick_01"]
    assert listed(client, kit="Ambient 80 C") == ["pad_80_C"]
    assert listed(client, missing=True) == []


def test_order_can_be_turned(client: TestClient, stem_ids: list[str]) -> None:
    assert listed(client, sort="-name")[0] == "pad_80_C"
    assert listed(client, sort="duration_s")[0] == "hat"


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 0}, {"limit": 501}, {"offset": -1}, {"category": "cowbell"}, {"key": "H#"},
        {"bpm_min": "nan"}, {"sort": "id; DROP TABLE stems"}, {"tag": '"x'}, {"q": "a\x00b"},
        {"missing": "maybe"},
    ],
)  # fmt: skip
def test_wrong_filters_are_named(client: TestClient, query: dict[str, Any]) -> None:
    problem = assert_problem(client.get(STEMS, params=query), 422, "validation_failed")
    assert problem["errors"][0]["field"].startswith(f"query.{next(iter(query))}")


@pytest.mark.parametrize("text", ["'; DROP TABLE stems; --", "🥁", "line\nbreak", "%", "\\", '"'])
def test_any_text_can_be_looked_for(client: TestClient, stem_ids: list[str], text: str) -> None:
    assert listed(client, q=text) == []
    assert listed(client, kit=text) == []


def test_a_stem_tells_where_its_values_come_from(client: TestClient, stem_ids: list[str]) -> None:
    stem = client.get(STEMS + stem_ids[1]).json()
    assert stem["facts"]["bpm"] == {"value": 138.0, "confidence": 0.7, "source": "audio"}
    assert stem["places"] == [SOUNDS[1].place]
    assert stem["features"]
    assert len(stem["content_hash"]) == 64


def test_an_unknown_stem_is_not_found(client: TestClient) -> None:
    for path in ("0000", "0000/audio", "0000/waveform"):
        assert_problem(client.get(STEMS + path), 404, "not_found")
    assert_problem(client.patch(STEMS + "0000", json={"bpm": 100}), 404, "not_found")
    assert_problem(client.delete(STEMS + "0000"), 404, "not_found")


@pytest.mark.parametrize("bad", ["..%2F..%2Fetc%2Fpasswd", "a%00b", "%F0%9F%A5%81", "x" * 99])
def test_an_impossible_id_is_refused(client: TestClient, bad: str) -> None:
    answer = client.get(f"{STEMS}{bad}/audio")
    assert answer.status_code in (404, 422)
    assert answer.headers["content-type"] == "application/problem+json"


# --- corrections ---------------------------------------------------------------------------


def test_a_correction_holds_and_is_taken_back(client: TestClient, stem_ids: list[str]) -> None:
    url = STEMS + stem_ids[1]
    said = {"bpm": 69, "key": "fis-moll", "tags": ["Acid ", "deep"], "user_rating": 5}
    stem = client.patch(url, json=said).json()
    assert (stem["bpm"], stem["key"], stem["user_rating"]) == (69.0, "F#m", 5)
    assert stem["tags"] == {"acid": 1.0, "deep": 1.0}
    assert stem["facts"]["bpm"] == {"value": 69.0, "confidence": 1.0, "source": "user"}
    assert stem["facts"]["is_loop"]["source"] == "audio"
    assert stem["corrected"] == ["bpm", "key", "tags", "user_rating"]
    back = client.patch(url, json={"bpm": None, "tags": None}).json()
    assert (back["bpm"], back["key"], back["tags"]) == (138.0, "F#m", {"dark": 0.8})
    assert back["facts"]["bpm"]["source"] == "audio"


def test_chords_are_said_found_and_taken_back(client: TestClient, stem_ids: list[str]) -> None:
    url = STEMS + stem_ids[1]
    assert client.get(url).json()["chords"] is None
    stem = client.patch(url, json={"chords": "Am F"}).json()
    assert stem["progression"] == "Am F"
    assert stem["chords"] == [
        {"chord": "Am", "beats": 2.0, "confidence": 1.0},
        {"chord": "F", "beats": 2.0, "confidence": 1.0},
    ]
    assert [one["id"] for one in client.get(STEMS, params={"chords": "F Am"}).json()["items"]] == [
        stem_ids[1]
    ]
    doubled = client.patch(url, json={"tempo": "double"}).json()
    assert [one["beats"] for one in doubled["chords"]] == [4.0, 4.0]
    assert client.patch(url, json={"chords": None}).json()["chords"] is None


@pytest.mark.parametrize("chords", ["Am Q", "Am:0", " "])
def test_what_is_no_progression_is_refused(
    client: TestClient, stem_ids: list[str], chords: str
) -> None:
    assert client.patch(STEMS + stem_ids[1], json={"chords": chords}).status_code == 422
    assert client.get(STEMS, params={"chords": chords}).status_code == 422


def test_a_one_shot_has_no_beats_for_chords(client: TestClient, stem_ids: list[str]) -> None:
    answer = client.patch(STEMS + stem_ids[0], json={"chords": "Am"})
    assert_problem(answer, 422, "no_tempo")


def test_filters_see_corrections(client: TestClient, stem_ids: list[str]) -> None:
    client.patch(STEMS + stem_ids[0], json={"category": "tom", "name": "Бочка 🥁"})
    assert listed(client, category="tom") == ["Бочка 🥁"]


def test_corrections_at_the_same_time_are_all_kept(client: TestClient, stem_ids: list[str]) -> None:
    def add(letter: str) -> None:
        for number in range(12):
            said = {"add_tags": [f"{letter}{number}"]}
            assert client.patch(STEMS + stem_ids[1], json=said).status_code == 200

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(add, "ab"))
    assert len(client.get(STEMS + stem_ids[1]).json()["tags"]) == 1 + 2 * 12


def test_the_machines_word_stays_to_be_seen(client: TestClient, stem_ids: list[str]) -> None:
    stem = client.patch(STEMS + stem_ids[1], json={"bpm": 69, "tags": ["deep"]}).json()
    assert stem["analysis"]["bpm"] == {"value": 138.0, "confidence": 0.7, "source": "audio"}
    assert stem["analysis"]["tags"]["value"] == {"dark": 0.8}
    assert stem["corrections"] == {"bpm": 69.0, "tags": {"deep": 1.0}}
    assert "key" in client.get(STEMS + stem_ids[0]).json()["analysis"]


def test_tempo_is_doubled_and_halved_with_its_bars(client: TestClient, stem_ids: list[str]) -> None:
    url = STEMS + stem_ids[1]
    stem = client.patch(url, json={"tempo": "double"}).json()
    assert (stem["bpm"], stem["bars"], stem["facts"]["bpm"]["source"]) == (276.0, 2.0, "user")
    stem = client.patch(url, json={"tempo": "halve"}).json()
    assert (stem["bpm"], stem["bars"]) == (138.0, 1.0)
    client.patch(url, json={"bpm": 600})
    assert_problem(client.patch(url, json={"tempo": "double"}), 422, "tempo_out_of_range")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"bpm": 120}, "one_shot_tempo"), ({"tempo": "double"}, "no_tempo"),
        ({"key": "Am"}, "drum_key"),
    ],
)  # fmt: skip
def test_what_a_kick_can_not_have_is_refused(
    client: TestClient, stem_ids: list[str], said: dict[str, Any], code: str
) -> None:
    before = client.get(STEMS + stem_ids[0]).json()
    assert_problem(client.patch(STEMS + stem_ids[0], json=said), 422, code)
    assert client.get(STEMS + stem_ids[0]).json() == before


def test_a_stem_called_something_else_loses_and_regains_what_follows(
    client: TestClient, stem_ids: list[str]
) -> None:
    url = STEMS + stem_ids[1]
    stem = client.patch(url, json={"category": "drums"}).json()
    assert (stem["key"], stem["camelot"]) == (None, None)
    assert stem["facts"]["key"] == {"value": None, "confidence": 1.0, "source": "user"}
    stem = client.patch(url, json={"is_loop": False, "category": None}).json()
    assert (stem["bpm"], stem["bars"], stem["key"]) == (None, None, "Am")
    stem = client.patch(url, json={"is_loop": None}).json()
    assert (stem["bpm"], stem["bars"], stem["corrected"]) == (138.0, 1.0, [])


def test_the_user_can_say_that_there_is_none(client: TestClient, stem_ids: list[str]) -> None:
    stem = client.patch(STEMS + stem_ids[1], json={"bpm": 0, "key": ""}).json()
    assert (stem["bpm"], stem["key"]) == (None, None)
    assert stem["facts"]["key"]["source"] == "user"


@pytest.mark.parametrize(
    "said",
    [
        {"bpm": 5}, {"bpm": "fast"}, {"key": "H#"}, {"category": "cowbell"}, {"user_rating": 6},
        {"user_rating": True}, {"is_loop": 1},
        {"name": ""}, {"name": "a\x00b"}, {"tags": [""]}, {"tags": ['"']}, {"colour": "red"},
        {"id": "x"}, {"tags": ["x"] * 33}, {"bpm": 120, "tempo": "halve"}, {"tempo": 2},
        {"tags": ["a"], "add_tags": ["b"]}, {"bpm": 19.9}, {"bpm": 1000},
    ],
)  # fmt: skip
def test_wrong_corrections_change_nothing(
    client: TestClient, stem_ids: list[str], said: dict[str, Any]
) -> None:
    before = client.get(STEMS + stem_ids[1]).json()
    assert_problem(client.patch(STEMS + stem_ids[1], json=said), 422, "validation_failed")
    assert client.get(STEMS + stem_ids[1]).json() == before


def test_a_body_that_is_no_json_is_refused(client: TestClient, stem_ids: list[str]) -> None:
    for body in (b"{", b"[]", b'{"name": "\\ud800"}', b'{"tags": ["\\udfff"]}', b"", b"\xff\xfe"):
        answer = client.patch(
            STEMS + stem_ids[0], content=body, headers={"content-type": "application/json"}
        )
        assert_problem(answer, 422, "validation_failed")
    answer = client.patch(
        STEMS + stem_ids[0], content=b'"\xff"', headers={"content-type": "application/json"}
    )
    assert_problem(answer, 400, "bad_request")


# --- removal -------------------------------------------------------------------------------


def test_a_removed_stem_is_gone_and_its_original_stays(
    client: TestClient, services: StandIns, stem_ids: list[str]
) -> None:
    settings = services.settings
    answer = client.delete(STEMS + stem_ids[0]).json()
    assert answer["originals_left"] == [SOUNDS[0].place]
    assert_problem(client.get(STEMS + stem_ids[0]), 404, "not_found")
    assert (settings.raw_path / SOUNDS[0].place).is_file()
    assert not (settings.stems_path / f"{stem_ids[0]}.wav").exists()
    (entry,) = client.get("/api/v1/quarantine").json()["items"]
    assert (entry["reason"], entry["moved"]) == ("removed", False)


def test_originals_move_to_the_quarantine_on_request(
    client: TestClient, services: StandIns, stem_ids: list[str]
) -> None:
    settings = services.settings
    answer = client.delete(STEMS + stem_ids[0], params={"originals": True}).json()
    assert answer["originals_moved"] == [SOUNDS[0].place]
    assert not (settings.raw_path / SOUNDS[0].place).exists()
    (entry,) = client.get("/api/v1/quarantine").json()["items"]
    assert entry["moved"] is True
    assert (settings.quarantine_path / entry["stored_as"]).is_file()


# --- sound ---------------------------------------------------------------------------------


def test_audio_is_the_standardised_copy(
    client: TestClient, services: StandIns, stem_ids: list[str]
) -> None:
    answer = client.get(f"{STEMS}{stem_ids[0]}/audio")
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.headers["accept-ranges"] == "bytes"
    assert "kick_01.wav" in answer.headers["content-disposition"]
    copy = services.settings.stems_path / f"{stem_ids[0]}.wav"
    assert answer.content == copy.read_bytes()
    samples, rate = soundfile.read(io.BytesIO(answer.content))
    assert (rate, samples.shape) == (48_000, (12_000, 2))


def test_a_copy_that_is_gone_is_said_to_be(
    client: TestClient, services: StandIns, stem_ids: list[str]
) -> None:
    (services.settings.stems_path / f"{stem_ids[0]}.wav").unlink()
    for path in ("audio", "waveform"):
        assert_problem(client.get(f"{STEMS}{stem_ids[0]}/{path}"), 404, "audio_missing")


def test_a_waveform_follows_the_sound(
    client: TestClient, services: StandIns, stem_ids: list[str]
) -> None:
    url = f"{STEMS}{stem_ids[2]}/waveform"
    wave = client.get(url, params={"points": 7}).json()
    assert wave["points"] == len(wave["minimum"]) == len(wave["maximum"]) == 7
    copy = services.settings.stems_path / f"{stem_ids[2]}.wav"
    samples, _ = soundfile.read(copy, dtype="float32")
    edges = [number * len(samples) // 7 for number in range(8)]
    for number in range(7):
        part = samples[edges[number] : edges[number + 1]]
        assert wave["maximum"][number] == pytest.approx(np.max(part), abs=1e-4)
        assert wave["minimum"][number] == pytest.approx(np.min(part), abs=1e-4)


def test_a_short_sound_has_no_more_points_than_samples(
    client: TestClient, stem_ids: list[str]
) -> None:
    wave = client.get(f"{STEMS}{stem_ids[3]}/waveform", params={"points": 10_000}).json()
    assert wave["points"] == 2_400
    assert_problem(
        client.get(f"{STEMS}{stem_ids[3]}/waveform", params={"points": 0}),
        422,
        "validation_failed",
    )


def test_a_removed_stem_is_taken_in_again_by_retry(
    client: TestClient, job_probe: JobProbe, stem_ids: list[str], tmp_path: Path
) -> None:
    client.delete(STEMS + stem_ids[0])
    (entry,) = client.get("/api/v1/quarantine").json()["items"]
    answer = client.post(f"/api/v1/quarantine/{entry['id']}/retry").json()
    assert answer["path"] == SOUNDS[0].place
    assert job_probe.ended(answer["job_id"])["status"] == "succeeded"
    assert client.get("/api/v1/quarantine").json()["items"] == []
