"""Files from outside land in the kits folder, whole, safe, and once."""

import io
import threading
import zipfile
from pathlib import Path

import pytest

from src.core.config import Settings
from src.db.database import Database
from src.services.ingest.uploads import (
    UploadOutcome,
    UploadService,
    UploadTooLargeError,
    inner_parts,
)
from tests.db.stocked import SOUNDS, Sound, fresh_database, original_bytes, stock

KICK = original_bytes(Sound("kick"))
BASS = original_bytes(Sound("bass"))


@pytest.fixture
def database(settings: Settings) -> Database:
    return fresh_database(settings)


@pytest.fixture
def uploads(database: Database, settings: Settings) -> UploadService:
    return UploadService(database, settings)


def send(
    uploads: UploadService, files: dict[str, bytes], kit: str | None = None
) -> list[UploadOutcome]:
    with uploads.begin() as batch:
        for name, data in files.items():
            batch.start_file(name)
            for start in range(0, len(data), 7_000):
                batch.write(data[start : start + 7_000])
            batch.end_file()
        return batch.finish(kit)


def zipped(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def lying(settings: Settings) -> list[str]:
    root = settings.raw_path
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_files_land_in_the_kits_folder_with_their_bytes(
    uploads: UploadService, settings: Settings
) -> None:
    outcomes = send(uploads, {"kick.wav": KICK, "bass.WAV": BASS})
    assert [(item.status, item.path) for item in outcomes] == [
        ("accepted", "kick.wav"), ("accepted", "bass.WAV"),
    ]  # fmt: skip
    assert (settings.raw_path / "kick.wav").read_bytes() == KICK
    assert lying(settings) == ["bass.WAV", "kick.wav"]


def test_a_kit_is_a_folder(uploads: UploadService, settings: Settings) -> None:
    send(uploads, {"kick.wav": KICK, "Drums/bass.wav": BASS}, kit="My Kit - 128 - Am")
    assert lying(settings) == ["My Kit - 128 - Am/Drums/bass.wav", "My Kit - 128 - Am/kick.wav"]


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.wav",
        "/etc/evil.wav",
        "C:\\music\\evil.wav",
        "..\\..\\evil.wav",
        "a/../../../evil.wav",
        "\\\\server\\share\\evil.wav",
        "./../evil.wav",
    ],
)
@pytest.mark.parametrize("kit", [None, "../../etc", "/abs", "..", "a/b/../../../../c"])
def test_no_name_leaves_the_kits_folder(
    uploads: UploadService, settings: Settings, tmp_path: Path, name: str, kit: str | None
) -> None:
    (outcome,) = send(uploads, {name: KICK}, kit=kit)
    assert outcome.status == "accepted"
    (file,) = tmp_path.rglob("*.wav")
    assert file.is_relative_to(settings.raw_path)
    assert file.name == "evil.wav"
    assert ".." not in str(file)


@pytest.mark.parametrize(
    "name",
    ["kick'; DROP TABLE stems;--.wav", "line\nbreak.wav", "🥁 бочка.wav", "a" * 400 + ".wav",
     "con.wav", ".hidden.wav", "nul\x00byte.wav", "%2e%2e%2fkick.wav", " .wav"],
)  # fmt: skip
def test_strange_names_become_plain_ones(
    uploads: UploadService, settings: Settings, name: str
) -> None:
    (outcome,) = send(uploads, {name: KICK})
    assert outcome.status in ("accepted", "refused")
    for path in lying(settings):
        assert "\n" not in path
        assert "\x00" not in path
        assert not path.startswith(".")
        assert len(path.encode()) <= 255


def test_nothing_is_overwritten(uploads: UploadService, settings: Settings) -> None:
    send(uploads, {"kick.wav": KICK})
    (outcome,) = send(uploads, {"kick.wav": BASS})
    assert outcome.path == "kick (2).wav"
    assert (settings.raw_path / "kick.wav").read_bytes() == KICK
    assert (settings.raw_path / "kick (2).wav").read_bytes() == BASS


def test_the_same_file_again_is_known(uploads: UploadService, settings: Settings) -> None:
    send(uploads, {"kick.wav": KICK})
    (outcome,) = send(uploads, {"kick.wav": KICK})
    assert (outcome.status, outcome.path) == ("known", "kick.wav")
    assert lying(settings) == ["kick.wav"]


