"""Writing DAWproject 1.0: a zip of project.xml, metadata.xml and sound files.

The format is Bitwig's open exchange format (MIT), read by Bitwig Studio, Studio One and Cubase.
"""

from collections.abc import Sequence
from itertools import count
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from src.core.xml_text import xml_text
from src.music.export.daw_session import AudioItem, FilterSweep, Session, SessionTrack, layers
from src.music.model.score import AutomationPoint

APPLICATION = ("Traum-Engine", "1.0")
_SLOWEST_BPM, _FASTEST_BPM = 20.0, 666.0
_LOUDEST = 2.0
_AUDIBLE_HZ = (10.0, 22_000.0)
_FLAT_Q = 0.7071
_BANDS = {"low_pass": "lowPass", "high_pass": "highPass"}


class _Ids:
    """Hands out ids that are unique in a project."""

    def __init__(self) -> None:
        self._numbers = count()

    def new(self) -> str:
        return f"id{next(self._numbers)}"


def project_xml(session: Session) -> bytes:
    """Write the arrangement of a session as project.xml.

    Places are in beats. Items become clips of files that are warped to the tempo, so that
    they follow when it is changed; those that overlap lie on tracks of their own. Volume
    automation holds the fader's and the curve's factors multiplied. Filter sweeps are
    bands of an equaliser whose frequency is automated.
    """
    ids = _Ids()
    project = Element("Project", version="1.0")
    SubElement(project, "Application", name=APPLICATION[0], version=APPLICATION[1])
    _transport(project, session, ids)
    structure = SubElement(project, "Structure")
    lanes = _arrangement(project, session, ids)
    master = ids.new()
    for track in session.tracks:
        for number, items in enumerate(layers(track.items) or [[]], start=1):
            channel = _channel_track(structure, track, number, master, ids)
            _audio_lane(lanes, track, items, channel, ids, session)
        if track.notes:
            _note_lane(lanes, track, _note_track(structure, track, master, ids), ids, session)
    _master_track(structure, master, ids)
    return _document(project)


def metadata_xml(session: Session) -> bytes:
    """Return title, genre and comment of a session as metadata.xml."""
    root = Element("MetaData")
    for name, text in (
        ("Title", session.title), ("Genre", session.genre), ("Comment", session.comment),
    ):  # fmt: skip
        SubElement(root, name).text = xml_text(text)
    return _document(root)


def _transport(project: Element, session: Session, ids: _Ids) -> None:
    transport = SubElement(project, "Transport")
    tempo = _real(ids, "Tempo", "bpm", session.bpm, (_SLOWEST_BPM, _FASTEST_BPM))
    transport.append(tempo)
    SubElement(
        transport, "TimeSignature", numerator=str(session.metre.numerator),
        denominator=str(session.metre.denominator), id=ids.new(),
    )  # fmt: skip


def _arrangement(project: Element, session: Session, ids: _Ids) -> Element:
    """Write the time line with its markers; the lanes are returned, to be filled."""
    arrangement = SubElement(project, "Arrangement", id=ids.new())
    lanes = SubElement(arrangement, "Lanes", timeUnit="beats", id=ids.new())
    if session.markers:
        markers = SubElement(arrangement, "Markers", timeUnit="beats", id=ids.new())
        for marker in session.markers:
            SubElement(markers, "Marker", time=_number(marker.beats), name=xml_text(marker.name))
    return lanes


def _channel_track(
    structure: Element, track: SessionTrack, number: int, master: str, ids: _Ids
) -> Element:
    name = track.name if number == 1 else f"{track.name} ({number})"
    made = SubElement(
        structure, "Track", contentType="audio", loaded="true", id=ids.new(), name=xml_text(name)
    )
    channel = SubElement(
        made, "Channel", audioChannels="2", destination=master, role="regular", solo="false",
        id=ids.new(),
    )  # fmt: skip
    if track.sweeps:
        _equaliser(channel, track.sweeps, ids)
    _strip(channel, track.volume, track.pan, ids)
    return made


def _equaliser(channel: Element, sweeps: Sequence[FilterSweep], ids: _Ids) -> None:
    """Write one band per sweep, in their order, flat in themselves (Butterworth)."""
    devices = SubElement(channel, "Devices")
    device = SubElement(
        devices, "Equalizer", deviceName="Sweeps", deviceRole="audioFX", loaded="true",
        id=ids.new(), name="Sweeps",
    )  # fmt: skip
    for sweep in sweeps:
        band = SubElement(device, "Band", type=_BANDS[sweep.kind], order="2")
        band.append(_real(ids, "Freq", "hertz", sweep.points[0].value, _AUDIBLE_HZ))
        band.append(_real(ids, "Q", "linear", _FLAT_Q, (0.1, 10.0)))
        SubElement(band, "Enabled", value="true", id=ids.new(), name="Enabled")


def _note_track(structure: Element, track: SessionTrack, master: str, ids: _Ids) -> Element:
    """Write a track for an instrument; silent until one is put on it."""
    made = SubElement(
        structure, "Track", contentType="notes", loaded="true", id=ids.new(),
        name=xml_text(f"{track.name} (notes)"),
    )  # fmt: skip
    channel = SubElement(
        made, "Channel", audioChannels="2", destination=master, role="regular", solo="false",
        id=ids.new(),
    )  # fmt: skip
    _strip(channel, track.volume, track.pan, ids)
    return made


def _master_track(structure: Element, master: str, ids: _Ids) -> None:
    made = SubElement(
        structure, "Track", contentType="audio notes", loaded="true", id=ids.new(), name="Master"
    )
    channel = SubElement(made, "Channel", audioChannels="2", role="master", solo="false", id=master)
    _strip(channel, 1.0, 0.0, ids)


