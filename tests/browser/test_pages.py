"""Each page's main path, in a real browser against the real engine."""

import re
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from playwright.sync_api import Locator, Page, expect

from src.storage.encode import write_wav
from tests.browser.conftest import Opener
from tests.browser.studio import Studio
from tests.browser.waiting import PATIENCE_MS, ask, expect_done, let_jobs_end, tell

HEARD = """async (audio) => {
  const answer = await fetch(audio.src, {headers: {Range: "bytes=0-1023"}});
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return {status: answer.status, length: bytes.length,
          type: answer.headers.get("content-type"),
          head: String.fromCharCode(...bytes.slice(0, 4)),
          range: answer.headers.get("content-range")};
}"""


def assert_is_heard(audio: Locator) -> None:
    answer = audio.evaluate(HEARD)
    assert answer["status"] == 206, answer
    assert (answer["length"], answer["head"], answer["type"]) == (1024, "RIFF", "audio/wav")
    assert answer["range"].startswith("bytes 0-1023/")


def assert_plays(page: Page, player: Locator) -> None:
    player.get_by_role("button").first.click()
    audio = player.locator("audio").element_handle()
    page.wait_for_function("audio => audio.currentTime > 0.03 || audio.ended", arg=audio)


def tone(seconds: float, hz: float) -> np.ndarray:
    time = np.arange(round(48_000 * seconds)) / 48_000
    sound = 0.5 * np.sin(2 * np.pi * hz * time) * np.exp(-3 * time)
    return np.stack([sound, sound]).astype(np.float32)


def test_uploaded_wavs_are_accepted_analysed_and_found(
    studio: Studio, opened: Opener, tmp_path: Path
) -> None:
    write_wav(tmp_path / "Glass_Bell_C.wav", tone(1.0, 1046.5))
    write_wav(tmp_path / "Wooden_Knock.wav", tone(0.2, 180.0))
    (tmp_path / "hollow.wav").write_bytes(b"")
    page = opened(studio.url)
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(
        sorted(tmp_path.glob("*.wav"))
    )
    page.get_by_role("textbox", name="Kit (optional)").fill("Browser Kit")
    page.get_by_role("textbox", name="Kit (optional)").press("Tab")
    page.get_by_role("button", name="Upload 3").click()
    expect(page.get_by_text("2 accepted, 0 known already, 1 refused")).to_be_visible()
    expect(page.get_by_text("the file is empty").first).to_be_visible()
    expect_done(studio, page, "Analysis")
    lies = studio.home / "raw_construction_kits" / "Browser Kit"
    assert sorted(file.name for file in lies.iterdir()) == ["Glass_Bell_C.wav", "Wooden_Knock.wav"]
    found = ask(studio, "/api/v1/stems/", q="Glass_Bell")
    assert [stem["kit"] for stem in found["items"]] == ["Browser Kit"]
    page.reload()
    expect(page.get_by_text("Analysis: done")).to_be_visible()


def test_a_zip_becomes_a_kit_of_its_name(studio: Studio, opened: Opener, tmp_path: Path) -> None:
    write_wav(tmp_path / "Zipped_Hit.wav", tone(0.3, 300.0))
    with zipfile.ZipFile(tmp_path / "Zip Kit 120.zip", "w") as archive:
        archive.write(tmp_path / "Zipped_Hit.wav", "Zipped_Hit.wav")
        archive.writestr("notes.exe", b"no sound")
    page = opened(f"{studio.url}/?way=zip")
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(
        tmp_path / "Zip Kit 120.zip"
    )
    page.get_by_text("Analyse at once").click()
    page.get_by_role("button", name="Upload 1").click()
    expect(page.get_by_text("1 accepted")).to_be_visible()
    assert list((studio.home / "raw_construction_kits").rglob("Zip*Kit*120/**/Zipped_Hit.wav"))


def test_hits_of_a_search_are_explained_and_heard(studio: Studio, opened: Opener) -> None:
    page = opened(f"{studio.url}/search")
    box = page.get_by_label("How should it sound?")
    box.fill("dark industrial kick")
    box.press("Enter")
    first = page.get_by_role("group", name="Kick").first
    expect(first).to_be_visible()
    expect(page.get_by_text("Found because").first).to_be_visible()
    assert_is_heard(first.locator("audio"))
    assert_plays(page, first)
    expect(first.locator("path.te-wave").first).to_have_attribute("d", re.compile(r"^M0 \d"))


