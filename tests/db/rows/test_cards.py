from pathlib import Path

from src.db.database import Database
from src.db.models import Kit, Stem
from src.db.rows.cards import card
from src.music.theory.library import StemCard


def test_a_card_carries_the_effective_values_beyond_the_session(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'stems.db'}")
    database.upgrade()
    with database.transaction() as session:
        session.add(Kit(id="k", path="Dark Kit", name="Dark Kit"))
        session.add(
            Stem(
                id="a", path="stems/a.wav", original_file="Dark Kit/kick.wav", name="kick",
                kit_id="k", content_hash="h", duration_s=0.5, channels=2,
                original_sample_rate=44_100, is_loop=False, category="kick", tags={"dark": 0.9},
                features={"centroid": 90.0},
                analysis={
                    "category": {"value": "tom", "confidence": 0.4, "source": "audio"},
                    "bpm": {"value": None, "confidence": 0.2, "source": "audio"},
                },
                corrections={"category": "kick"}, analysis_version="1", licence="CC0-1.0",
            )
        )  # fmt: skip
    with database.transaction() as session:
        stem = session.get(Stem, "a")
        assert stem is not None
        made = card(stem)
    assert made == StemCard(
        id="a", path="stems/a.wav", name="kick", category="kick", is_loop=False, duration_s=0.5,
        channels=2, kit="Dark Kit", kit_id="k", original_file="Dark Kit/kick.wav",
        tags={"dark": 0.9}, features={"centroid": 90.0},
        confidence={"category": 1.0, "bpm": 0.2}, licence="CC0-1.0",
    )  # fmt: skip
