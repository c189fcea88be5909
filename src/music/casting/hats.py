"""Open and closed hi-hats: which a sound is, and the pair that one drummer plays."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import PurePosixPath

from src.music.model.score import Note
from src.music.theory.library import StemCard
from src.words.vocabulary import vocabulary

OPEN_DECAY_S = 0.07
"""A hi-hat that takes longer than this to fall by 20 dB is an open one. The closed ones of
drum machines take 20 to 50 ms, open ones 100 ms and more."""

CLOSED_S = 0.05
"""Where a library has open hi-hats alone, a closed hit is an open one cut to this length."""

OPEN = "open"
"""How an open hit is marked in the score."""

_WORD = re.compile(r"[a-z]+")
_MOST_BALANCE_DB = 6.0


@dataclass(frozen=True)
class Hats:
    """What plays the two kinds of hits; None where the library has no such sound.

    Without a closed one the open one is cut short, without an open one hits that are meant
    open are closed accents.
    """

    closed: StemCard | None
    opened: StemCard | None


def hat_kind(card: StemCard) -> str:
    """ "open" or "closed" by name, by folder or by how fast it dies away; "" where unknown.

    A loop is neither.
    """
    if card.is_loop:
        return ""
    folder = PurePosixPath(card.original_file).parent.name
    names = vocabulary().names
    for text in (card.name, folder):
        plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
        words = set(_WORD.findall(plain.lower()))
        is_open, is_closed = words & names.open_hats, words & names.closed_hats
        if bool(is_open) != bool(is_closed):
            return OPEN if is_open else "closed"
    decay_s = card.features.get("decay")
    if decay_s is None:
        return ""
    return OPEN if decay_s >= OPEN_DECAY_S else "closed"


def partner_name(part: str, partner: StemCard) -> str:
    """Name a part's second hi-hat, as edits and reports do."""
    return f"{part} {hat_kind(partner)}"


def hats_of(card: StemCard, partner: StemCard | None) -> Hats:
    """Pair a hi-hat with its partner, if it has one."""
    if hat_kind(card) == OPEN:
        return Hats(partner, card)
    return Hats(card, partner)


def played_on(note: Note, hats: Hats, *, opened: bool, beat_s: float) -> Note:
    """Play a hit on one of the two, with their peaks brought to one level."""
    card = hats.opened if opened and hats.opened is not None else hats.closed
    if card is None:
        card = hats.opened
    if card is None:
        return note
    if card is hats.opened and opened:
        factor = _balance(card, hats.closed)
        velocity = min(1.0, note.velocity * factor)
        return replace(note, stem_id=card.id, velocity=velocity, articulation=OPEN)
    if card is hats.opened:
        return replace(note, stem_id=card.id, length_beats=CLOSED_S / beat_s)
    return replace(note, stem_id=card.id)


def choked(notes: Sequence[Note]) -> tuple[Note, ...]:
    """Open hits ring until the next hit of the pair, whichever it is: one foot, one pedal."""
    ended = [
        replace(note, length_beats=round(then.start_beats - note.start_beats, 6))
        if note.articulation == OPEN
        else note
        for note, then in pairwise(notes)
    ]
    return (*ended, *notes[-1:])


def stems_in(notes: Iterable[Note]) -> frozenset[str]:
    """List the stems that are hit."""
    return frozenset(note.stem_id for note in notes)


def _balance(card: StemCard, other: StemCard | None) -> float:
    """Compute the factor of velocity that brings a sound's peak to the other's.

    A hit's amplitude is its velocity to the power of 1.5.
    """
    if other is None or card.true_peak_dbtp is None or other.true_peak_dbtp is None:
        return 1.0
    moved_db = other.true_peak_dbtp - card.true_peak_dbtp
    moved_db = max(-_MOST_BALANCE_DB, min(_MOST_BALANCE_DB, moved_db))
    return float(10.0 ** (moved_db / 30.0))
