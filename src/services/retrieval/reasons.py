"""Why a stem was found, in sentences a musician reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from src.audio.analysis.attributes import ATTRIBUTES, attribute_scores
from src.audio.analysis.calibration import calibration
from src.music.theory.keys import camelot_distance
from src.music.theory.library import CATEGORIES, StemCard
from src.services.retrieval.fit import PlayingContext, weighed
from src.services.retrieval.query import Parts
from src.services.retrieval.words import PromptTerms, index_words
from src.words.mentions import ConceptMention

CLEARLY = 0.6
"""An attribute at least so strong is given as a reason."""

WELL = 0.7
"""A likeness or fit at least so good is given as a reason."""

_MOST = 6
_FITS_REPORTED = 2


@dataclass(frozen=True)
class Told:
    """What a hit was ranked by."""

    requested: PromptTerms
    parts: Parts = field(default_factory=Parts)
    context: PlayingContext | None = None
    uses: Mapping[str, int] = field(default_factory=dict)


def reasons_for(stem: StemCard, reported: Told) -> tuple[str, ...]:
    """Give up to six reasons: its kind, its sound, its words, its tempo and key, its use."""
    requested = reported.requested
    reasons = [
        *_sound(stem, requested),
        *_words(stem, requested),
        *_likeness(reported),
        *_context(stem, reported),
        *_music(stem, requested),
        *_feedback(stem, reported),
    ]
    return tuple(dict.fromkeys(reasons))[:_MOST] or ("passes the filters",)


def _sound(stem: StemCard, requested: PromptTerms) -> Iterator[str]:
    scores = _scores(stem)
    for mention in requested.mentions:
        if mention.weight > 0 and stem.category in mention.meaning:
            yield f"is {_article(stem.category)}"
        yield from _traits(mention, scores)


def _traits(mention: ConceptMention, scores: Mapping[str, float]) -> Iterator[str]:
    for name, weight in mention.meaning.items():
        score = scores.get(name)
        if score is not None and weight > 0 and score >= CLEARLY:
            yield f"sounds {name} ({score:.2f})"
        elif score is not None and weight < 0 and score <= 1.0 - CLEARLY:
            yield f"is not {name} ({score:.2f})"


def _words(stem: StemCard, requested: PromptTerms) -> Iterator[str]:
    wanted = set(requested.words)
    for position, text in (
        ("name", stem.name),
        ("kit", stem.kit or ""),
        ("tag", " ".join(stem.tags)),
    ):
        said = [word for word in dict.fromkeys(index_words(text)) if word in wanted]
        if said:
            yield f"{position} says {', '.join(said)}"


def _likeness(reported: Told) -> Iterator[str]:
    """Yield reasons only where the sound was asked for by an example; texts go by their words."""
    if (
        reported.parts.sound is not None
        and not reported.requested.mentions
        and reported.parts.sound >= WELL
    ):
        yield f"sounds like it ({reported.parts.sound:.2f})"


def _context(stem: StemCard, reported: Told) -> Iterator[str]:
    if reported.context is None:
        return
    found = weighed(stem, reported.context)
    yield f"goes with {reported.context.name} ({found.score:.2f})"
    good = [reason for reason in found.reasons if reason.score >= WELL]
    for reason in sorted(good, key=lambda reason: -reason.score)[:_FITS_REPORTED]:
        yield f"{reason.criterion}: {reason.text}"


def _music(stem: StemCard, requested: PromptTerms) -> Iterator[str]:
    if requested.bpm is not None and stem.bpm is not None:
        for factor in (1.0, 0.5, 2.0):
            if abs(stem.bpm * factor / requested.bpm - 1.0) < 0.04:
                yield f"{stem.bpm:g} BPM fits {requested.bpm:g}"
                break
    if requested.key is not None and stem.key is not None:
        distance = camelot_distance(stem.key, requested.key)
        if distance <= 1:
            yield f"{stem.key} {'is' if distance == 0 else 'mixes with'} {requested.key}"


def _feedback(stem: StemCard, reported: Told) -> Iterator[str]:
    if reported.parts.feedback is None:
        return
    if stem.user_rating is not None:
        yield f"rated {stem.user_rating} of 5"
    uses = reported.uses.get(stem.id, 0)
    if uses:
        yield f"plays in {uses} track{'s' if uses > 1 else ''}"


def _scores(stem: StemCard) -> Mapping[str, float]:
    """Rate all attributes where the descriptors are complete, else use the tags alone."""
    if calibration().descriptors.keys() <= stem.features.keys():
        return attribute_scores(stem.features)
    return {name: score for name, score in stem.tags.items() if name in ATTRIBUTES}


def _article(category: str) -> str:
    if category not in CATEGORIES or category in {"drums", "keys", "strings", "brass", "bass",
                                                  "percussion", "fx", "other"}:  # fmt: skip
        return category
    return f"{'an' if category[0] in 'aeiou' else 'a'} {category}"
