from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from src.music.export.daw_session import SessionMarker
from src.storage.daw.dawproject import metadata_xml, project_xml
from tests.storage.dawproject_rules import complaints, metadata_complaints
from tests.storage.made_sessions import BPM, PASS, RATE, made_session


@pytest.fixture(scope="module")
def project() -> Element:
    return ElementTree.fromstring(project_xml(made_session()))


def track(project: Element, name: str) -> Element:
    (found,) = (one for one in project.findall("Structure/Track") if one.attrib["name"] == name)
    return found


def lane(project: Element, name: str) -> Element:
    requested = track(project, name).attrib["id"]
    (found,) = (
        one
        for one in project.findall("Arrangement/Lanes/Lanes")
        if one.attrib["track"] == requested
    )
    return found


def test_it_is_what_the_format_allows():
    assert complaints(project_xml(made_session())) == []
    assert metadata_complaints(metadata_xml(made_session())) == []


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b'unit="bpm"', b'unit="beats per minute"'),
        (b"<Clips ", b"<Clops "),
        (b' playStart="0.0"', b' playstart="0.0"'),
        (b'role="master"', b'role="boss"'),
        (b'track="id', b'track="no'),
        (b'version="1.0">', b'size="1.0">'),
        (b'path="audio/', b'path="../audio/'),
        (b'sampleRate="48000"', b'sampleRate="48"'),
        (b'rel="0.5"', b'rel="1.5"'),
        (b'min="20.0"', b'min="600.0"'),
        (b'<Warp time="0.0"', b'<Warp time="99.0"'),
    ],
)
def test_the_rules_would_notice_what_the_format_does_not_allow(good, bad):
    document = project_xml(made_session())
    assert good in document
    ending = document.replace(b"</Clips>", b"</Clops>") if b"Clops" in bad else document
    assert complaints(ending.replace(good, bad))


def test_the_rules_would_notice_a_track_that_sends_to_a_fader():
    document = project_xml(made_session())
    root = ElementTree.fromstring(document)
    fader = root.find("Structure/Track/Channel/Volume")
    assert fader is not None
    for channel in root.iter("Channel"):
        if "destination" in channel.attrib:
            channel.set("destination", fader.attrib["id"])
    assert "Channel.destination points to a Volume" in complaints(ElementTree.tostring(root))


def test_tempo_metre_and_markers_are_the_sessions(project):
    tempo = project.find("Transport/Tempo")
    metre = project.find("Transport/TimeSignature")
    markers = project.findall("Arrangement/Markers/Marker")
    assert tempo is not None
    assert metre is not None
    assert float(tempo.attrib["value"]) == BPM
    assert (metre.attrib["numerator"], metre.attrib["denominator"]) == ("3", "4")
    assert [(float(m.attrib["time"]), m.attrib["name"]) for m in markers] == [
        (0.0, "Intro"),
        (6.0, "Дроп <2>"),
    ]


def test_a_loop_is_one_clip_that_repeats_its_warped_file(project):
    (clip,) = lane(project, "bass").findall("Clips/Clip")
    assert clip.attrib["name"] == 'Bass "Roll"'
    assert [float(clip.attrib[name]) for name in ("time", "duration")] == [0.0, 12.0]
    assert [float(clip.attrib[name]) for name in ("playStart", "loopStart", "loopEnd")] == [0, 0, 4]
    assert clip.attrib["fadeTimeUnit"] == "seconds"
    assert [float(clip.attrib[name]) for name in ("fadeInTime", "fadeOutTime")] == [0.25, 0.5]
    (inner,) = clip.findall("Clips/Clip")  # where converters look for audio
    assert [float(inner.attrib[name]) for name in ("time", "duration")] == [0.0, 4.0]
    assert clip.find("Warps") is None
    warps = inner.find("Warps")
    assert warps is not None
    assert (warps.attrib["timeUnit"], warps.attrib["contentTimeUnit"]) == ("beats", "seconds")
    points = [
        (float(w.attrib["time"]), float(w.attrib["contentTime"])) for w in warps.findall("Warp")
    ]
    assert points == [(0.0, 0.0), (4.0, PASS / RATE)]
    audio = warps.find("Audio")
    assert audio is not None
    assert round(float(audio.attrib["duration"]) * RATE) == PASS
    assert audio.attrib["sampleRate"] == "48000"