def test_a_search_survives_a_reload(studio: Studio, opened: Opener) -> None:
    page = opened(f"{studio.url}/search?q=warm+bass&category=bass")
    told = ask(studio, "/api/v1/search/", prompt="warm bass", category="bass", limit=8)
    names = [hit["stem"]["name"] for hit in told["hits"]]
    expect(page.locator(".te-player")).to_have_count(len(names))
    for place, name in enumerate(names):
        expect(page.locator(".te-player").nth(place)).to_have_attribute("aria-label", name)
    page.reload()
    expect(page.get_by_label("How should it sound?")).to_have_value("warm bass")
    expect(page.get_by_role("group", name=names[0])).to_be_visible()


def test_a_sound_is_rated_corrected_and_leads_to_others(studio: Studio, opened: Opener) -> None:
    page = opened(f"{studio.url}/search?q=rolling+bass&category=bass")
    name = page.locator(".te-player").first.get_attribute("aria-label") or ""
    stem = ask(studio, "/api/v1/stems/", q=name)["items"][0]
    page.get_by_role("button", name="Correct").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Tags").fill("acid, browser")
    dialog.get_by_role("spinbutton", name="Tempo (BPM)").fill("139")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("#acid #browser").first).to_be_visible()
    page.get_by_test_id("stFeedback").first.get_by_role("radio").nth(3).click()
    expect(page.get_by_text("Rating saved")).to_be_visible()
    told = ask(studio, f"/api/v1/stems/{stem['id']}")
    assert (told["bpm"], list(told["tags"])) == (139.0, ["acid", "browser"])
    assert told["user_rating"] == 4
    page.goto(f"{studio.url}/search?q={name}")  # what is rated may have moved up
    expect(page.locator(".te-player").first).to_have_attribute("aria-label", name)
    page.get_by_role("button", name="Similar").first.click()
    expect(page.get_by_text(f"Sounds like {name}")).to_be_visible()
    expect(page.locator(".te-player").first).to_be_visible()
    page.wait_for_url(f"**like={stem['id']}**")
    page.get_by_role("button", name="Goes with").first.click()
    expect(page.get_by_text("What goes with")).to_be_visible()
    assert_is_heard(page.locator(".te-player").first.locator("audio"))


def test_a_sound_of_ones_own_finds_those_like_it(
    studio: Studio, opened: Opener, tmp_path: Path
) -> None:
    write_wav(tmp_path / "thump.wav", tone(0.4, 55.0))
    page = opened(f"{studio.url}/search")
    page.get_by_text("Search by a sound of yours").click()
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(
        tmp_path / "thump.wav"
    )
    expect(page.get_by_text("Found because").first).to_be_visible()
    assert_is_heard(page.locator(".te-player audio").first)


def test_a_collection_is_made_of_a_hit(studio: Studio, opened: Opener) -> None:
    page = opened(f"{studio.url}/search?q=pad&category=pad")
    page.get_by_role("button", name="Add to").first.click()
    page.get_by_text("New collection").click()
    page.get_by_role("dialog").get_by_role("textbox", name="Name").fill("Clouds")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    made = {one["name"]: one["stems"] for one in ask(studio, "/api/v1/collections")["items"]}
    assert made["Clouds"] == 1
    page.goto(f"{studio.url}/library?view=collections")
    expect(page.get_by_text("Clouds")).to_be_visible()


def test_a_sentence_becomes_a_plan_a_track_and_a_revision(studio: Studio, opened: Opener) -> None:
    page = opened(f"{studio.url}/generate")
    page.get_by_label("What should it be?").fill("driving industrial techno 138 bpm, 16 bars")
    page.get_by_role("button", name="Show the plan").click()
    expect(page.get_by_role("img", name="Plan of the track")).to_be_visible()
    page.wait_for_url("**seed=**")
    page.get_by_role("button", name="Make the track").click()
    player = page.get_by_role("group", name="driving industrial techno")
    expect(player).to_be_visible()
    page.wait_for_url("**track=**")
    assert_is_heard(player.locator("audio"))
    expect(player.locator("path.te-wave").first).to_have_attribute("d", re.compile(r"^M0 \d"))
    first = ask(studio, "/api/v1/tracks")["items"][0]
    plan = ask(studio, f"/api/v1/tracks/{first['id']}/plan")
    sections = [section["section"] for section in plan["structure"]]
    expect(player.locator(".te-mark")).to_have_text(sections, use_inner_text=True)
    _revise(page, plan)
    newest = ask(studio, "/api/v1/tracks")["items"][0]
    assert newest["parent_id"] == first["id"]
    page.get_by_role("radio", name="A/B").or_(page.get_by_role("button", name="A/B")).click()
    versions = page.get_by_role("radiogroup", name="Version").get_by_role("radio")
    expect(versions).to_have_count(2)
    sources = page.get_by_role("group", name="A/B").locator("audio")
    before = sources.get_attribute("src") or ""
    versions.nth(1).click()
    expect(sources).not_to_have_attribute("src", before)
    assert_is_heard(sources)


