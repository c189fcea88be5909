"""What a prompt does not want: instruments and sounds that must not be cast."""

import re
from collections.abc import Sequence

from src.music.theory.library import CATEGORIES, DRUM_CATEGORIES, StemCard

_NAMES: dict[str, tuple[str, ...]] = {
    "kick": ("kick", "kicks", "bd", "bassdrum", "kik"),
    "snare": ("snare", "snares", "sd", "rim", "rimshot"),
    "clap": ("clap", "claps", "snap", "snaps"),
    "hihat": ("hihat", "hihats", "hat", "hats", "hh", "openhat", "closedhat", "ohh", "chh"),
    "cymbal": ("cymbal", "cymbals", "crash", "ride", "splash"),
    "tom": ("tom", "toms"),
    "percussion": ("percussion", "perc", "percs", "shaker", "conga", "bongo", "tambourine"),
    "drums": ("drum", "drums", "beat", "beats", "breakbeat", "break", "drumloop"),
    "bass": ("bass", "bassline", "sub", "reese", "808"),
    "lead": ("lead", "leads"),
    "pad": ("pad", "pads"),
    "keys": ("keys", "piano", "rhodes", "organ", "epiano"),
    "guitar": ("guitar", "guitars", "gtr"),
    "strings": ("strings", "string", "violin", "cello", "orchestra"),
    "brass": ("brass", "trumpet", "horn", "horns", "sax", "trombone"),
    "vocal": ("vocal", "vocals", "vox", "voice", "voices", "acapella", "choir", "singing", "sung"),
    "fx": ("fx", "sfx", "riser", "impact", "sweep"),
    "atmo": ("atmo", "atmos", "ambience", "atmosphere", "drone"),
    "synth": ("synth", "synths", "arp"),
}
_FULL_KITS = ("kick", "snare", "hihat")
_WORD = re.compile(r"[a-z]+|\d+")


def refused_categories(excluded: Sequence[str]) -> frozenset[str]:
    """Categories that may not be cast. No drums means none of the drum categories."""
    refused = {word for word in excluded if word in CATEGORIES}
    if "drums" in refused:
        refused.update(DRUM_CATEGORIES)
    return frozenset(refused)


def words_of(card: StemCard) -> frozenset[str]:
    """List what the stem is called: words of its name, and the tags that surely apply."""
    sure = " ".join(tag for tag, score in card.tags.items() if score >= 0.5)
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", card.name)
    words = set(_WORD.findall(f"{name} {sure}".lower()))
    if {"hi", "hat"} <= words or {"hi", "hats"} <= words:
        words.add("hihat")
    return frozenset(words)


def suspicion(card: StemCard, excluded: Sequence[str]) -> float:
    """Rate how likely it is that a stem holds something refused, 0..1.

    1.0: its category is refused. 0.9: its name says so. 0.5: a full drum loop, which as a
    rule holds kick, snare and hi-hat. Words that are no category are looked for in tags.
    """
    if card.category in refused_categories(excluded):
        return 1.0
    words = words_of(card)
    worst = 0.0
    for refused in excluded:
        if words & {refused, *_NAMES.get(refused, ())}:
            worst = max(worst, 0.9)
        elif card.category == "drums" and refused in _FULL_KITS:
            worst = max(worst, 0.5)
        else:
            worst = max(worst, 0.6 * card.tags.get(refused, 0.0))
    return worst
