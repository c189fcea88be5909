"""Libraries of a labelled folder, with names shown or hidden, as an import would make them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from benchmarks.analysis import analysed, settled, tasks_of
from benchmarks.analysis_figures import Answer
from benchmarks.labels import Label
from src.audio.analysis.categories import model_from
from src.audio.basics.validation import PROJECT_SAMPLE_RATE
from src.db.database import Database
from src.db.models import Embedding, Kit, Stem
from src.embeddings.acoustic import AcousticEmbedder
from src.embeddings.protocol import Embedder, Vectors
from src.services.ingest.kits import kit_id, kit_path
from src.services.search import SearchService
from src.storage.decode import read_audio


def heard(
    labels: Sequence[Label],
    corpus: Path,
    *,
    hide: bool,
    models: dict[str, Path],
    workers: int,
) -> list[Answer]:
    """Analyse every file and settle what lies together. models: source -> category model that
    never met it; empty for the one that ships."""
    tasks = tasks_of(labels, corpus, hide=hide, models=models)
    return settled(analysed(labels, tasks, workers=workers))


def vectors_of(
    answers: Sequence[Answer], corpus: Path, embedder: Embedder, models: dict[str, Path]
) -> list[Vectors]:
    """The vector of each sound; of the offline embedder by the category models given."""
    if not isinstance(embedder, AcousticEmbedder):
        return [_embedded(answer, corpus, embedder) for answer in answers]
    by_source = {
        source: AcousticEmbedder(model=model_from(path)) for source, path in models.items()
    }
    return [
        by_source.get(answer.label.source, embedder).embed_features([answer.facts.features])[0]
        for answer in answers
        if answer.facts is not None
    ]


def library(
    folder: Path, answers: Sequence[Answer], vectors: Sequence[Vectors], embedder: Embedder
) -> SearchService:
    """A database in a folder, filled, and its search. Ids are the places in the list."""
    database = Database(f"sqlite:///{folder / 'stems.db'}")
    database.upgrade()
    with database.transaction() as session:
        kits = {kit for answer in answers if (kit := kit_path(answer.heard_as))}
        session.add_all(
            Kit(id=kit_id(kit), path=kit, name=PurePosixPath(kit).name) for kit in sorted(kits)
        )
        session.flush()
        for number, (answer, vector) in enumerate(zip(answers, vectors, strict=True)):
            session.add(_row(number, answer, vector, embedder))
    return SearchService(database, embedder)


def id_of(number: int) -> str:
    """The id of a stem by its place in the list: in an order that knows nothing of labels."""
    return hashlib.sha256(str(number).encode()).hexdigest()[:16]


def _row(number: int, answer: Answer, vector: Vectors, embedder: Embedder) -> Stem:
    facts = answer.facts
    assert facts is not None, "only what could be read is stored"
    kit, stem_id = kit_path(answer.heard_as), id_of(number)
    made = Stem(
        id=stem_id, path=f"stems/{stem_id}.wav", original_file=answer.heard_as,
        name=PurePosixPath(answer.heard_as).stem, kit_id=kit_id(kit) if kit else None,
        content_hash=stem_id, duration_s=facts.features["duration_s"], channels=2,
        original_sample_rate=PROJECT_SAMPLE_RATE,
        is_loop=facts.is_loop, bars=facts.bars, bpm=facts.bpm,
        key=facts.key, category=facts.category, tags=facts.tags, features=facts.features,
        analysis=facts.analysis, analysis_version="bench", loudness_lufs=facts.loudness_lufs,
    )  # fmt: skip
    raw = np.asarray(vector, dtype="<f4").tobytes()
    made.embeddings = [Embedding(model_id=embedder.model_id, vector=raw)]
    return made


def _embedded(answer: Answer, corpus: Path, embedder: Embedder) -> Vectors:
    audio = read_audio(corpus / answer.label.relpath, sample_rate=PROJECT_SAMPLE_RATE).audio
    return embedder.embed_audio([audio])[0]
