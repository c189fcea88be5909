"""What can be searched for, and what a search answers."""

import math
from dataclasses import dataclass, field

from src.core.errors import InvalidInputError
from src.music.model.palette import Palette
from src.music.theory.keys import parse_key
from src.music.theory.library import CATEGORIES, StemCard
from src.music.theory.progressions import searched_progressions

MAX_LIMIT, MAX_OFFSET, MAX_PROMPT = 1_000, 1_000_000, 2_000
MAX_LIKED = 32
"""How many sounds or texts may be liked, and how many disliked, in one search."""


@dataclass(frozen=True)
class SearchQuery:
    """A prompt and filters. With nothing to rank by, what passes the filters is listed by name.

    compatible: with ``key``, also keys one step away on the Camelot wheel
    kit: id or name of a kit; licence: part of it, "none" for stems without one
    chords: that a loop goes over in this order, "Am F C G"
    collection: id; palette: only what lies in one of its collections or kits
    like, unlike: ids of stems, or texts, that the hits shall resemble or not
    fits: id of a stem or track that they shall go with
    spread: 0..1, how much the hits shall differ from each other
    fold: whether near-duplicates are reported beside the best of them only
    feedback: whether ratings and use in tracks count; off, so that tracks stay the same
    cursor: where an earlier page ended; goes before ``offset``
    """

    prompt: str = ""
    limit: int = 5
    offset: int = 0
    category: str | None = None
    categories: tuple[str, ...] = ()
    bpm_min: float | None = None
    bpm_max: float | None = None
    key: str | None = None
    compatible: bool = False
    is_loop: bool | None = None
    duration_min_s: float | None = None
    duration_max_s: float | None = None
    kit: str | None = None
    loudness_min_lufs: float | None = None
    loudness_max_lufs: float | None = None
    rating_min: float | None = None
    rating_max: float | None = None
    licence: str | None = None
    tag: str | None = None
    collection: str | None = None
    palette: Palette | None = None
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    fits: str | None = None
    spread: float = 0.0
    fold: bool = False
    feedback: bool = False
    chords: str | None = None
    cursor: str | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """All categories asked for."""
        return (*self.categories, *([self.category] if self.category else []))


@dataclass(frozen=True)
class Parts:
    """What a score is made of, each 0..1; None where it had no say."""

    sound: float | None = None
    words: float | None = None
    fit: float | None = None
    feedback: float | None = None


@dataclass(frozen=True)
class SearchHit:
    """A stem that fits, and why.

    score: 0..1, of all that counts; similarity: cosine of sound and prompt;
    words: 0..1, how many of the prompt's words its name, kit and tags have
    duplicates: ids of hits so alike that they were folded into this one
    """

    stem: StemCard
    score: float
    similarity: float
    words: float
    reasons: tuple[str, ...]
    parts: Parts = field(default_factory=Parts)
    duplicates: tuple[str, ...] = ()


@dataclass(frozen=True)
class SearchPage:
    """Some hits, best first. total: stems that pass the filters; next_cursor: None at the end.

    embedder: the model whose vectors were searched
    """

    hits: tuple[SearchHit, ...]
    total: int
    next_cursor: str | None
    did_you_mean: str | None
    embedder: str


def check_query(query: SearchQuery) -> None:
    """Raise InvalidInputError for what can't be searched for, naming the rule and the value."""
    if not 1 <= query.limit <= MAX_LIMIT:
        raise InvalidInputError(f"limit must be from 1 to {MAX_LIMIT}, got {query.limit}")
    if not 0 <= query.offset <= MAX_OFFSET:
        raise InvalidInputError(f"offset must be from 0 to {MAX_OFFSET}, got {query.offset}")
    for text in (query.prompt, *query.like, *query.unlike):
        if len(text) > MAX_PROMPT:
            raise InvalidInputError(
                f"prompt must have at most {MAX_PROMPT} characters, got {len(text)}"
            )
    for name, items in (("like", query.like), ("unlike", query.unlike)):
        if len(items) > MAX_LIKED:
            raise InvalidInputError(f"{name} may be given {MAX_LIKED} times, got {len(items)}")
    for kind in query.kinds:
        if kind not in CATEGORIES:
            raise InvalidInputError(
                f"category must be one of {', '.join(CATEGORIES)}, got {kind!r}"
            )
    if query.key is not None:
        parse_key(query.key)
    if query.chords is not None:
        searched_progressions(query.chords)
    if not 0.0 <= query.spread <= 1.0:
        raise InvalidInputError(f"spread must be from 0 to 1, got {query.spread}")
    _check_range("bpm", query.bpm_min, query.bpm_max)
    _check_range("duration", query.duration_min_s, query.duration_max_s)
    _check_range("rating", query.rating_min, query.rating_max)
    _check_range("loudness", query.loudness_min_lufs, query.loudness_max_lufs, least=-math.inf)


def _check_range(name: str, low: float | None, high: float | None, *, least: float = 0.0) -> None:
    for value in (low, high):
        if value is not None and not (math.isfinite(value) and value >= least):
            rule = "numbers" if least == -math.inf else f"numbers from {least:g}"
            raise InvalidInputError(f"{name} limits must be {rule}, got {value!r}")
    if low is not None and high is not None and low > high:
        raise InvalidInputError(f"{name} must not start above its end, got {low:g} to {high:g}")