def _revise(page: Page, plan: dict[str, Any]) -> None:
    page.get_by_role("button", name="Swap").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Take this one").first.click()
    expect(page.get_by_text("Another sound:")).to_be_visible()
    page.get_by_role("button", name="Mute", exact=False).nth(1).click()
    expect(page.get_by_text("Mute:")).to_be_visible()
    page.get_by_text("Lock", exact=True).nth(2).click()
    section = plan["structure"][-1]["section"]
    page.get_by_role("button", name=section, exact=True).last.click()
    expect(page.get_by_text("Play anew:")).to_be_visible()
    page.wait_for_url("**edits=**")
    page.wait_for_url("**locked=**")
    old = re.search(r"track=([\w-]+)", page.url)
    assert old is not None
    page.get_by_role("button", name="Make the revision").click()
    page.wait_for_function(
        "old => location.search.includes('track=') && !location.search.includes(old)",
        arg=old.group(1),
    )
    expect(page.get_by_text("No changes yet.")).to_be_visible()


def test_exports_are_made_and_downloaded(studio: Studio, opened: Opener) -> None:
    made = tell(studio, "/generate-track", {"prompt": "deep house, 8 bars", "seed": 3})
    page = opened(f"{studio.url}/tracks?track={made['track_id']}&tab=download")
    for name in ("Credits", "MIDI"):
        page.get_by_role("button", name=name).click()
    page.get_by_role("button", name="Export", exact=True).click()
    expect_done(studio, page, "Export")
    link = page.get_by_role("link", name=".mid")
    with page.expect_download() as download:
        link.click()
    assert download.value.path().read_bytes()[:4] == b"MThd"
    with page.expect_download() as download:
        page.get_by_role("link", name="Master").click()
    assert download.value.path().read_bytes()[:4] == b"RIFF"