def test_content_of_the_library_is_known_whatever_its_name(
    uploads: UploadService, database: Database, settings: Settings
) -> None:
    ids = stock(database, settings)
    before = lying(settings)
    (outcome,) = send(uploads, {"another name.wav": original_bytes(SOUNDS[0])})
    assert (outcome.status, outcome.stem_id) == ("known", ids[0])
    assert outcome.path == SOUNDS[0].place
    assert lying(settings) == before


def test_known_content_still_joins_another_kit(
    uploads: UploadService, database: Database, settings: Settings
) -> None:
    stock(database, settings)
    data = original_bytes(SOUNDS[0])
    (joined,) = send(uploads, {"kick.wav": data}, kit="Second Kit")
    (same,) = send(uploads, {"kick.wav": data}, kit="Techno 138 Am")
    assert (joined.status, joined.path) == ("accepted", "Second Kit/kick.wav")
    assert (same.status, same.path) == ("known", SOUNDS[0].place)


def test_a_lost_original_comes_back_by_upload(
    uploads: UploadService, database: Database, settings: Settings
) -> None:
    stock(database, settings)
    (settings.raw_path / SOUNDS[0].place).unlink()
    (outcome,) = send(uploads, {"kick.wav": original_bytes(SOUNDS[0])})
    assert (outcome.status, outcome.path) == ("accepted", "kick.wav")


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [("notes.txt", b"hello", "unsupported_type"), ("empty.wav", b"", "empty"),
     ("kit.zip", b"no zip at all", "bad_archive"),
     ("kit.zip", zipped({"readme.txt": b"x"}), "no_audio"),
     ("kit.zip", zipped({"../../evil.wav": KICK}), "bad_archive"),
     ("kit.zip", zipped({"/etc/evil.wav": KICK}), "bad_archive")],
)  # fmt: skip
def test_what_is_no_sound_is_refused_with_its_reason(
    uploads: UploadService, settings: Settings, name: str, data: bytes, reason: str
) -> None:
    good, bad = send(uploads, {"good.wav": KICK, name: data})
    assert (bad.status, bad.reason) == ("refused", reason)
    assert bad.detail
    assert good.status == "accepted"
    assert lying(settings) == ["good.wav"]


def test_zips_unpack_to_no_more_than_an_upload_may_have(
    database: Database, settings: Settings
) -> None:
    small = settings.model_copy(update={"max_upload_mb": 1})
    half, bomb = bytes(600_000), zipped({"zero.wav": bytes(1_000_001)}, zipfile.ZIP_DEFLATED)
    outcomes = send(
        UploadService(database, small),
        {
            "bomb.zip": bomb,
            "a.zip": zipped({"a.wav": half}, zipfile.ZIP_DEFLATED),
            "b.zip": zipped({"b.wav": half}, zipfile.ZIP_DEFLATED),
        },
    )
    assert [outcome.reason for outcome in outcomes] == ["bad_archive", None, "bad_archive"]
    assert [file.name for file in small.raw_path.rglob("*.wav")] == ["a.wav"]


def test_a_zip_becomes_a_kit_of_its_name(uploads: UploadService, settings: Settings) -> None:
    outcomes = send(
        uploads, {"My Pack.zip": zipped({"kick.wav": KICK, "Bass/b.wav": BASS, "info.txt": b"x"})}
    )
    assert lying(settings) == ["My Pack/Bass/b.wav", "My Pack/kick.wav"]
    assert [(item.name, item.status) for item in outcomes] == [
        ("My Pack.zip/Bass/b.wav", "accepted"),
        ("My Pack.zip/kick.wav", "accepted"),
        ("My Pack.zip/info.txt", "refused"),
    ]


def test_a_zip_with_one_top_folder_keeps_it(uploads: UploadService, settings: Settings) -> None:
    send(uploads, {"download(3).zip": zipped({"Kit A/kick.wav": KICK, "Kit A/x/b.wav": BASS})})
    assert lying(settings) == ["Kit A/kick.wav", "Kit A/x/b.wav"]
    send(uploads, {"z.zip": zipped({"Kit A/kick.wav": KICK, "Kit A/x/b.wav": BASS})}, kit="Mine")
    assert lying(settings)[2:] == ["Mine/kick.wav", "Mine/x/b.wav"]


def test_too_many_bytes_stop_the_upload_and_leave_nothing(
    database: Database, settings: Settings
) -> None:
    small = settings.model_copy(update={"max_upload_mb": 1})
    with pytest.raises(UploadTooLargeError, match="1 MB"):
        send(UploadService(database, small), {"a.wav": KICK, "big.wav": bytes(1_000_000)})
    assert list(settings.raw_path.iterdir()) == []


