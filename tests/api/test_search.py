"""Ranges, cursors, likes, suggestions, facets and search by example over HTTP."""

import io
from typing import Any

import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient

from src.schemas.stem_filters import range_of
from tests.api.checks import assert_problem

SEARCH = "/api/v1/search/"
BY_SOUND = "/api/v1/search/by-sound"


def found(client: TestClient, **params: Any) -> list[str]:
    answer = client.get(SEARCH, params={"limit": 50, **params})
    assert answer.status_code == 200, answer.text
    return [hit["stem"]["id"] for hit in answer.json()["hits"]]


def sound(seconds: float = 0.5) -> bytes:
    rng = np.random.default_rng(0)
    buffer = io.BytesIO()
    noise = rng.standard_normal(int(48_000 * seconds)) * 0.1
    soundfile.write(buffer, noise.astype(np.float32), 48_000, format="WAV")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("120..130", (120, 130)), ("120..", (120, None)), ("..130", (None, 130)),
        ("128", (127.5, 128.5)), ("-20..-10", (-20, -10)), ("-12.5", (-13, -12)),
        (" 1 .. 2 ", (1, 2)), (None, (None, None)),
    ],
)  # fmt: skip
def test_ranges_are_read(text: str | None, limits: tuple[float | None, float | None]) -> None:
    assert range_of(text, around=0.5) == limits


@pytest.mark.parametrize("text", ["", "..", "a", "1..b", "2..1", "1 2", "1...2", "1e9", "nan"])
def test_what_is_no_range_is_refused(client: TestClient, text: str) -> None:
    with pytest.raises(ValueError, match="range"):
        range_of(text)
    assert_problem(client.get(SEARCH, params={"bpm": text}), 422, "validation_failed")


def test_ranges_filter(client: TestClient, stem_ids: list[str]) -> None:
    tempos = {stem["id"]: stem["bpm"] for stem in client.get("/api/v1/stems/").json()["items"]}
    loop = next(stem_id for stem_id, bpm in tempos.items() if bpm)
    assert loop in found(client, bpm=f"{tempos[loop] - 1}..{tempos[loop] + 1}")
    assert found(client, bpm=str(tempos[loop] + 30)) == []
    assert found(client, duration="500..") == []
    assert set(found(client, duration="..500")) == set(stem_ids)
    assert found(client, rating="1..") == []
    client.patch(f"/api/v1/stems/{loop}", json={"user_rating": 4})
    assert found(client, rating="4..") == [loop]
    assert found(client, rating="5") == []


def test_an_answer_tells_total_embedder_and_parts(client: TestClient, stem_ids: list[str]) -> None:
    answer = client.get(SEARCH, params={"prompt": "kick", "limit": 1}).json()
    assert answer["total"] == len(stem_ids)
    assert answer["embedder"] == "plain"
    assert answer["did_you_mean"] is None
    hit = answer["hits"][0]
    assert set(hit["parts"]) == {"sound", "words", "fit", "feedback"}
    assert hit["parts"]["words"] == hit["words"] > 0
    assert hit["duplicates"] == []


def test_typos_are_mended_and_told(client: TestClient, stem_ids: list[str]) -> None:
    answer = client.get(SEARCH, params={"prompt": "dark kcik"}).json()
    assert answer["did_you_mean"] == "dark kick"
    assert answer["prompt"] == "dark kcik"
    assert answer["hits"][0]["words"] > 0


def test_cursors_lead_through_all_hits_once(client: TestClient, stem_ids: list[str]) -> None:
    for wishes in ({"prompt": "kick"}, {}, {"like": stem_ids[0]}, {"spread": 0.5, "prompt": "x"}):
        whole = found(client, **wishes)
        seen: list[str] = []
        cursor: str | None = None
        for _ in range(len(stem_ids) + 1):
            requested = {**wishes, "limit": 1, **({"cursor": cursor} if cursor else {})}
            answer = client.get(SEARCH, params=requested).json()
            seen += [hit["stem"]["id"] for hit in answer["hits"]]
            cursor = answer["next_cursor"]
            if cursor is None:
                break
        assert seen == whole


def test_a_foreign_or_broken_cursor_is_refused(client: TestClient, stem_ids: list[str]) -> None:
    first = client.get(SEARCH, params={"prompt": "kick", "limit": 1}).json()["next_cursor"]
    other = client.get(SEARCH, params={"prompt": "bass", "limit": 1, "cursor": first})
    assert_problem(other, 422, "bad_cursor")
    for broken in ("nonsense", "%%%", "W10", first[:-3]):
        answer = client.get(SEARCH, params={"prompt": "kick", "cursor": broken})
        assert_problem(answer, 422, "bad_cursor")


def test_likes_leave_themselves_out(client: TestClient, stem_ids: list[str]) -> None:
    assert set(found(client, like=stem_ids[0])) == set(stem_ids[1:])
    assert set(found(client, unlike=[stem_ids[0], "dark"])) == set(stem_ids[1:])
    assert set(found(client, fits=stem_ids[0])) == set(stem_ids[1:])


@pytest.mark.parametrize("query", [{"like": "0123456789abcdef"}, {"fits": "nobody"},
                                   {"collection": "nowhere"}])  # fmt: skip
