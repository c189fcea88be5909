"""A folder is a kit."""

import unicodedata

import pytest

from src.services.ingest.kits import kit_path, kit_row


@pytest.mark.parametrize(
    ("place", "kit"),
    [
        ("kick.wav", None),
        ("Dark Kit/kick.wav", "Dark Kit"),
        ("Kit 01 - 128 - Am/Drums/kick.wav", "Kit 01 - 128 - Am"),
        ("Label/Kit 02/Loops/Bass Loops/a.wav", "Label/Kit 02"),
        ("Drums/kick.wav", "Drums"),
        ("Night Drive/Samples/Drums/One Shots/WAV 24bit/Kicks/kick.wav", "Night Drive"),
        ("Nachtfahrt/Bässe & Flächen/a.wav", "Nachtfahrt"),
        ("Ночь/Барабаны/Петли/a.wav", "Ночь"),
        (unicodedata.normalize("NFD", "Nachtfahrt/Bässe/a.wav"), "Nachtfahrt"),
        ("/home/me/Music/Samples/Drums/Kicks/kick.wav", "/home/me/Music/Samples/Drums/Kicks"),
        ("Kicks/One Shots/kick.wav", "Kicks/One Shots"),
        ("/home/me/Packs/Night Drive/hit.wav", "/home/me/Packs/Night Drive"),
    ],
)
def test_the_kit_is_the_nearest_folder_with_a_name_of_its_own(place: str, kit: str | None) -> None:
    assert kit_path(place) == kit


def test_a_kits_name_gives_its_tempo_and_key() -> None:
    row = kit_row("Label/Construction Kit 01 - 128 - Am")
    assert (row["name"], row["bpm_hint"], row["key_hint"]) == (
        "Construction Kit 01 - 128 - Am", 128.0, "Am",
    )  # fmt: skip


def test_the_same_folder_is_the_same_kit_in_every_run() -> None:
    assert kit_row("A")["id"] == kit_row("A")["id"]
    assert kit_row("A")["id"] != kit_row("B")["id"]
