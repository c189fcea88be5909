"""Quick services, for the kill benchmark's child processes."""

from dataclasses import dataclass

from src.core.config import Settings
from src.db.database import Database
from src.services.ingest.work import Analysis
from src.services.preprocessor import NeuroAnalyzer
from tests.services.plain_analysis import PLAIN, SPEAKING, SpectralEmbedder


@dataclass(frozen=True)
class PlainServices:
    """What the kill benchmark starts imports with."""

    analyzer: NeuroAnalyzer


def build_plain(settings: Settings, analysis: Analysis = PLAIN) -> PlainServices:
    """Quick services over the settings' own database."""
    database = Database(settings.sql_url)
    database.upgrade()
    return PlainServices(NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=analysis))


def build_speaking(settings: Settings) -> PlainServices:
    """The same with stems that have something to say to their kit."""
    return build_plain(settings, SPEAKING)
