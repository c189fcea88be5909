from pathlib import Path
from xml.etree import ElementTree

from benchmarks.analysis_pictures import (
    CONFUSION,
    RELIABILITY,
    confusion_picture,
    reliability_picture,
    write_pictures,
)
from benchmarks.svg import Picture, shade
from tests.benchmarks.answers import answer, label

SVG = "{http://www.w3.org/2000/svg}"


def _words(text: str) -> list[str]:
    return [part.text or "" for part in ElementTree.fromstring(text).iter(f"{SVG}text")]


def _tips(text: str) -> list[str]:
    return [part.text or "" for part in ElementTree.fromstring(text).iter(f"{SVG}title")]


def test_confusions_are_counted_row_by_row() -> None:
    kick = label(category="kick")
    heard = [answer(kick, category=name) for name in ("kick", "kick", "tom")]
    text = confusion_picture([*heard, answer(label(category="chord"), category="pad")], "x").text()
    assert "kick heard as kick: 2 of 3" in _tips(text)
    assert "kick heard as tom: 1 of 3" in _tips(text)
    assert "chord heard as pad: 1 of 1" in _tips(text)
    assert {"kick (3)", "chord (1)"} <= set(_words(text))
    assert any("4 sounds, 75 % right" in words for words in _words(text))


def test_reliability_shows_each_bin_with_its_count() -> None:
    loop = label(is_loop="1", bpm="120")
    right = [answer(loop, bpm=120.0, confidence=0.95)] * 3
    text = reliability_picture([*right, answer(loop, bpm=60.0, confidence=0.95)], "x").text()
    assert "confidence 0.95, right 0.75, 4 answers" in _tips(text)
    assert any("calibration error 0.200" in words for words in _words(text))
    assert any("key of loops (exact): no answers" in words for words in _words(text))


def test_pictures_without_any_answer_are_still_pictures(tmp_path: Path) -> None:
    write_pictures([], tmp_path / "new", hidden=True, held_out=True)
    for name in (CONFUSION, RELIABILITY):
        root = ElementTree.parse(tmp_path / "new" / name).getroot()
        assert root.tag == f"{SVG}svg"
        assert root.find(f"{SVG}rect") is not None


def test_words_are_escaped_and_the_ground_is_light() -> None:
    picture = Picture(10, 10, "a < b")
    picture.words((1, 2), "R&B <loop>")
    assert "R&amp;B &lt;loop&gt;" in picture.text()
    assert 'fill="#ffffff"' in picture.text()
    assert _words(picture.text()) == ["R&B <loop>"]


def test_shades_darken_with_the_share() -> None:
    def light(share: float) -> int:
        return sum(int(shade(share)[place : place + 2], 16) for place in (1, 3, 5))

    assert light(0.0) > light(0.3) > light(1.0)
    assert shade(-1.0) == shade(0.0)
