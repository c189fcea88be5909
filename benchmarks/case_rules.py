"""What is right for each case of ``benchmarks.cases``, by its number."""

import fnmatch
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

LENGTH_S = 172_098 / 44_100
"""Two bars at 123 BPM, as most of the made beats last."""


@dataclass(frozen=True)
class Outcome:
    """What became of the files of a case.

    stems: of each file that was taken, the columns of its stem by name, by its path
    refused: reason of each file that was not, by its path
    left: paths of the files that still lie where they lay
    said: what a script of the case printed; exports: figures of an exported track
    """

    stems: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)
    left: frozenset[str] = frozenset()
    said: str = ""
    exports: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Want:
    """What the stem of a file should say; None asks nothing.

    path: pattern of the file's path; warned: whether it must have (or lack) a warning
    may_stay: whether it may instead lie untouched and be called unsupported
    """

    path: str
    length_s: float | None = None
    bpm: float | None = None
    bars: float | None = None
    key: str | None = None
    root: str | None = None
    licence: str | None = None
    warned: bool | None = None
    not_category: str | None = None
    may_stay: bool = False

    def faults(self, outcome: Outcome) -> Iterable[str]:
        """What is wrong with the files of the pattern, in words."""
        stems = {path: s for path, s in outcome.stems.items() if fnmatch.fnmatch(path, self.path)}
        refused = [path for path in outcome.refused if fnmatch.fnmatch(path, self.path)]
        stayed = [path for path in refused if outcome.refused[path] == "unsupported"
                  and path in outcome.left]  # fmt: skip
        for path in refused:
            if not (self.may_stay and path in stayed):
                yield f"{path}: {outcome.refused[path]}"
        if not stems and not refused:
            yield f"{self.path}: nowhere"
        for path, stem in stems.items():
            yield from (f"{path}: {fault}" for fault in self._faults_of(stem))

    def _faults_of(self, stem: Mapping[str, Any]) -> Iterable[str]:
        if self.length_s is not None and abs(stem["duration_s"] - self.length_s) > 0.004:
            yield f"{stem['duration_s']:.3f} s"
        if self.bpm is not None and abs((stem["bpm"] or 0.0) - self.bpm) > 0.1:
            yield f"{stem['bpm']} BPM"
        if self.bars is not None and stem["bars"] != self.bars:
            yield f"{stem['bars']} bars"
        if self.key is not None and stem["key"] != self.key:
            yield f"key {stem['key']}"
        if self.root is not None and (stem["key"] or "").removesuffix("m") != self.root:
            yield f"key {stem['key']}"
        if self.licence is not None and self.licence not in (stem["licence"] or ""):
            yield f"licence {stem['licence']}"
        if self.warned is not None and bool(stem["warnings"]) != self.warned:
            yield f"warnings {stem['warnings']}"
        if self.not_category is not None and stem["category"] == self.not_category:
            yield f"category {stem['category']}"


Rule = Callable[[Outcome], Iterable[str]]


def _wants(*wants: Want) -> Rule:
    def faults(outcome: Outcome) -> Iterable[str]:
        for want in wants:
            yield from want.faults(outcome)

    return faults


def _same(column: str) -> Rule:
    """All stems say the same in a column."""

    def faults(outcome: Outcome) -> Iterable[str]:
        values = {str(stem[column]) for stem in outcome.stems.values()}
        if len(values) != 1:
            yield f"{column}: {', '.join(sorted(values))}"

    return faults


def _all_of(*rules: Rule) -> Rule:
    return lambda outcome: [fault for rule in rules for fault in rule(outcome)]


def _names(*names: str) -> Rule:
    """Exactly these files were taken."""

    def faults(outcome: Outcome) -> Iterable[str]:
        taken = {path.rpartition("/")[2] for path in outcome.stems}
        if taken != set(names):
            yield f"taken: {', '.join(sorted(taken)) or 'nothing'}"

    return faults