def test_what_is_not_there_is_named(
    client: TestClient, stem_ids: list[str], query: dict[str, str]
) -> None:
    assert_problem(client.get(SEARCH, params=query), 404, "not_found")


def test_collections_filter_search_list_and_facets(client: TestClient, stem_ids: list[str]) -> None:
    client.post("/api/v1/collections/favourites/stems", json={"add": stem_ids[:1]})
    assert found(client, collection="favourites") == stem_ids[:1]
    assert found(client, collection="favourites", prompt="anything") == stem_ids[:1]
    listed = client.get("/api/v1/stems/", params={"collection": "favourites"}).json()
    assert (listed["total"], listed["items"][0]["id"]) == (1, stem_ids[0])
    counted = client.get(f"{SEARCH}facets", params={"collection": "favourites"}).json()
    assert counted["total"] == 1
    missing = client.get("/api/v1/stems/", params={"collection": "nowhere"})
    assert_problem(missing, 404, "not_found")


def test_facets_count_what_passes_the_filters(client: TestClient, stem_ids: list[str]) -> None:
    reported = client.get(f"{SEARCH}facets").json()
    stems = client.get("/api/v1/stems/").json()["items"]
    assert reported["total"] == len(stems)
    for stem in stems:
        assert reported["category"][stem["category"]] >= 1
    assert sum(reported["is_loop"].values()) == len(stems)
    with_tempo = sum(stem["bpm"] is not None for stem in stems)
    assert sum(bar["count"] for bar in reported["bpm"]) == with_tempo
    assert all(bar["to"] - bar["from"] == 10 for bar in reported["bpm"])
    only = client.get(f"{SEARCH}facets", params={"category": "pad"}).json()
    assert only["category"] == {"pad": 1}


def test_suggestions_complete_what_is_typed(client: TestClient, stem_ids: list[str]) -> None:
    def suggested(typed: str) -> list[tuple[str, str]]:
        answer = client.get(f"{SEARCH}suggestions", params={"q": typed}).json()
        return [(one["text"], one["kind"]) for one in answer["suggestions"]]

    assert ("kick", "category") in suggested("ki")
    assert suggested("ki")[0] == ("kick", "category")
    assert suggested("dark ki")[0] == ("kick", "category")
    assert ("Techno 138 Am", "kit") in suggested("techno")
    assert suggested("") == []
    assert ("kick", "category") in suggested("kikc")
    assert suggested("qqqqqq") == []


def test_a_sound_finds_what_resembles_it(client: TestClient, stem_ids: list[str]) -> None:
    for aspect in ("overall", "timbre", "rhythm", "pitch"):
        answer = client.post(
            BY_SOUND, files={"file": ("x.wav", sound())}, params={"aspect": aspect, "limit": 50}
        )
        assert answer.status_code == 200, answer.text
        assert {hit["stem"]["id"] for hit in answer.json()["hits"]} == set(stem_ids)
    narrowed = client.post(
        BY_SOUND, files={"file": sound()}, data={"aspect": "timbre"}, params={"category": "pad"}
    )
    assert len(narrowed.json()["hits"]) == 1


def test_a_larger_example_than_other_bodies_is_taken(
    client: TestClient, stem_ids: list[str]
) -> None:
    long = sound(60.0)
    assert len(long) > 4_000_000
    assert client.post(BY_SOUND, files={"file": long}).status_code == 200


def test_what_is_no_sound_is_refused(client: TestClient, stem_ids: list[str]) -> None:
    silent = io.BytesIO()
    soundfile.write(silent, np.zeros(4800, np.float32), 48_000, format="WAV")
    for data in (b"", b"nonsense" * 50, silent.getvalue()):
        assert_problem(client.post(BY_SOUND, files={"file": data}), 422, "unreadable_audio")
    two = client.post(BY_SOUND, files=[("file", sound()), ("file", sound())])
    assert_problem(two, 422, "no_files")
    assert_problem(client.post(BY_SOUND, data={"aspect": "timbre"}), 422, "not_multipart")
    wrong = client.post(BY_SOUND, files={"file": sound()}, data={"aspect": "taste"})
    assert_problem(wrong, 422, "invalid_input")


def test_a_refused_example_does_not_tell_where_it_lay(client: TestClient) -> None:
    answer = client.post(BY_SOUND, files={"file": ("a.wav", b"RIFF" + b"x" * 500)})
    problem = assert_problem(answer, 422, "unreadable_audio")
    assert problem["detail"].startswith("the file is no sound")
    assert "/" not in problem["detail"]


def test_loops_are_found_by_chords_of_the_prompt_or_the_filter(
    client: TestClient, stem_ids: list[str]
) -> None:
    client.patch(f"/api/v1/stems/{stem_ids[1]}", json={"chords": "Am F C G"})
    for query in ({"prompt": "loops over F C G Am"}, {"chords": "C G"}):
        answer = client.get("/api/v1/search/", params=query).json()
        assert [hit["stem"]["id"] for hit in answer["hits"]] == [stem_ids[1]]
        assert answer["prompt"] == query.get("prompt", "")
        assert answer["chords"] == query.get("chords", "F C G Am")
    assert client.get("/api/v1/search/", params={"chords": "Em D"}).json()["hits"] == []
