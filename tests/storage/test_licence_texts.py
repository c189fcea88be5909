"""What licences and readmes say, as vendors and strangers write them."""

from pathlib import Path

import pytest

from src.storage.licence_texts import (
    is_licence_folder,
    is_licence_text,
    read_licence_text,
    reading_order,
)


def said(folder: Path, name: str, text: str | bytes) -> str | None:
    """What a text says of all sounds beside it."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_licence_text(path).of_all


@pytest.mark.parametrize(
    "name",
    [
        "LICENSE", "licence (2).txt", "License Agreement.rtf", "Licensing.html", "UNLICENSE",
        "Lizenz.txt", "Nutzungsbedingungen.txt", "EULA.txt", "legal.txt", "CC-BY 4.0", "cc0.txt",
        "Лицензия.txt", "Условия использования.txt", "ReadMe.TXT", "LIESMICH.txt",
        "Bitte lesen.txt", "LISEZMOI.txt", "Прочти меня.txt", "ЧИТАТЬ.TXT", "credits.md",
        "_readme_and_license.txt", "kick.wav.license", "Licence.pdf", "Licence/Vendor.txt",
    ],
)  # fmt: skip
def test_licences_and_readmes_are_known_by_their_names(name: str) -> None:
    assert is_licence_text(name)


@pytest.mark.parametrize(
    "name",
    [
        "notes.txt", "kick.wav", "Pattern notes.txt", "illegal.txt", "accent.txt", "readme.pdf",
        "._LICENSE.txt", "License.jpg", "Docs/notes.txt", "Bicycle.txt",
    ],
)  # fmt: skip
def test_other_files_are_none(name: str) -> None:
    assert not is_licence_text(name)


def test_folders_that_hold_licences_are_known() -> None:
    assert all(
        map(is_licence_folder, ("License", "_Docs", "Lizenzen", "LEGAL", "Лицензии", "Info"))
    )
    assert not any(map(is_licence_folder, ("Loops", "Legal Beats", "Doctor", "Informal")))


def test_licences_are_read_before_readmes_and_texts_before_documents() -> None:
    names = ["readme.txt", "License.pdf", "License.txt", "License of Loops.txt", "LICENSE.md"]
    assert sorted(names, key=reading_order) == [
        "License.txt", "License of Loops.txt", "LICENSE.md", "License.pdf", "readme.txt",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("EULA.txt", "END USER LICENSE AGREEMENT\n\nUse it royalty free.", "Use it royalty free."),
        ("license.txt", "Night Drive by Ada\n=====\nLicense: CC BY 4.0", "CC BY 4.0"),
        ("license.txt", "© 2020 Ada\nLicense: CC0", "CC0"),
        ("license.txt", "© 2020 Ada", "© 2020 Ada"),
        ("LICENSE", "Attribution 4.0 International\n\nCreative Commons Corporation is no",
         "Attribution 4.0 International"),
        ("COPYING", "     GNU GENERAL PUBLIC LICENSE\n        Version 3",
         "GNU GENERAL PUBLIC LICENSE"),
        ("README.md", "# Kit\n\nWords.\n\n## License\n\nMIT\n", "MIT"),
        ("README.md", "**License:** [CC BY 4.0](https://x.example/by)", "CC BY 4.0"),
        ("readme.txt", "Thanks for buying.\nHave fun.", None),
        ("LIESMICH.txt", "Viel Spaß!\nLizenz: CC BY-SA 3.0", "CC BY-SA 3.0"),
        ("readme.txt", "Распространяется по лицензии CC BY", "Распространяется по лицензии CC BY"),
        ("Лицензия.txt", "Лицензия — общественное достояние", "общественное достояние"),
        ("readme.txt", "License: https://creativecommons.org/licenses/by-nc/4.0/", "CC BY-NC 4.0"),
        ("readme.txt", "<http://creativecommons.org/publicdomain/zero/1.0/>", "CC0 1.0"),
        ("license.txt", "https://creativecommons.org/licenses/by-sa/3.0/de/legalcode",
         "CC BY-SA 3.0"),
        ("License Agreement.pdf", b"%PDF-1.4", "see License Agreement.pdf"),
    ],
)  # fmt: skip
def test_the_line_that_names_the_licence_counts(
    tmp_path: Path, name: str, text: str | bytes, right: str | None
) -> None:
    assert said(tmp_path, name, text) == right


@pytest.mark.parametrize(
    ("codec", "text", "right"),
    [
        ("cp1251", "Лицензионное соглашение\r\nМожно без отчислений", "Можно без отчислений"),
        ("koi8-r", "Лицензия: общественное достояние", "общественное достояние"),
        ("cp866", "Лицензия: общественное достояние", "общественное достояние"),
        ("cp1252", "Alle Klänge sind lizenzfrei", "Alle Klänge sind lizenzfrei"),
        ("cp1252", "The artist’s terms – free © 2020", "The artist’s terms – free © 2020"),
        ("cp932", "ドラム音源です。\r\nLicense: CC0", "CC0"),
        ("utf-16", "Für alles frei", "Für alles frei"),
        ("utf-8-sig", "License: CC0", "CC0"),
    ],
)
def test_texts_of_all_encodings_are_read(tmp_path: Path, codec: str, text: str, right: str) -> None:
    assert said(tmp_path, "license.txt", text.encode(codec)) == right


def test_pages_and_rich_texts_are_read_as_texts(tmp_path: Path) -> None:
    page = "<!DOCTYPE html><title>x</title><style>a{}</style><h1>License</h1><p>Royalty-free</p>"
    assert said(tmp_path, "license.html", page) == "Royalty-free"
    rich = (
        r"{\rtf1\ansi{\fonttbl\f0\fswiss Arial;}{\colortbl;\red0\green0;}\f0\fs24 Licence\par "
        r"F\'fcr alle lizenzfrei.\par}"
    )
    assert said(tmp_path, "License.rtf", rich) == "Für alle lizenzfrei."


def test_lists_tell_the_licence_of_each_sound(tmp_path: Path) -> None:
    path = tmp_path / "licenses.txt"
    path.write_text("kick.wav - CC0\nsnare one.aiff: CC BY 4.0 by Ada\n| hat.wav | CC BY 3.0 |\n")
    told = read_licence_text(path)
    assert [told.of(name) for name in ("Kick", "snare one", "hat", "tom")] == [
        "CC0", "CC BY 4.0 by Ada", "CC BY 3.0", None,
    ]  # fmt: skip
    assert told.of_all is None


def test_a_sound_of_freesound_that_was_renamed_is_known_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "_readme_and_license.txt"
    path.write_text(
        "  * 22__ada__b.aiff\n    * license: https://creativecommons.org/licenses/by/4.0/\n"
        "  * 23__ada__c.wav\n    * license: Creative Commons 0\n"
    )
    told = read_licence_text(path)
    assert told.of("22__ada__better name") == "CC BY 4.0"
    assert told.of("23__ada__c (2)") == "Creative Commons 0"
    assert told.of("24__ada__c") is None


def test_where_all_listed_sounds_have_one_licence_it_is_that_of_the_pack(tmp_path: Path) -> None:
    path = tmp_path / "_readme_and_license.txt"
    path.write_text("  * 22__ada__b.aiff\n    * license: CC0\n")
    assert read_licence_text(path).of_all == "CC0"


def test_a_file_beside_a_sound_states_its_licence_alone(tmp_path: Path) -> None:
    path = tmp_path / "Kick 1.wav.license"
    path.write_text("SPDX-FileCopyrightText: 2020 Ada\nSPDX-License-Identifier: CC-BY-4.0\n")
    told = read_licence_text(path)
    assert (told.of("kick 1"), told.of("snare"), told.of_all) == ("CC-BY-4.0", None, None)