def _lies(name: str) -> Rule:
    def faults(outcome: Outcome) -> Iterable[str]:
        if not any(path.endswith(name) for path in outcome.left):
            yield f"{name} lies nowhere"

    return faults


def _served(outcome: Outcome) -> Iterable[str]:
    lines = outcome.said.splitlines()
    for line, name in zip(lines, ("Bässe.wav", "Kick"), strict=False):
        status, _, body = line.partition(" ")
        if status != "200" or name not in body or "%22" in body:
            yield line[:120]
    if len(lines) != 2:
        yield f"{len(lines)} answers"


def _midi(outcome: Outcome) -> Iterable[str]:
    if outcome.exports["midi_end_tick"] > 10_000_000:
        yield f"last tick {outcome.exports['midi_end_tick']}"


def _tags(outcome: Outcome) -> Iterable[str]:
    for ending in ("mp3", "flac"):
        tags = outcome.exports[f"{ending}_tags"]
        if (tags.get("BPM"), tags.get("INITIALKEY")) != ("138", "Am"):
            yield f"{ending}: {json.dumps(tags)[:100]}"


def _nested(outcome: Outcome) -> Iterable[str]:
    direct, nested = outcome.exports["warps_direct"], outcome.exports["warps_nested"]
    if direct or not nested:
        yield f"direct {direct}, nested {nested}"


_BEAT = Want("*", length_s=LENGTH_S)

RULES: dict[int, Rule] = {
    1: _wants(Want("zeros/*", 2.4, bars=1, warned=False), Want("[!z]*", 2.0, bars=1, warned=False)),
    2: _wants(Want("*", LENGTH_S, warned=False)),
    3: _wants(Want("*", LENGTH_S, may_stay=True)),
    4: _wants(Want("*.caf", may_stay=True), Want("*.wav", may_stay=True)),
    5: _wants(_BEAT),
    6: _wants(Want("[abd]/*", LENGTH_S), Want("c/*")),
    7: _wants(Want("*", warned=True)),
    8: _wants(Want("*", warned=True)),
    9: _wants(Want("*", LENGTH_S, bpm=123)),
    10: _wants(Want("*", 2 * LENGTH_S)),
    11: _wants(Want("*", key="F#m")),
    12: _wants(Want("d*", bpm=85), Want("p*", bpm=70)),
    13: _wants(Want("a/*", bpm=85), Want("b/*", bpm=70), Want("c/*", bpm=90)),
    14: _wants(
        Want("a/*", root="E"), Want("b/*", key="Am"), Want("c/*", key="Dm"), Want("d/*", root="A")
    ),
    15: _wants(Want("*1.wav", bpm=72), Want("*2.wav", bpm=79), Want("*3.wav", bpm=86)),
    16: _wants(Want("*", bpm=85)),
    17: _wants(Want("*", bpm=85)),
    18: _wants(Want("*", key="F#m")),
    19: _wants(Want("*", bpm=85)),
    20: _wants(Want("*one.wav", licence="Attribution"),
               Want("*two.wav", licence="Creative Commons 0")),
    21: _all_of(_wants(Want("*", licence="Attribution 4.0")), _lies("Pack/LICENSE.txt")),
    22: _names("キック 120bpm.wav", "ソ.wav", "表.wav", "シンセソロ.wav"),
    23: _names("_AUX.wav", "Drums.wav"),
    24: _served,
    25: _wants(Want("*", bpm=85)),
    26: _wants(Want("*", bpm=70, key="Cm")),
    27: _wants(Want("*", LENGTH_S, warned=False)),
    28: _midi,
    29: _tags,
    30: _nested,
    31: _wants(Want("*", LENGTH_S, bpm=123, warned=False)),
    32: _same("key"),
    33: _all_of(_wants(Want("*", not_category="kick")), _same("category"), _same("key")),
}  # fmt: skip
