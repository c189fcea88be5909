"""Another embedder for a library, while it is searched."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from src.audio.basics.validation import Audio
from src.core.config import Settings
from src.core.errors import GenerationFailedError
from src.core.progress import JobCancelled
from src.db.database import Database
from src.db.rows import active_model
from src.embeddings.protocol import Vectors
from src.services.ingest.reembedding import EMBEDDING, SWITCHING, ReembeddingService
from src.services.preprocessor import NeuroAnalyzer
from src.services.retrieval.embedding_models import EmbeddingModels
from src.services.retrieval.space import SearchSpaces
from src.services.search import SearchQuery, SearchService
from src.storage.decode import read_stem
from tests.db.stocked import fresh_database
from tests.services.library_files import rows_of, write_sound
from tests.services.plain_analysis import PLAIN, SpectralEmbedder

OLD = SpectralEmbedder()


class LengthEmbedder:
    """Another space: how long a sound is. Texts point to the longest."""

    model_id = "length-1"
    dimension = 3

    def embed_audio(self, clips: Sequence[Audio]) -> Vectors:
        lengths = np.array([clip.shape[1] / 48_000 for clip in clips], np.float32)
        rows = np.stack([lengths, 1.0 - lengths, np.full_like(lengths, 0.1)], axis=1)
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def embed_text(self, texts: Sequence[str]) -> Vectors:
        return np.tile(np.array([1, 0, 0], np.float32), (len(texts), 1))


NEW = LengthEmbedder()


class Library:
    """A library whose settings want another embedder than it was imported with."""

    def __init__(self, home: Path) -> None:
        self.settings = Settings(TRAUM_HOME=home, workers=1, embed_batch=2)
        self.database = Database(self.settings.sql_url)
        self.models = EmbeddingModels(self.database, self.settings, NEW, others=[OLD])
        self.spaces = SearchSpaces(self.database, self.models.active(), models=self.models)
        self.search = SearchService(self.database, self.models.active(), spaces=self.spaces)
        self.service = ReembeddingService(self.database, self.settings, self.models, self.spaces)

    def vectors(self, model_id: str) -> int:
        return rows_of(self.database, "embeddings", "model_id").count(model_id)

    def embed_at_once(self) -> None:
        """The wanted model's vectors, without worker processes."""
        with self.database.transaction() as session:
            ids = active_model.stems_without(session, NEW.model_id, after="", limit=100)
            clips = [read_stem(self.settings.stems_path / f"{one}.wav") for one in ids]
            raw = [row.tobytes() for row in NEW.embed_audio(clips)]
            active_model.add_vectors(session, NEW.model_id, list(zip(ids, raw, strict=True)))

    def first(self) -> tuple[str, str]:
        """The model that answered and its best hit."""
        page = self.search.find(SearchQuery("anything at all", limit=1))
        return page.embedder, page.hits[0].stem.name

    def add(self, name: str, **sound: float) -> None:
        write_sound(self.settings.raw_path / name, seed=99, **sound)
        NeuroAnalyzer(
            self.database, self.settings, OLD, active=self.models.active, analysis=PLAIN
        ).run()


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    settings = Settings(TRAUM_HOME=tmp_path_factory.mktemp("home"), workers=1)
    for number in range(5):
        write_sound(settings.raw_path / f"s{number}.wav", seed=number, length_s=0.05 + 0.1 * number)
    database = fresh_database(settings)
    NeuroAnalyzer(database, settings, OLD, analysis=PLAIN).run()
    database.close()
    return settings.home


@pytest.fixture
def library(imported: Path, tmp_path: Path) -> Iterator[Library]:
    shutil.copytree(imported, tmp_path / "home")
    made = Library(tmp_path / "home")
    yield made
    made.database.close()


def stopping(when: Callable[[str, int], bool]) -> Callable[[str, int, int], None]:
    def progress(stage: str, done: int, _total: int) -> None:
        if when(stage, done):
            raise JobCancelled("enough")

    return progress


def test_wanting_another_embedder_starts_nothing(library: Library) -> None:
    assert library.first()[0] == OLD.model_id
    state = library.models.state()
    assert (state.active, state.requested) == (OLD.model_id, NEW.model_id)
    by_name = {one.model_id: one for one in state.embedders}
    assert by_name[OLD.model_id].ready
    assert (by_name[NEW.model_id].embedded, by_name[NEW.model_id].total) == (0, 5)
    assert not by_name[NEW.model_id].ready
    assert library.vectors(NEW.model_id) == 0