def drawn(page: Page) -> None:
    """Wait until the page is drawn: a click on what is about to be replaced meets nothing."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def press_until_gone(page: Page, name: str) -> None:
    """Press a button as people do: again, where the page was being redrawn under the pointer."""
    button = page.get_by_role("button", name=name)
    for _ in range(10):
        button.click()
        with suppress(AssertionError):
            expect(button).to_have_count(0, timeout=PATIENCE_MS / 10)
            return
    expect(button).to_have_count(0)


def test_many_sounds_are_corrected_at_once_and_back(studio: Studio, opened: Opener) -> None:
    page = opened(f"{studio.url}/library?q=NTE_Kick")
    count = ask(studio, "/api/v1/stems/", q="NTE_Kick")["total"]
    assert count >= 2
    page.get_by_text(f"All {count} that the filters leave").click()
    page.get_by_role("button", name=f"Correct {count}").click()
    page.get_by_role("textbox", name="Add tags").fill("all of them")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"{count} sounds were changed.")).to_be_visible()
    assert ask(studio, "/api/v1/stems/", tag="all of them")["total"] == count
    drawn(page)
    press_until_gone(page, "Undo")
    assert ask(studio, "/api/v1/stems/", tag="all of them")["total"] == 0


def test_the_library_shows_kits_statistics_and_what_was_refused(
    studio: Studio, opened: Opener
) -> None:
    raw = studio.home / "raw_construction_kits" / "Broken Kit"
    raw.mkdir(exist_ok=True)
    (raw / "noise.wav").write_bytes(b"this is no sound at all")
    tell(studio, "/preprocess")
    let_jobs_end(studio)
    page = opened(f"{studio.url}/library?view=quarantine")
    expect(page.get_by_text("noise.wav").first).to_be_visible()
    write_wav(raw / "noise2.wav", tone(0.2, 90.0))
    page.get_by_role("button", name="Try again").first.click()
    expect_done(studio, page, "Analysis")
    page.get_by_role("button", name="Delete for good").first.click()
    expect(page.get_by_text("Nothing was refused.")).to_be_visible()
    page.goto(f"{studio.url}/library?view=kits")
    expect(page.get_by_text("NTE_Techno_Kit_138_Am")).to_be_visible()
    page.goto(f"{studio.url}/library?view=statistics")
    total = ask(studio, "/readyz")["library"]["stems"]
    expect(page.get_by_test_id("stMetricValue").first).to_have_text(str(total))


def test_a_kit_is_opened_and_a_track_is_made_of_it_alone(studio: Studio, opened: Opener) -> None:
    kit = next(one for one in ask(studio, "/api/v1/kits")["items"] if "House" in one["name"])
    page = opened(f"{studio.url}/library?view=kits")
    row = page.get_by_test_id("stHorizontalBlock").filter(has_text=kit["name"]).last
    row.get_by_role("button", name="Open").click()
    expect(page.get_by_text(f"All {kit['stems']} that the filters leave")).to_be_visible()
    page.goto(f"{studio.url}/library?view=kits")
    row.get_by_role("button", name="Track of this").click()
    page.get_by_label("What should it be?").fill("deep house, 8 bars, only of my kit")
    page.get_by_role("button", name="Make the track").click()
    expect(page.get_by_role("group", name="deep house, 8 bars, only of my kit")).to_be_visible()
    made = ask(studio, "/api/v1/tracks")["items"][0]
    played = ask(studio, f"/api/v1/tracks/{made['id']}")["report"]["stems"]
    assert {stem["kit"] for stem in played} <= {kit["name"], None}, "or made by ourselves"
    assert any(stem["kit"] == kit["name"] for stem in played)


def test_a_point_of_the_map_plays(studio: Studio, opened: Opener) -> None:
    page = opened(f"{studio.url}/library?view=map")
    sounds = page.locator(".te-map")
    total = ask(studio, "/readyz")["library"]["vectors"]
    expect(sounds).to_have_attribute("data-points", str(total))
    sounds.focus()
    page.keyboard.press("ArrowRight")
    expect(sounds).to_have_attribute("data-played", re.compile(r"\w+"))
    assert_is_heard(sounds.locator("audio"))
    expect(page.get_by_role("button", name="Similar")).to_be_visible()


def test_tracks_are_listed_and_deleted(studio: Studio, opened: Opener) -> None:
    made = tell(studio, "/generate-track", {"prompt": "throwaway ambient, 8 bars", "seed": 1})
    page = opened(f"{studio.url}/tracks")
    assert_is_heard(page.get_by_role("group", name="throwaway").locator("audio"))
    page.get_by_role("button", name="Delete").first.click()
    page.get_by_role("button", name="Delete this track").click()
    expect(page.get_by_role("group", name="throwaway")).to_have_count(0)
    gone = httpx.get(f"{studio.api_url}/api/v1/tracks/{made['track_id']}")
    assert gone.status_code == 404


def test_jobs_are_watched_stopped_and_tried_again(studio: Studio, opened: Opener) -> None:
    body = {"prompt": "techno, 20 minutes", "seed": 2}  # longer than any page takes to load
    job = tell(studio, "/generate-track", body, wait=False)
    page = opened(f"{studio.url}/jobs")
    page.get_by_role("button", name="Cancel", exact=True).first.click()
    page.get_by_role("button", name="Try again").first.click()
    assert ask(studio, f"/api/v1/jobs/{job['id']}")["status"] == "cancelled"
    expect(page.get_by_role("button", name="Cancel", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Cancel", exact=True).first.click()
    expect(page.get_by_role("button", name="Cancel", exact=True)).to_have_count(0)
    page.get_by_text("Details").nth(1).click()
    expect(page.get_by_text("Asked for").first).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"INFO job .* \(generate\) cancelled")).first
    ).to_be_visible()


def test_the_system_page_tells_models_storage_and_settings(studio: Studio, opened: Opener) -> None:
    page = opened(f"{studio.url}/system")
    expect(page.get_by_text("The engine works")).to_be_visible()
    expect(page.get_by_text("Construction kits")).to_be_visible()
    expect(page.get_by_text("free on the disk")).to_be_visible()


def test_german_browsers_are_spoken_to_in_german_and_the_switch_is_kept(
    studio: Studio, opened: Opener
) -> None:
    page = opened(f"{studio.url}/search", locale="de-DE")
    expect(page.get_by_role("heading", name="Klänge suchen")).to_be_visible()
    page.get_by_label("Wie soll es klingen?").fill("düsterer Kick")
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_text("Gefunden, weil").first).to_be_visible()
    page.get_by_role("radio", name="English").or_(page.get_by_text("English")).first.click()
    expect(page.get_by_role("heading", name="Search sounds")).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="Search sounds")).to_be_visible()
    page.get_by_role("link", name="Tracks").click()
    expect(page.get_by_role("heading", name="Tracks")).to_be_visible()
