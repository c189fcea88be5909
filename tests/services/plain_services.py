"""Quick services, for the kill benchmark's child processes."""

from dataclasses import dataclass

from src.core.config import Settings
from src.db.database import Database
from src.services.preprocessor import NeuroAnalyzer
from tests.services.plain_analysis import PLAIN, SpectralEmbedder


@dataclass(frozen=True)
class PlainServices:
    """What the kill benchmark starts imports with."""

    analyzer: NeuroAnalyzer


def build_plain(settings: Settings) -> PlainServices:
    """Quick services over the settings' own database."""
    database = Database(settings.sql_url)
    database.upgrade()
    return PlainServices(NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=PLAIN))
