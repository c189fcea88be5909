"""Which embedder the settings choose, and what is said about it."""

from pathlib import Path

import pytest

from src.core.config import Settings
from src.core.errors import BackendUnavailableError
from src.embeddings.acoustic import AcousticEmbedder
from src.embeddings.choice import embedder_status, installed_models
from src.embeddings.clap.embedder import ClapEmbedder
from src.wiring import build_embedder, build_services
from tests.embeddings.plain_clap import write_plain_clap


def with_models(tmp_path: Path, **requested: object) -> Settings:
    settings = Settings(TRAUM_HOME=tmp_path, **requested)
    for name, precision in (("b-fp32", "fp32"), ("b-int8", "int8")):
        write_plain_clap(settings.models_path / name, precision=precision, name="b")  # type: ignore[arg-type]
    return settings


def test_auto_is_the_offline_embedder_until_a_model_lies_there(tmp_path: Path) -> None:
    settings = Settings(TRAUM_HOME=tmp_path)
    assert isinstance(build_embedder(settings), AcousticEmbedder)
    assert "no CLAP is there" in embedder_status(settings)
    assert "models pull" in embedder_status(settings)
    with_models(tmp_path)
    chosen = build_embedder(settings)
    assert isinstance(chosen, ClapEmbedder)
    assert chosen.manifest.precision == "int8"
    assert "EMBEDDER=acoustic" in embedder_status(settings)


def test_acoustic_stays_acoustic(tmp_path: Path) -> None:
    settings = with_models(tmp_path, embedder="acoustic")
    assert isinstance(build_embedder(settings), AcousticEmbedder)
    assert isinstance(build_services(settings).embedder, AcousticEmbedder)


def test_clap_without_a_model_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    settings = Settings(TRAUM_HOME=tmp_path, embedder="clap")
    with pytest.raises(BackendUnavailableError, match=r"EMBEDDER=clap.*models pull"):
        build_embedder(settings)


def test_a_model_may_be_named(tmp_path: Path) -> None:
    named = build_embedder(with_models(tmp_path, clap_model="b-fp32"))
    assert isinstance(named, ClapEmbedder)
    assert named.manifest.precision == "fp32"
    with pytest.raises(BackendUnavailableError, match=r"CLAP_MODEL must name.*'gone'"):
        build_embedder(Settings(TRAUM_HOME=tmp_path, clap_model="gone"))


def test_a_broken_manifest_is_listed_with_its_problem_and_passed_over(tmp_path: Path) -> None:
    settings = with_models(tmp_path)
    bad = settings.models_path / "a-broken"
    bad.mkdir()
    (bad / "manifest.json").write_text("{}")
    found = installed_models(settings.models_path)
    assert [one.folder.name for one in found] == ["a-broken", "b-int8", "b-fp32"]
    assert "makes no sense" in found[0].problem
    assert isinstance(build_embedder(settings), ClapEmbedder)
