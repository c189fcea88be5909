"""What exports take, and a format that turns out too large."""

from pathlib import Path

import pytest

from src.core.config import Settings
from src.core.errors import ConflictError
from src.services.export.formats import FORMATS, ExportFormat, Material
from src.services.export.quota import folder_bytes
from src.wiring import build_services
from tests.services.export.test_service import plan
from tests.services.small_library import fill_library, made_stems


def test_a_format_that_is_too_large_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services = build_services(Settings(TRAUM_HOME=tmp_path, max_exports_mb=1))
    fill_library(services.database, services.settings, services.embedder, made_stems())
    track_id = services.renderer.render_track(plan(), seed=3).track_id

    def large(of: Material, folder: Path, progress: object) -> None:
        (folder / "large.wav").write_bytes(bytes(1_000_001))

    monkeypatch.setitem(FORMATS, "credits", ExportFormat(large, 0.1))
    with pytest.raises(ConflictError, match=r"1 MB .* they take 1\.0 MB"):
        services.exports.export(track_id, ["credits"])
    assert services.exports.files(track_id).files == []
    assert folder_bytes(services.exports.folder(track_id)) == 0
    services.exports.export(track_id, ["midi"])
    services.close()


def test_what_is_not_there_takes_nothing(tmp_path: Path) -> None:
    assert folder_bytes(tmp_path / "nowhere") == 0