def test_an_upload_that_breaks_leaves_nothing(uploads: UploadService, settings: Settings) -> None:
    with uploads.begin() as batch:
        batch.start_file("half.wav")
        batch.write(KICK[:100])
    assert list(settings.raw_path.iterdir()) == []


def test_many_uploads_of_one_name_at_once_all_survive(
    uploads: UploadService, settings: Settings
) -> None:
    sounds = [original_bytes(Sound(f"s{number}", seconds=0.01)) for number in range(6)]
    threads = [
        threading.Thread(target=send, args=(uploads, {"same.wav": data})) for data in sounds * 2
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = [(settings.raw_path / name).read_bytes() for name in lying(settings)]
    assert sorted(stored) == sorted(sounds)


def test_a_folder_that_is_a_file_is_no_crash(uploads: UploadService, settings: Settings) -> None:
    send(uploads, {"thing.wav": KICK})
    (outcome,) = send(uploads, {"b.wav": BASS}, kit="thing.wav")
    assert (outcome.status, outcome.reason) == ("refused", "name_taken")


def test_names_keep_their_folders_when_these_stay_inside() -> None:
    assert inner_parts("Kit A/Drums/kick.wav") == ("Kit A", "Drums", "kick.wav")
    assert inner_parts("../kick.wav") == ("kick.wav",)
    assert inner_parts("") == ("unnamed",)


def test_only_old_leftovers_are_cleared_away(uploads: UploadService, settings: Settings) -> None:
    import os

    old, new = settings.raw_path / ".incoming-old", settings.raw_path / ".incoming-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "0").write_bytes(b"x")
    os.utime(old, (1, 1))
    assert uploads.remove_stale() == 1
    assert new.is_dir()
    assert not old.exists()


def test_licences_and_readmes_lie_in_the_kit_afterwards(
    uploads: UploadService, settings: Settings
) -> None:
    texts = {
        "Pack/LICENSE.txt": b"CC BY 4.0",
        "Pack/_readme_and_license.txt": b"x",
        "Pack/a.pdf": b"x",
    }
    outcomes = send(uploads, {"pack.zip": zipped({"Pack/kick.wav": KICK, **texts})})
    assert lying(settings) == ["Pack/LICENSE.txt", "Pack/_readme_and_license.txt", "Pack/kick.wav"]
    assert [outcome.name for outcome in outcomes if outcome.status == "refused"] == [
        "pack.zip/Pack/a.pdf"
    ]
    only_words = send(uploads, {"words.zip": zipped({"LICENSE.txt": b"CC0"})})
    assert only_words[0].reason == "no_audio"


@pytest.mark.parametrize(
    ("members", "kit", "right"),
    [
        (("Samples/Loops/a.wav",), None, ["Dusk/Samples/Loops/a.wav"]),
        (("Loops/a.wav", "One Shots/b.wav"), None,
         ["Dusk/Loops/a.wav", "Dusk/One Shots/b.wav"]),
        (("Loops/a.wav", "Licence/Vendor.txt", "__MACOSX/Loops/._a.wav", "__MACOSX/._License.txt"),
         None, ["Dusk/Licence/Vendor.txt", "Dusk/Loops/a.wav"]),
        (("Night/a.wav", "License.pdf"), None, ["Dusk/License.pdf", "Dusk/Night/a.wav"]),
        (("Loops/a.wav",), "Mine", ["Mine/Loops/a.wav"]),
        (("Night/Loops/a.wav", "Night/LICENSE"), "Mine", ["Mine/LICENSE", "Mine/Loops/a.wav"]),
    ],
)  # fmt: skip
def test_folders_of_a_zip_keep_its_kit_and_its_licence(
    uploads: UploadService, settings: Settings, members: tuple[str, ...], kit: str | None,
    right: list[str],
) -> None:  # fmt: skip
    send(uploads, {"Dusk.zip": zipped({name: name.encode() for name in members})}, kit)
    assert lying(settings) == right


def test_a_zip_with_a_sorting_folder_on_top_keeps_its_name_as_the_kit(
    uploads: UploadService, settings: Settings
) -> None:
    send(uploads, {"Dusk 92 BPM Am.zip": zipped({"Loops/kick.wav": KICK, "Loops/b.wav": BASS})})
    assert lying(settings) == ["Dusk 92 BPM Am/Loops/b.wav", "Dusk 92 BPM Am/Loops/kick.wav"]