def test_places_in_beats_fall_on_their_samples(project):
    for name, items in (("bass", made_session().tracks[0].items),):
        clips = lane(project, name).findall("Clips/Clip")
        for clip, item in zip(clips, items, strict=True):
            start = round(float(clip.attrib["time"]) * 60 / BPM * RATE)
            assert start == item.passes[0][0]


def test_items_that_overlap_lie_on_tracks_of_their_own(project):
    names = [one.attrib["name"] for one in project.findall("Structure/Track")]
    assert names == ["bass", "kick", "kick (2)", "kick (notes)", "Master"]
    assert len(lane(project, "kick").findall("Clips/Clip")) == 1
    assert len(lane(project, "kick (2)").findall("Clips/Clip")) == 1


def test_faders_and_pans_are_the_tracks(project):
    bass, kick = track(project, "bass"), track(project, "kick")
    volume, pan = bass.find("Channel/Volume"), bass.find("Channel/Pan")
    loud = kick.find("Channel/Volume")
    assert volume is not None
    assert pan is not None
    assert loud is not None
    assert float(volume.attrib["value"]) == 0.5
    assert float(pan.attrib["value"]) == 0.25
    assert float(loud.attrib["max"]) >= float(loud.attrib["value"]) == 3.0


def test_all_channels_lead_to_the_master(project):
    channels = project.findall("Structure/Track/Channel")
    (master,) = (one for one in channels if one.attrib["role"] == "master")
    others = [one for one in channels if one is not master]
    assert {one.attrib["destination"] for one in others} == {master.attrib["id"]}


def test_automation_moves_the_faders_themselves(project):
    lines = {line.find("Target").attrib["parameter"]: line  # type: ignore[union-attr]
             for line in lane(project, "bass").findall("Points")}  # fmt: skip
    channel = track(project, "bass").find("Channel")
    assert channel is not None
    volume, pan = channel.find("Volume"), channel.find("Pan")
    assert volume is not None
    assert pan is not None

    def values(parameter: Element) -> list[tuple[float, float]]:
        points = lines[parameter.attrib["id"]].findall("RealPoint")
        return [(float(p.attrib["time"]), float(p.attrib["value"])) for p in points]

    assert values(volume) == [(0.0, 0.05), (6.0, 1.0)]
    assert values(pan) == [(0.0, 0.0), (12.0, 0.75)]


def test_sweeps_are_bands_whose_frequency_is_automated(project):
    bands = track(project, "bass").findall("Channel/Devices/Equalizer/Band")
    assert [band.attrib["type"] for band in bands] == ["highPass", "lowPass"]
    cutoff = bands[1].find("Freq")
    assert cutoff is not None
    (line,) = (
        line
        for line in lane(project, "bass").findall("Points")
        if line.find("Target").attrib["parameter"] == cutoff.attrib["id"]  # type: ignore[union-attr]
    )
    assert line.attrib["unit"] == cutoff.attrib["unit"] == "hertz"
    points = [(float(p.attrib["time"]), float(p.attrib["value"])) for p in line.iter("RealPoint")]
    assert points == [(0.0, 300.0), (6.0, 18_000.0)]
    assert track(project, "kick").find("Channel/Devices") is None


def test_notes_lie_in_one_clip_from_the_start_of_a_bar(project):
    (clip,) = lane(project, "kick (notes)").findall("Clips/Clip")
    start = float(clip.attrib["time"])
    notes = [
        (start + float(n.attrib["time"]), int(n.attrib["key"]), float(n.attrib["vel"]))
        for n in clip.findall("Notes/Note")
    ]
    assert start == 3.0
    assert notes == [
        (pytest.approx(100_000 / 30_720), 36, 1.0),
        (pytest.approx(130_720 / 30_720), 36, pytest.approx(64 / 127)),
    ]


def test_metadata_tells_title_genre_and_comment():
    root = ElementTree.fromstring(metadata_xml(made_session()))
    assert {child.tag: child.text for child in root} == {
        "Title": "Größe & <Co>",
        "Genre": "techno",
        "Comment": "133 BPM",
    }


def test_the_same_session_gives_the_same_bytes():
    assert project_xml(made_session()) == project_xml(made_session())


def test_control_characters_in_a_name_do_no_harm():
    session = replace(made_session(), markers=(SessionMarker(0.0, "a\x00b"),))
    assert complaints(project_xml(session)) == []


def test_a_session_without_markers_and_tracks_is_allowed():
    assert complaints(project_xml(replace(made_session(), markers=(), tracks=()))) == []
