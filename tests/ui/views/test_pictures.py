"""Pictures as SVG."""

import base64
from xml.etree import ElementTree

from src.ui.views.pictures import bars_picture, data_uri, logo, plan_picture

SVG = "{http://www.w3.org/2000/svg}"


def section(name: str, bars: int, *roles: str, energy: float = 0.5, muted: tuple[str, ...] = ()):
    queries = [{"category": role, "count": 1} for role in roles]
    return {"section": name, "bars": bars, "stem_queries": queries, "energy": energy,
            "muted": list(muted)}  # fmt: skip


PLAN = {
    "structure": [
        section("Intro", 4, "kick"),
        section("A & B <drop>", 12, "bass", "kick", energy=1.0, muted=("bass",)),
    ]
}


def rects(svg: str) -> list[dict[str, str]]:
    return [one.attrib for one in ElementTree.fromstring(svg).iter(f"{SVG}rect")]


def texts_in(svg: str) -> list[str | None]:
    return [one.text for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_sections_take_the_room_of_their_bars() -> None:
    heads = rects(plan_picture(PLAN, energy_label="energy", labels={}))[:2]
    assert float(heads[0]["width"]) + 2 == 250
    assert float(heads[1]["width"]) + 2 == 750


def test_names_stand_as_they_are_and_labels_replace_categories() -> None:
    said = texts_in(plan_picture(PLAN, energy_label="Energie", labels={"kick": "Kick!"}))
    assert "A & B <drop>" in said
    assert "Kick!" in said
    assert "Energie" in said
    assert "bass" in said
    assert [one for one in said if one in ("1", "5")] == ["1", "5"], "first bar of each section"


def test_a_role_is_drawn_where_it_plays_and_faint_where_it_is_muted() -> None:
    rows = rects(plan_picture(PLAN, energy_label="e", labels={}))[2:]
    assert len(rows) == 3
    assert [row["fill-opacity"] for row in rows] == ["0.9", "0.9", "0.2"]


def test_a_role_is_drawn_from_its_entry_to_its_exit() -> None:
    timed = section("Drop", 16, "bass")
    timed["stem_queries"][0] |= {"enters_bar": 5, "exits_bar": 13}
    (_, bar) = rects(plan_picture({"structure": [timed]}, energy_label="", labels={}))
    head = rects(plan_picture({"structure": [timed]}, energy_label="", labels={}))[0]
    assert float(bar["x"]) - float(head["x"]) == 250
    assert float(bar["width"]) + 2 == 500


def test_energy_goes_up() -> None:
    root = ElementTree.fromstring(plan_picture(PLAN, energy_label="e", labels={}))
    line = next(root.iter(f"{SVG}polyline"))
    heights = [float(point.split(",")[1]) for point in line.attrib["points"].split()]
    assert heights[0] == heights[1] > heights[2] == heights[3]


def test_bars_are_as_long_as_their_counts_and_empty_counts_draw_nothing() -> None:
    bars = rects(bars_picture({"kick": 10, "bass": 5, "<x>": 0}, {"bass": "#123456"}))
    widths = [float(bar["width"]) for bar in bars]
    assert widths[0] == 2 * widths[1]
    assert widths[2] == 0
    assert bars[1]["fill"] == "#123456"
    assert rects(bars_picture({})) == []


def test_an_image_can_have_it_as_its_address() -> None:
    uri = data_uri(logo())
    kind, _, content = uri.partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert "Traum-Engine" in texts_in(base64.b64decode(content).decode())
    assert texts_in(logo(with_name=False)) == []
