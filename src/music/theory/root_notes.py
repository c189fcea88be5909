"""The note that a one-shot sounds as it was recorded."""

from src.music.theory.keys import pitch_class
from src.music.theory.library import DRUM_CATEGORIES, StemCard

_LOW_OCTAVE, _MIDDLE_OCTAVE = 36, 60
_NOTE_OF_32_HZ = 23.62


def root_note(card: StemCard) -> int | None:
    """Return the note that a tonal one-shot sounds; None for drums and where it is not known.

    The pitch class is the card's root; the octave is the one that was heard, else it
    begins at C2 for a bass and at C4 for all others.
    """
    if card.key is None or card.is_loop or card.category in DRUM_CATEGORIES:
        return None
    pitch = pitch_class(card.key)
    audible = card.features.get("pitch_octave", 0.0)
    if audible <= 0.0:
        return pitch + (_LOW_OCTAVE if card.category == "bass" else _MIDDLE_OCTAVE)
    near = _NOTE_OF_32_HZ + 12.0 * audible
    return pitch + 12 * round((near - pitch) / 12.0)
