"""The audit log keeps its newest lines, each in one line."""

from src.core.config import Settings
from src.db.crud import Window
from src.services.access.audit import AuditLog
from tests.db.stocked import fresh_database


def test_old_lines_are_forgotten(settings: Settings) -> None:
    log = AuditLog(fresh_database(settings), keep=50)
    for number in range(200):
        log.write("phone", f"PATCH {number}")
    page = log.page(Window(limit=3))
    assert page.total == 50
    assert [line.what for line in page.items] == ["PATCH 199", "PATCH 198", "PATCH 197"]


def test_a_line_is_one_line(settings: Settings) -> None:
    log = AuditLog(fresh_database(settings), keep=50)
    log.write("command line", "generate 'a\nb\u202e' " + "x" * 1000)
    (line,) = log.page(Window()).items
    assert line.what.startswith("generate 'a b' xxx")
    assert len(line.what) == 500
