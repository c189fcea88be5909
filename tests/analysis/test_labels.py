"""CLAP as one modest witness, and whole imports with it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from src.analysis.labels import TAG_WEIGHT, labels_of, with_labels
from src.analysis.stem_facts import StemFacts, StemNames, analyse
from src.audio.basics.validation import PROJECT_SAMPLE_RATE
from src.core.config import Settings
from src.db.models import Embedding, Stem
from src.embeddings.clap.embedder import ClapEmbedder
from src.embeddings.zero_shot import Labels
from src.music.evidence.category import with_zero_shot
from src.music.theory.library import CATEGORIES
from src.storage.decode import read_stem
from src.storage.encode import write_wav
from src.wiring import build_services
from tests.embeddings.plain_clap import write_plain_clap
from tests.embeddings.tiny_clap import random_clip
from tests.services.plain_analysis import SpectralEmbedder


def shares_of(**given: float) -> dict[str, float]:
    rest = (1.0 - sum(given.values())) / (len(CATEGORIES) - len(given))
    return {name: given.get(name, rest) for name in CATEGORIES}


def facts(name: str) -> StemFacts:
    seconds = np.arange(2 * PROJECT_SAMPLE_RATE) / PROJECT_SAMPLE_RATE
    tone = np.sin(2 * np.pi * 220 * seconds) * np.minimum(1, seconds * 2) * 0.3
    audio = tone.astype(np.float32)[None]
    return analyse(audio, StemNames(name), sample_rate=PROJECT_SAMPLE_RATE)


def test_a_close_call_is_turned_and_a_clear_one_is_not() -> None:
    for_pad = dict.fromkeys(CATEGORIES, 0.0) | {"pad": 1.0}
    close = with_zero_shot(shares_of(lead=0.4, pad=0.3), for_pad)
    assert close["pad"] > close["lead"]
    named = with_zero_shot(shares_of(kick=0.95), for_pad)
    assert named["kick"] > 0.8
    assert sum(named.values()) == pytest.approx(1.0)


def test_a_witness_that_says_nothing_changes_nothing() -> None:
    shares = shares_of(lead=0.4, pad=0.3)
    assert with_zero_shot(shares, {}) == shares
    even = with_zero_shot(shares, dict.fromkeys(CATEGORIES, 0.05))
    assert all(even[name] == pytest.approx(shares[name]) for name in CATEGORIES)


def test_agreement_makes_surer_and_a_name_is_not_overruled() -> None:
    plain = facts("Kit/Pads/warm pad.wav")
    assert plain.category == "pad"
    agreed = with_labels(plain, Labels(shares_of(pad=0.9), {}))
    denied = with_labels(plain, Labels(shares_of(kick=0.9), {}))
    confidence = [one.analysis["category"]["confidence"] for one in (agreed, plain, denied)]
    assert confidence == sorted(confidence, reverse=True)
    assert confidence[0] > confidence[2]
    assert (agreed.category, denied.category) == ("pad", "pad")
    assert denied.analysis["category"]["source"] == "filename"


def test_what_depends_on_the_category_follows_it() -> None:
    plain = facts("x/sound.wav")
    alone = plain.analysis["alone"]
    shares = shares_of(kick=0.25, bass=0.25)
    evenly = replace(
        plain,
        analysis=plain.analysis | {"alone": alone | {"shares": list(shares.values())}},
    )
    drum = with_labels(evenly, Labels(shares_of(kick=0.95), {}))
    tonal = with_labels(evenly, Labels(shares_of(bass=0.95), {}))
    assert (drum.category, drum.key) == ("kick", None)
    assert tonal.category == "bass"
    assert tonal.key == (alone["key"] or [None])[0]
    assert tonal.analysis["alone"]["category"] == "bass"
    assert tonal.analysis["category"]["likeliest"]["bass"] > shares["bass"]


def test_a_tag_that_both_hear_gains_and_one_that_only_the_witness_hears_stays_small() -> None:
    plain = replace(facts("x/sound.wav"), tags={"dark": 0.6, "warm": 0.8})
    heard = with_labels(plain, Labels({}, {"dark": 1.0, "hypnotic": 0.95, "bright": 0.5}))
    assert heard.tags["dark"] == pytest.approx(1 - 0.4 * (1 - TAG_WEIGHT), abs=1e-4)
    assert heard.tags["warm"] == 0.8
    assert heard.tags["hypnotic"] <= TAG_WEIGHT
    assert "bright" not in heard.tags


def test_facts_without_probabilities_keep_their_category() -> None:
    bare = replace(facts("x/sound.wav"), analysis={})
    assert with_labels(bare, Labels(shares_of(kick=0.9), {})).category == bare.category


def test_an_embedder_that_names_nothing_has_no_opinion() -> None:
    assert labels_of(SpectralEmbedder(), np.zeros((1, 8), np.float32)) is None


def test_an_import_with_clap_gives_every_stem_its_vector_and_finds_by_text(
    tmp_path: Path,
) -> None:
    settings = Settings(TRAUM_HOME=tmp_path, workers=2, embed_batch=2)
    manifest = write_plain_clap(settings.models_path / "plain")
    for n in range(5):
        path = settings.raw_path / "Kit" / f"sound {n}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_wav(path, random_clip(0.5 + n, seed=n), sample_rate=PROJECT_SAMPLE_RATE)
    services = build_services(settings)
    try:
        report = services.analyzer.run()
        assert (report.added, report.embedded, report.failed) == (5, 5, 0)
        with services.database.transaction() as session:
            rows = {row.stem_id: row for row in session.query(Embedding)}
            stems = {stem.id: stem.path for stem in session.query(Stem)}
            assert {row.model_id for row in rows.values()} == {manifest.model_id}
            stored = {one: np.frombuffer(row.vector, "<f4") for one, row in rows.items()}
        embedder = ClapEmbedder(settings.models_path / "plain")
        for one, path in stems.items():
            again = embedder.embed_audio([read_stem(settings.processed_path / path)])[0]
            assert again.tobytes() == stored[one].tobytes()
    finally:
        services.close()
