"""Numbers and times as people read them."""

from datetime import datetime

_MOST_CHORDS = 8


def duration(seconds: float | None) -> str:
    """Write a duration: 0.41 s, 12 s, 3:18. None is a dash."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.2f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def size(count: float) -> str:
    """Return bytes in the unit that fits, powers of 1000."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def tempo(bpm: float | None) -> str:
    """Write a tempo: 128 BPM, 87.5 BPM. None is nothing."""
    return "" if bpm is None else f"{bpm:.1f}".removesuffix(".0") + " BPM"


def level(value: float | None, unit: str) -> str:
    """Format with one decimal. None is a dash."""
    return "–" if value is None else f"{value:.1f} {unit}"


def moment(stamp: str | None) -> str:
    """Format a time of the API, to the minute, in UTC. None is a dash."""
    if not stamp:
        return "–"
    return datetime.fromisoformat(stamp).strftime("%Y-%m-%d %H:%M")


def key(stem: dict[str, object]) -> str:
    """Format a key with its position on the Camelot wheel."""
    said, wheel = stem.get("key"), stem.get("camelot")
    return "" if not said else f"{said} ({wheel})" if wheel else str(said)


def chords(progression: str | None) -> str:
    """Write the chords that a loop goes over, the first eight. None is nothing."""
    names = (progression or "").split()
    return " – ".join(names[:_MOST_CHORDS]) + (" …" if len(names) > _MOST_CHORDS else "")