def _strip(channel: Element, volume: float, pan: float, ids: _Ids) -> None:
    SubElement(channel, "Mute", value="false", id=ids.new(), name="Mute")
    channel.append(_real(ids, "Pan", "normalized", (pan + 1.0) / 2.0, (0.0, 1.0)))
    channel.append(_real(ids, "Volume", "linear", volume, (0.0, max(_LOUDEST, volume))))


def _real(ids: _Ids, name: str, unit: str, value: float, span: tuple[float, float]) -> Element:
    low, high = span
    return Element(
        name, unit=unit, value=_number(value), min=_number(low), max=_number(high), id=ids.new(),
        name=name,
    )  # fmt: skip


def _audio_lane(
    lanes: Element,
    track: SessionTrack,
    items: Sequence[AudioItem],
    made: Element,
    ids: _Ids,
    session: Session,
) -> None:
    lane = SubElement(lanes, "Lanes", track=made.attrib["id"], id=ids.new())
    clips = SubElement(lane, "Clips", id=ids.new())
    for item in items:
        _clip(clips, item, ids, session)
    loud = [AutomationPoint(p.beats, p.value * track.volume) for p in track.volume_curve]
    _curve(lane, made.find("Channel/Volume"), loud, ids)
    wide = [AutomationPoint(p.beats, (p.value + 1.0) / 2.0) for p in track.pan_curve]
    _curve(lane, made.find("Channel/Pan"), wide, ids)
    cutoffs = made.findall("Channel/Devices/Equalizer/Band/Freq")
    for sweep, cutoff in zip(track.sweeps, cutoffs, strict=True):
        _curve(lane, cutoff, sweep.points, ids)


def _clip(clips: Element, item: AudioItem, ids: _Ids, session: Session) -> None:
    """Write a clip that holds the warped file as a clip of its own, as the format's own examples
    do.

    Some converters look for audio only there. Repeats and fades belong to the outer one.
    """
    clip = SubElement(
        clips, "Clip", name=xml_text(item.name), time=_number(item.start_beats),
        duration=_number(item.length_beats), contentTimeUnit="beats", playStart="0.0",
        fadeTimeUnit="seconds", fadeInTime=_number(item.fade_in_s),
        fadeOutTime=_number(item.fade_out_s),
    )  # fmt: skip
    if item.repeats:
        clip.set("loopStart", "0.0")
        clip.set("loopEnd", _number(item.pass_beats))
    content = SubElement(SubElement(clip, "Clips", id=ids.new()), "Clip")
    for name, value in (
        ("time", "0.0"), ("duration", _number(item.pass_beats)), ("contentTimeUnit", "beats"),
        ("playStart", "0.0"),
    ):  # fmt: skip
        content.set(name, value)
    _warped(content, item, ids, session)


def _warped(content: Element, item: AudioItem, ids: _Ids, session: Session) -> None:
    """Write the file of an item, stretched over one pass of it."""
    length_s = item.media.samples / session.sample_rate
    warps = SubElement(content, "Warps", timeUnit="beats", contentTimeUnit="seconds", id=ids.new())
    audio = SubElement(
        warps, "Audio", algorithm="stretch", channels=str(item.media.channels),
        duration=_number(length_s), sampleRate=str(session.sample_rate), id=ids.new(),
    )  # fmt: skip
    SubElement(audio, "File", path=item.media.path)
    SubElement(warps, "Warp", time="0.0", contentTime="0.0")
    SubElement(warps, "Warp", time=_number(item.pass_beats), contentTime=_number(length_s))


def _note_lane(
    lanes: Element, track: SessionTrack, made: Element, ids: _Ids, session: Session
) -> None:
    """Put all notes in one clip, from the bar of the first to the end of the last."""
    bar = round(session.metre.quarters_per_bar * session.ticks_per_beat)
    first = min(note.start_tick for note in track.notes) // bar * bar
    last = max(note.start_tick + note.length_ticks for note in track.notes)
    lane = SubElement(lanes, "Lanes", track=made.attrib["id"], id=ids.new())
    clips = SubElement(lane, "Clips", id=ids.new())
    clip = SubElement(
        clips, "Clip", name=xml_text(track.name), time=_number(first / session.ticks_per_beat),
        duration=_number((last - first) / session.ticks_per_beat), playStart="0.0",
    )  # fmt: skip
    notes = SubElement(clip, "Notes", id=ids.new())
    for note in track.notes:
        SubElement(
            notes, "Note", time=_number((note.start_tick - first) / session.ticks_per_beat),
            duration=_number(note.length_ticks / session.ticks_per_beat), channel="0",
            key=str(note.key), vel=_number(note.velocity / 127.0), rel="0.5",
        )  # fmt: skip


def _curve(
    lane: Element, parameter: Element | None, points: Sequence[AutomationPoint], ids: _Ids
) -> None:
    """Write the automation of a parameter, where it moves."""
    if not points or parameter is None:
        return
    line = SubElement(lane, "Points", unit=parameter.attrib["unit"], id=ids.new())
    SubElement(line, "Target", parameter=parameter.attrib["id"])
    for point in points:
        SubElement(
            line, "RealPoint", time=_number(point.beats), value=_number(point.value),
            interpolation="linear",
        )  # fmt: skip


def _document(root: Element) -> bytes:
    indent(root)
    return bytes(tostring(root, encoding="UTF-8", xml_declaration=True)) + b"\n"


def _number(value: float) -> str:
    """Format a number so that it reads back as the very same one, never as 1e-05."""
    text = repr(float(value))
    return f"{value:.12f}" if "e" in text else text
