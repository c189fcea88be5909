"""What a DAWproject 1.0 file may hold, told in our own words, and a check against it.

Written from the published description of the format. An element has attributes with a type
each ("!" marks those that must be there) and children: a list of names, each with how
often it may occur, in this order.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

ANY = (0, 10**9)
MAYBE, ONCE = (0, 1), (1, 1)
UNITS = {"linear", "normalized", "percent", "decibel", "hertz", "semitones", "seconds", "beats",
         "bpm"}  # fmt: skip
TIMELINES = ("Lanes", "Notes", "Clips", "ClipSlot", "Warps", "Audio", "Video", "Points")


def _is_float(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", text) is not None


TYPES: dict[str, Callable[[str], bool]] = {
    "text": lambda _: True,
    "float": _is_float,
    "int": lambda text: re.fullmatch(r"-?\d+", text) is not None,
    "bool": lambda text: text in ("true", "false", "0", "1"),
    "id": lambda text: re.fullmatch(r"[A-Za-z_][\w.-]*", text) is not None,
    "ref": lambda text: re.fullmatch(r"[A-Za-z_][\w.-]*", text) is not None,
    "unit": lambda text: text in UNITS,
    "time unit": lambda text: text in ("beats", "seconds"),
    "role": lambda text: text in ("regular", "master", "effect", "submix", "vca"),
    "device role": lambda text: text in ("instrument", "noteFX", "audioFX", "analyzer"),
    "band": lambda text: (
        text in ("highPass", "lowPass", "bandPass", "highShelf", "lowShelf", "bell", "notch")
    ),
    "content": lambda text: (
        set(text.split()) <= {"audio", "automation", "notes", "video", "markers", "tracks"}
    ),
    "interpolation": lambda text: text in ("hold", "linear"),
    "expression": lambda text: text in ("gain", "pan", "transpose", "timbre", "formant"),
}


@dataclass(frozen=True)
class Rule:
    """What one kind of element may have. children: groups of names that may be mixed."""

    attributes: dict[str, str] = field(default_factory=dict)
    children: tuple[tuple[tuple[str, ...], tuple[int, int]], ...] = ()


NAMED = {"name": "text", "color": "text", "comment": "text"}
REFERABLE = {**NAMED, "id": "id"}
TIMELINE = {**REFERABLE, "timeUnit": "time unit", "track": "ref"}
REAL = {**REFERABLE, "parameterID": "int", "max": "float", "min": "float", "unit!": "unit",
        "value": "float"}  # fmt: skip
SWITCH = {**REFERABLE, "parameterID": "int", "value": "bool"}

RULES: dict[str, Rule] = {
    "Project": Rule(
        {"version!": "text"},
        ((("Application",), ONCE), (("Transport",), MAYBE), (("Structure",), MAYBE),
         (("Arrangement",), MAYBE), (("Scenes",), MAYBE)),
    ),
    "Application": Rule({"name!": "text", "version!": "text"}),
    "Transport": Rule({}, ((("Tempo",), MAYBE), (("TimeSignature",), MAYBE))),
    "Tempo": Rule(REAL),
    "TimeSignature": Rule({**REFERABLE, "numerator!": "int", "denominator!": "int"}),
    "Structure": Rule({}, ((("Track", "Channel"), ANY),)),
    "Track": Rule(
        {**REFERABLE, "contentType": "content", "loaded": "bool"},
        ((("Channel",), MAYBE), (("Track",), ANY)),
    ),
    "Channel": Rule(
        {**REFERABLE, "audioChannels": "int", "destination": "ref", "role": "role",
         "solo": "bool"},
        ((("Devices",), MAYBE), (("Mute",), MAYBE), (("Pan",), MAYBE), (("Sends",), MAYBE),
         (("Volume",), MAYBE)),
    ),
    "Devices": Rule({}, ((("Equalizer",), ANY),)),
    "Equalizer": Rule(
        {
            **REFERABLE,
            "deviceID": "text",
            "deviceName!": "text",
            "deviceRole!": "device role",
            "deviceVendor": "text",
            "loaded": "bool",
        },
        (
            (("Parameters",), MAYBE),
            (("Enabled",), MAYBE),
            (("State",), MAYBE),
            (("Band",), ANY),
            (("InputGain",), MAYBE),
            (("OutputGain",), MAYBE),
        ),
    ),
    "Band": Rule(
        {"type!": "band", "order": "int"},
        ((("Freq",), ONCE), (("Gain",), MAYBE), (("Q",), MAYBE), (("Enabled",), MAYBE)),
    ),
    "Freq": Rule(REAL),
    "Q": Rule(REAL),
    "Enabled": Rule(SWITCH),
    "Mute": Rule(SWITCH),
    "Pan": Rule(REAL),
    "Volume": Rule(REAL),
    "Arrangement": Rule(
        REFERABLE,
        ((("Lanes",), MAYBE), (("Markers",), MAYBE), (("TempoAutomation",), MAYBE),
         (("TimeSignatureAutomation",), MAYBE)),
    ),
    "Lanes": Rule(TIMELINE, ((TIMELINES, ANY),)),
    "Markers": Rule(TIMELINE, ((("Marker",), (1, 10**9)),)),
    "Marker": Rule({**NAMED, "time!": "float"}),
    "Clips": Rule(TIMELINE, ((("Clip",), ANY),)),
    "Clip": Rule(
        {**NAMED, "time!": "float", "duration": "float", "contentTimeUnit": "time unit",
         "playStart": "float", "playStop": "float", "loopStart": "float", "loopEnd": "float",
         "fadeTimeUnit": "time unit", "fadeInTime": "float", "fadeOutTime": "float",
         "enable": "bool", "reference": "ref"},
        ((TIMELINES, MAYBE),),
    ),
    "Warps": Rule(
        {**TIMELINE, "contentTimeUnit!": "time unit"},
        ((TIMELINES, ONCE), (("Warp",), (1, 10**9))),
    ),
    "Warp": Rule({"time!": "float", "contentTime!": "float"}),
    "Audio": Rule(
        {**TIMELINE, "duration!": "float", "algorithm": "text", "channels!": "int",
         "sampleRate!": "int"},
        ((("File",), ONCE),),
    ),
    "File": Rule({"path!": "text", "external": "bool"}),
    "Notes": Rule(TIMELINE, ((("Note",), ANY),)),
    "Note": Rule(
        {"time!": "float", "duration!": "float", "channel!": "int", "key!": "int",
         "vel": "float", "rel": "float"},
        ((TIMELINES, MAYBE),),
    ),
    "Points": Rule(
        {**TIMELINE, "unit": "unit"}, ((("Target",), ONCE), (("RealPoint",), ANY)),
    ),
    "Target": Rule({"parameter": "ref", "expression": "expression", "channel": "int",
                    "key": "int", "controller": "int"}),
    "RealPoint": Rule(
        {"time!": "float", "value!": "float", "interpolation": "interpolation"}
    ),
}  # fmt: skip

METADATA = ("Title", "Artist", "Album", "OriginalArtist", "Composer", "Songwriter", "Producer",
            "Arranger", "Year", "Genre", "Copyright", "Website", "Comment")  # fmt: skip


def complaints(document: bytes) -> list[str]:
    """Everything in a project.xml that the format does not allow; empty for a good one."""
    root = ElementTree.fromstring(document)
    found = [] if root.tag == "Project" else [f"the root is {root.tag}"]
    return [*found, *_of_element(root), *_of_references(root), *_of_values(root)]


def metadata_complaints(document: bytes) -> list[str]:
    """The same for a metadata.xml."""
    root = ElementTree.fromstring(document)
    places = [METADATA.index(child.tag) if child.tag in METADATA else -1 for child in root]
    good = root.tag == "MetaData" and -1 not in places and places == sorted(set(places))
    return [] if good else [f"{root.tag} with {[child.tag for child in root]}"]


def _of_element(element: Element) -> Iterator[str]:
    rule = RULES.get(element.tag)
    if rule is None:
        yield f"there is no {element.tag}"
        return
    yield from _of_attributes(element, rule)
    yield from _of_children(element, rule)
    for child in element:
        yield from _of_element(child)


def _of_attributes(element: Element, rule: Rule) -> Iterator[str]:
    allowed = {name.rstrip("!"): kind for name, kind in rule.attributes.items()}
    for name in rule.attributes:
        if name.endswith("!") and name[:-1] not in element.attrib:
            yield f"{element.tag} has no {name[:-1]}"
    for name, value in element.attrib.items():
        if name not in allowed:
            yield f"{element.tag} has an unknown {name}"
        elif not TYPES[allowed[name]](value):
            yield f"{element.tag}.{name} is no {allowed[name]}: {value!r}"


def _of_children(element: Element, rule: Rule) -> Iterator[str]:
    waiting = [child.tag for child in element]
    for names, (least, most) in rule.children:
        count = 0
        while waiting and waiting[0] in names:
            waiting.pop(0)
            count += 1
        if not least <= count <= most:
            yield f"{element.tag} has {count} of {'/'.join(names)}"
    if waiting:
        yield f"{element.tag} has {waiting[0]} where it may not be"


POINTS_TO = {
    "track": ("Track", "Channel"),
    "destination": ("Channel",),
    "parameter": (
        "Tempo",
        "TimeSignature",
        "Volume",
        "Pan",
        "Mute",
        "Freq",
        "Gain",
        "Q",
        "Enabled",
    ),
    "reference": ("Clip",),
}
"""What an attribute that refers to an id may refer to."""


def _of_references(root: Element) -> Iterator[str]:
    kinds: dict[str, str] = {}
    for element in root.iter():
        if "id" in element.attrib:
            if element.attrib["id"] in kinds:
                yield f"an id is used twice: {element.attrib['id']}"
            kinds[element.attrib["id"]] = element.tag
    for element in root.iter():
        for name, allowed in POINTS_TO.items():
            requested = element.attrib.get(name)
            if requested is None:
                continue
            if requested not in kinds:
                yield f"{element.tag}.{name} points nowhere: {requested}"
            elif kinds[requested] not in allowed:
                yield f"{element.tag}.{name} points to a {kinds[requested]}"


RANGES = {
    ("Note", "key"): (0, 127), ("Note", "vel"): (0, 1), ("Note", "rel"): (0, 1),
    ("Note", "channel"): (0, 15), ("Note", "duration"): (0, 1e9), ("Clip", "duration"): (0, 1e9),
    ("Clip", "fadeInTime"): (0, 1e9), ("Clip", "fadeOutTime"): (0, 1e9),
    ("Audio", "channels"): (1, 64), ("Audio", "sampleRate"): (8_000, 384_000),
    ("Audio", "duration"): (0, 1e9), ("Channel", "audioChannels"): (1, 64),
    ("TimeSignature", "numerator"): (1, 64), ("TimeSignature", "denominator"): (1, 64),
}  # fmt: skip
"""What a value must lie between."""

ASCENDING = {
    "Points": ("RealPoint", "time"),
    "Warps": ("Warp", "time"),
    "Markers": ("Marker", "time"),
}


def _of_values(root: Element) -> Iterator[str]:
    """Numbers that the format can hold but that mean nothing."""
    for element in root.iter():
        for name, text in element.attrib.items():
            low, high = RANGES.get((element.tag, name), (-1e12, 1e12))
            if (element.tag, name) in RANGES and not low <= float(text) <= high:
                yield f"{element.tag}.{name} is not from {low:g} to {high:g}: {text}"
        if {"min", "max", "value"} <= element.attrib.keys():
            low, high, value = (float(element.attrib[key]) for key in ("min", "max", "value"))
            if not low <= value <= high:
                yield f"{element.tag} is not from its min to its max: {value:g}"
        if element.tag in ASCENDING:
            child, key = ASCENDING[element.tag]
            places = [float(item.attrib.get(key, 0)) for item in element.findall(child)]
            if places != sorted(places):
                yield f"{element.tag} goes back in time"
        path = element.attrib.get("path", "") if element.tag == "File" else ""
        if path.startswith("/") or ".." in path.split("/") or "\\" in path:
            yield f"File.path leaves the project: {path}"
