"""Why a stem was found, in sentences a musician reads."""

from collections.abc import Iterator, Mapping

from src.audio.attributes import ATTRIBUTES, attribute_scores
from src.audio.calibration import calibration
from src.embeddings.lexicon import Mention
from src.music.keys import camelot_distance
from src.music.library import CATEGORIES, StemCard
from src.services.search_words import Asked, index_words

CLEARLY = 0.6
"""An attribute at least so strong is told as a reason."""

_MOST = 6


def reasons_for(stem: StemCard, asked: Asked) -> tuple[str, ...]:
    """Up to six reasons: its kind, its sound, its words, its tempo and key."""
    told = [*_sound(stem, asked), *_words(stem, asked), *_music(stem, asked)]
    return tuple(dict.fromkeys(told))[:_MOST] or ("passes the filters",)


def _sound(stem: StemCard, asked: Asked) -> Iterator[str]:
    scores = _scores(stem)
    for mention in asked.mentions:
        if mention.weight > 0 and stem.category in mention.meaning:
            yield f"is {_article(stem.category)}"
        yield from _traits(mention, scores)


def _traits(mention: Mention, scores: Mapping[str, float]) -> Iterator[str]:
    for name, weight in mention.meaning.items():
        score = scores.get(name)
        if score is not None and weight > 0 and score >= CLEARLY:
            yield f"sounds {name} ({score:.2f})"
        elif score is not None and weight < 0 and score <= 1.0 - CLEARLY:
            yield f"is not {name} ({score:.2f})"


def _words(stem: StemCard, asked: Asked) -> Iterator[str]:
    wanted = set(asked.words)
    for place, text in (("name", stem.name), ("kit", stem.kit or ""), ("tag", " ".join(stem.tags))):
        said = [word for word in dict.fromkeys(index_words(text)) if word in wanted]
        if said:
            yield f"{place} says {', '.join(said)}"


def _music(stem: StemCard, asked: Asked) -> Iterator[str]:
    if asked.bpm is not None and stem.bpm is not None:
        for factor in (1.0, 0.5, 2.0):
            if abs(stem.bpm * factor / asked.bpm - 1.0) < 0.04:
                yield f"{stem.bpm:g} BPM fits {asked.bpm:g}"
                break
    if asked.key is not None and stem.key is not None:
        distance = camelot_distance(stem.key, asked.key)
        if distance <= 1:
            yield f"{stem.key} {'is' if distance == 0 else 'mixes with'} {asked.key}"


def _scores(stem: StemCard) -> Mapping[str, float]:
    """All attributes where the descriptors are complete, else the tags alone."""
    if calibration().descriptors.keys() <= stem.features.keys():
        return attribute_scores(stem.features)
    return {name: score for name, score in stem.tags.items() if name in ATTRIBUTES}


def _article(category: str) -> str:
    if category not in CATEGORIES or category in {"drums", "keys", "strings", "brass", "bass",
                                                  "percussion", "fx", "other"}:  # fmt: skip
        return category
    return f"{'an' if category[0] in 'aeiou' else 'a'} {category}"
