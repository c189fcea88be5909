"""Stems for tests, as plain cards: a kit of loops, and single sounds."""

from typing import Any

from src.music.casting.matching import StemCandidate
from src.music.model.plan import StemQuery
from src.music.theory.library import StemCard


def loop(
    name: str, category: str, *, bars: float = 4.0, bpm: float = 138.0, **more: Any
) -> StemCard:
    """A loop that is exactly as long as its bars."""
    return StemCard(
        id=more.pop("id", name),
        path=f"stems/{name}.wav",
        name=name,
        category=category,
        is_loop=True,
        duration_s=more.pop("duration_s", bars * 240.0 / bpm),
        channels=2,
        bars=bars,
        bpm=bpm,
        loudness_lufs=more.pop("loudness_lufs", -18.0),
        **more,
    )


def shot(name: str, category: str, *, duration_s: float = 0.3, **more: Any) -> StemCard:
    """A one-shot."""
    return StemCard(
        id=more.pop("id", name),
        path=f"stems/{name}.wav",
        name=name,
        category=category,
        is_loop=False,
        duration_s=duration_s,
        channels=1,
        loudness_lufs=more.pop("loudness_lufs", -14.0),
        **more,
    )


def pool_of(
    cards: list[StemCard], queries: tuple[StemQuery, ...]
) -> dict[StemQuery, list[StemCandidate]]:
    """What a search would find for each query, all equally near in meaning."""
    return {
        query: [StemCandidate(card, 0.7) for card in cards if card.category == query.category]
        for query in queries
    }
