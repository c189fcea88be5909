"""Counting the library gives what the arranger needs, whatever the size."""

from pathlib import Path

from src.core.config import Settings
from src.db.database import Database
from src.db.rows.library_counts import stem_groups
from src.music.arranging.library_summary import summarise_library


def test_demo_library_is_four_kits_with_their_tempos_and_keys(demo_library: Path) -> None:
    database = Database(Settings(TRAUM_HOME=demo_library).sql_url)
    with database.transaction() as session:
        groups = stem_groups(session)
    database.close()
    assert sum(group.stems for group in groups) == 63
    assert all(0 <= group.bpm_weight <= group.stems for group in groups)
    summary = summarise_library(groups)
    kits: dict[tuple[float | None, str | None], float] = {}
    for kit in summary.kits:
        kits[kit.bpm, kit.key] = kits.get((kit.bpm, kit.key), 0) + kit.stems
    assert {(138.0, "Am"), (124.0, "Fm"), (174.0, "Em"), (80.0, "C")} <= set(kits)
    assert summary.counts["kick"] == 4