def test_searches_use_the_old_vectors_until_the_new_ones_are_complete(library: Library) -> None:
    reported: list[str] = []
    steps: list[tuple[str, int, int]] = []

    def progress(*step: object) -> None:
        reported.append(library.first()[0])
        steps.append(step)  # type: ignore[arg-type]

    report = library.service.run(progress=progress)
    assert set(reported) == {OLD.model_id}
    embedding = [step for step in steps if step[0] == EMBEDDING]
    # a slow step is told again while it lasts
    assert list(dict.fromkeys(done for _, done, _ in embedding)) == [0, 2, 4, 5]
    assert {total for _, _, total in embedding} == {5}
    assert steps[-1][0] == EMBEDDING  # a last look for what came in meanwhile
    assert library.first() == (NEW.model_id, "s4")
    assert (report.stems, report.embedded, report.failed, report.switched) == (5, 5, 0, True)
    assert library.models.state().active == NEW.model_id
    assert library.vectors(OLD.model_id) == 5


def test_a_cancelled_one_keeps_what_it_made_and_goes_on_from_there(library: Library) -> None:
    with pytest.raises(JobCancelled):
        library.service.run(progress=stopping(lambda stage, done: done >= 2))
    assert library.vectors(NEW.model_id) == 2
    assert library.first()[0] == OLD.model_id
    with pytest.raises(JobCancelled):
        library.service.run(progress=stopping(lambda stage, done: stage == SWITCHING))
    assert library.vectors(NEW.model_id) == 5
    assert library.first()[0] == OLD.model_id
    report = library.service.run()
    assert (report.stems, report.embedded, report.switched) == (0, 0, True)
    assert library.first()[0] == NEW.model_id
    assert not library.service.run().switched


def test_the_process_that_switched_reads_nothing_again(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert library.first()[0] == OLD.model_id
    library.service.run()
    monkeypatch.setattr(
        SearchSpaces, "prepare", lambda *_: pytest.fail("the vectors were let go of")
    )
    assert library.first()[0] == NEW.model_id


def test_what_is_imported_meanwhile_is_found_before_and_after(library: Library) -> None:
    found: list[str] = []

    def progress(stage: str, _done: int, _total: int) -> None:
        if stage == SWITCHING and not found:
            library.add("late.wav", length_s=0.9)
            hits = library.search.search(SearchQuery("late", limit=1))
            found.append(hits[0].stem.name)

    report = library.service.run(progress=progress)
    assert found == ["late"]
    assert report.embedded == 6
    assert library.first() == (NEW.model_id, "late")
    library.add("later.wav", length_s=0.95)
    assert library.vectors(NEW.model_id) == 7
    assert library.vectors(OLD.model_id) == 6


def test_where_too_many_can_not_be_heard_the_old_vectors_stay(library: Library) -> None:
    next(iter(library.settings.stems_path.glob("*.wav"))).write_bytes(b"broken")
    with pytest.raises(GenerationFailedError, match=r"1 of 5 stems can't be embedded by length-1"):
        library.service.run()
    assert library.vectors(NEW.model_id) == 4
    assert library.first()[0] == OLD.model_id


def test_an_answer_never_mixes_two_models(library: Library) -> None:
    """The mark changes between the embedding of the prompt and the ranking."""
    library.embed_at_once()
    assert library.first()[0] == OLD.model_id
    library.spaces.prepare(NEW)

    def embed_text(texts: Sequence[str]) -> Vectors:
        with library.database.transaction() as session:
            active_model.set_active_model(session, NEW.model_id)
        return np.zeros((len(texts), OLD.dimension), np.float32)

    space = library.search._space
    object.__setattr__(space.embedder, "embed_text", embed_text)
    try:
        assert library.first() == (NEW.model_id, "s4")
    finally:
        object.__delattr__(space.embedder, "embed_text")


def test_another_process_follows_without_a_pause(library: Library) -> None:
    other = Library(library.settings.home)
    assert other.first()[0] == OLD.model_id
    library.embed_at_once()
    with library.database.transaction() as session:
        active_model.set_active_model(session, NEW.model_id)
    answered = [other.first()[0]]
    while answered[-1] == OLD.model_id and len(answered) < 1_000:
        answered.append(other.first()[0])
    assert answered[-1] == NEW.model_id
    other.database.close()
