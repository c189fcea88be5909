import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.music.export.arrangement_picture import arrangement_svg
from tests.music.made_scores import made_score

SVG = "{http://www.w3.org/2000/svg}"
TITLE = 'Dark & <loud> "night"'


def drawn(peaks: list[float] | None = None, **changes) -> ElementTree.Element:
    text = arrangement_svg(made_score(**changes), title=TITLE, peaks=peaks or [])
    return ElementTree.fromstring(text)


def texts(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


def test_it_names_title_tempo_key_sections_and_roles():
    said = texts(drawn())
    assert TITLE in said
    assert "133 BPM · F#m · 8 bars · 0:15" in said
    assert {"Intro", "Драйв & <Drop>", "kick", "hihat", "bass", "synth", "fx"} <= set(said)


def test_sections_lie_in_proportion_to_their_beats():
    rects = [rect for rect in drawn(tail_s=0.0).iter(f"{SVG}rect") if "fill-opacity" in rect.attrib]
    first, second = rects[0], rects[1]
    assert float(first.attrib["x"]) == 120.0
    assert float(second.attrib["x"]) == pytest.approx((120 + 1184) / 2, abs=0.1)
    assert float(second.attrib["fill-opacity"]) > float(first.attrib["fill-opacity"])


def test_a_clip_is_a_bar_from_its_start_to_its_end():
    root = drawn(tail_s=0.0)
    bars = [rect for rect in root.iter(f"{SVG}rect") if rect.attrib.get("rx") == "2"]
    beat = (1184 - 120) / 32
    riser = bars[-1]
    assert float(riser.attrib["x"]) == pytest.approx(120 + 8 * beat, abs=0.1)
    assert float(riser.attrib["width"]) == pytest.approx(8 * beat, abs=0.1)
    assert len(bars) == 2, "clips that follow each other are one bar"


def test_every_note_is_a_tick():
    paths = [path.attrib["d"] for path in drawn().iter(f"{SVG}path")]
    assert max(len(re.findall("M", path)) for path in paths) == 32


def test_energy_is_higher_where_the_section_has_more():
    (line,) = drawn().iter(f"{SVG}polyline")
    ys = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
    assert ys[0] == ys[1] > ys[2] == ys[3]


def test_the_waveform_is_as_high_as_the_sound():
    (wave,) = drawn([0.0, 1.0, 0.5]).iter(f"{SVG}polygon")
    points = [tuple(map(float, point.split(","))) for point in wave.attrib["points"].split()]
    heights = [points[-1 - number][1] - points[number][1] for number in range(3)]
    assert heights[1] == pytest.approx(2 * heights[2])
    assert heights[0] == 0.0


def test_a_fade_falls_over_its_seconds_and_a_usual_tail_is_not_drawn():
    faded = [text for text in texts(drawn(tail_s=0.0, fade_out_s=4.0)) if text.startswith("fade")]
    assert faded == ["fade 4 s"]
    assert not [text for text in texts(drawn()) if text.startswith("fade")]


def test_without_peaks_there_is_no_waveform():
    assert not list(drawn().iter(f"{SVG}polygon"))


@given(st.text(max_size=40))
def test_any_name_gives_a_picture_that_can_be_read(title):
    ElementTree.fromstring(arrangement_svg(made_score(), title=title, peaks=[0.5]).encode())
