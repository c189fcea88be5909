"""Data files are parsed once, and what is kept of them is never older than they are."""

import json
from pathlib import Path

import pytest

from src.core.errors import InvalidInputError
from src.core.yaml_files import read_yaml


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "__pycache__").glob("*"))


def test_what_is_kept_is_what_was_parsed_and_is_read_instead(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("kick: {en: [boom, thud], weight: 0.5}\n", encoding="utf-8")
    found = read_yaml(file)
    assert found == {"kick": {"en": ["boom", "thud"], "weight": 0.5}}
    (one,) = kept(tmp_path)
    one.write_text(json.dumps({"from": "what is kept"}), encoding="utf-8")
    assert read_yaml(file) == {"from": "what is kept"}


def test_a_changed_file_is_parsed_again_and_what_was_kept_goes(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("a: 1\n", encoding="utf-8")
    read_yaml(file)
    file.write_text("a: 2\n", encoding="utf-8")
    assert read_yaml(file) == {"a": 2}
    assert len(kept(tmp_path)) == 1


def test_damage_to_what_is_kept_does_no_harm(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("a: 1\n", encoding="utf-8")
    read_yaml(file)
    kept(tmp_path)[0].write_bytes(b"{half")
    assert read_yaml(file) == {"a": 1}


def test_what_json_can_not_say_is_parsed_each_time(tmp_path: Path) -> None:
    file = tmp_path / "numbers.yaml"
    file.write_text("808: bass\n", encoding="utf-8")
    assert read_yaml(file) == read_yaml(file) == {808: "bass"}
    assert kept(tmp_path) == []


def test_a_folder_that_takes_nothing_is_read_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "__pycache__").write_text("a file where the folder should be", encoding="utf-8")
    assert read_yaml(file) == {"a": 1}


def test_what_is_no_yaml_is_named(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("a: [", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"words\.yaml must be YAML"):
        read_yaml(file)
