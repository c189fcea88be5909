"""What an embedder that can name sounds adds to the facts of a stem: modest evidence more."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from src.analysis.stem_facts import StemFacts
from src.embeddings.protocol import Embedder, Vectors
from src.embeddings.zero_shot import Labels, SaysWhatItIs
from src.music.evidence.category import with_zero_shot
from src.music.evidence.estimates import Estimate, Source
from src.music.evidence.kit_evidence import StemEvidence, evidence_from, evidence_record
from src.music.evidence.stem_in_kit import estimate_record, own_key
from src.music.evidence.tonal import likeliest_kind
from src.music.theory.library import CATEGORIES

TAG_WEIGHT = 0.3
"""Highest score that a label alone gives a tag; where the sound has it too, it gains."""

SURE_TAG = 0.9
"""How near the best label another one must come to be a tag that the sound does not have."""

MOST_TAGS = 5


def labels_of(embedder: Embedder, vectors: Vectors) -> list[Labels] | None:
    """Name each sound by its vector; None for an embedder that can't."""
    return embedder.labels(vectors) if isinstance(embedder, SaysWhatItIs) else None


def with_labels(facts: StemFacts, labels: Labels) -> StemFacts:
    """Weigh category, tags and what depends on them again, the labels considered.

    An analysis that kept no probabilities (``alone``) keeps its category.
    """
    facts = replace(facts, tags=_tags(facts.tags, labels.tags))
    alone = facts.analysis.get("alone")
    evidence = None if alone is None else evidence_from(alone)
    if evidence is None or not evidence.shares:
        return facts
    by_sound = dict(zip(CATEGORIES, evidence.shares, strict=True))
    shares = with_zero_shot(by_sound, labels.categories)
    kind = likeliest_kind(shares)
    return replace(
        facts,
        category=kind,
        key=_key(evidence, kind),
        analysis=facts.analysis | _notes(evidence, kind, shares),
    )


def _notes(evidence: StemEvidence, kind: str, shares: Mapping[str, float]) -> dict[str, Any]:
    source: Source = "filename" if evidence.named and kind == evidence.category else "audio"
    best = sorted(shares.items(), key=lambda item: -item[1])[:3]
    likeliest = {category: round(share, 4) for category, share in best}
    now = replace(
        evidence,
        category=kind,
        named=source == "filename",
        shares=tuple(shares[name] for name in CATEGORIES),
    )
    key = own_key(now, kind)
    return {
        "category": estimate_record(Estimate(kind, shares[kind], source))
        | {"likeliest": likeliest},
        "key": estimate_record(key),
        "alone": evidence_record(now),
    }


def _key(evidence: StemEvidence, kind: str) -> str | None:
    key = own_key(evidence, kind)
    return None if key is None else str(key.value)


def _tags(by_sound: Mapping[str, float], labelled: Mapping[str, float]) -> dict[str, float]:
    """Agreement strengthens (1 - product of the doubts); at most five, best first.

    Of tags that only the labels give, those alone may fill a gap that are sure.
    """
    sure = {tag for tag, score in labelled.items() if score >= SURE_TAG}
    fused = {
        tag: 1.0 - (1.0 - by_sound.get(tag, 0.0)) * (1.0 - TAG_WEIGHT * labelled.get(tag, 0.0))
        for tag in sorted(by_sound.keys() | sure)
    }
    best = sorted(fused.items(), key=lambda item: (-item[1], item[0]))[:MOST_TAGS]
    return {tag: round(float(score), 4) for tag, score in best}
