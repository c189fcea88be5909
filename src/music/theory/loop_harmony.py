"""What a loop's analysed chords allow: one that stays can be moved, one that moves leads."""

from src.music.theory.keys import pitch_class
from src.music.theory.library import StemCard

SURE, SURE_OF_BASS = 0.5, 0.4
"""From which mean confidence on a loop's chords are believed; of a bass the roots are enough."""


def is_still(card: StemCard) -> bool:
    """Tell whether all that is heard in a loop has one root, surely or as its key says."""
    roots = {one.chord.root for one in card.chords or ()}
    if len(roots) != 1:
        return False
    named = card.key is not None and pitch_class(card.key) in roots
    return named or confidence_of(card) >= SURE


def has_progression(card: StemCard) -> bool:
    """Tell whether a loop surely moves through several chords."""
    least = SURE_OF_BASS if card.category == "bass" else SURE
    several = len({one.chord.root for one in card.chords or ()}) > 1
    return several and confidence_of(card) >= least


def confidence_of(card: StemCard) -> float:
    """Average the confidence of a loop's chords over its beats; 0 without chords."""
    chords = card.chords or ()
    beats = sum(one.beats for one in chords)
    return sum(one.beats * one.confidence for one in chords) / beats if beats > 0.0 else 0.0
