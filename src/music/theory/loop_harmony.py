"""What a loop's analysed chords allow: one that stays can be moved, one that moves leads."""

from src.music.theory.library import StemCard

SURE, SURE_OF_BASS = 0.5, 0.4
"""From which mean confidence on a loop's chords are believed; of a bass the roots are enough."""


def is_still(card: StemCard) -> bool:
    """Tell whether all that is heard in a loop has one root."""
    return bool(card.chords) and len({one.chord.root for one in card.chords or ()}) == 1


def has_progression(card: StemCard) -> bool:
    """Tell whether a loop surely moves through several chords."""
    least = SURE_OF_BASS if card.category == "bass" else SURE
    return bool(card.chords) and not is_still(card) and confidence_of(card) >= least


def confidence_of(card: StemCard) -> float:
    """Average the confidence of a loop's chords over its beats; 0 without chords."""
    chords = card.chords or ()
    beats = sum(one.beats for one in chords)
    return sum(one.beats * one.confidence for one in chords) / beats if beats > 0.0 else 0.0
