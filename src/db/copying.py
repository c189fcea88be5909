"""All rows of one database into another of either kind, compared row by row at the end."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, text

from src.core.errors import ConflictError, TraumError
from src.db.database import Database
from src.db.models import Base

_AT_ONCE = 1_000
_DIGEST_RANGE = 1 << 256
_NEW = {"collections": 1}
"""What a new database holds: the empty favourites."""


class CopyDiffersError(TraumError):
    """What was written is not what was read."""

    code = "copy_differs"


def row_counts(database: Database) -> dict[str, int]:
    """Count the rows of each table."""
    with database.engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def copy_rows(
    source: Database, target: Database, copied: Callable[[int], None] = lambda _: None
) -> dict[str, int]:
    """Copy every row in one transaction, and compare both sides before it is kept.

    source, target: both of the newest schema; nobody writes to the source meanwhile
    copied: told how many rows are written so far

    Returns table -> rows. Raises ConflictError (``not_empty``) where the target holds rows,
    CopyDiffersError where it reads otherwise than the source; then the target stays empty.
    """
    there = {name: rows for name, rows in row_counts(target).items() if rows}
    if there not in ({}, _NEW):
        raise ConflictError(
            f"the other database must be empty, it holds {_listed(there)}", code="not_empty"
        )
    written: dict[str, int] = {}
    with source.engine.connect() as reader, target.engine.begin() as writer:
        for name in there:
            writer.execute(delete(Base.metadata.tables[name]))
        for table in Base.metadata.sorted_tables:
            written[table.name] = 0
            for rows in _batches(reader, table):
                writer.execute(insert(table), [dict(row._mapping) for row in rows])
                written[table.name] += len(rows)
                copied(sum(written.values()))
            _continue_numbers(writer, table)
            _compare(table, _digest(reader, table), _digest(writer, table))
    return written


def _batches(connection: Connection, table: Table) -> Iterator[list[Row[Any]]]:
    ordered = select(table).order_by(*table.primary_key.columns)
    found = connection.execute(ordered.execution_options(yield_per=_AT_ONCE))
    for some in found.partitions(_AT_ONCE):
        yield list(some)


def _continue_numbers(connection: Connection, table: Table) -> None:
    """Let PostgreSQL number new rows behind those that came with numbers; SQLite does so itself."""
    number = table.autoincrement_column
    if number is None or connection.dialect.name != "postgresql":
        return
    sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, number.name)))
    if sequence is not None:
        highest = connection.scalar(select(func.max(number)))
        if highest is not None:
            connection.execute(text("SELECT setval(:name, :to)"), {"name": sequence, "to": highest})


def _digest(connection: Connection, table: Table) -> tuple[int, int]:
    """Count the rows and digest them in whatever order they come: databases sort texts otherwise.

    Rows differ by their keys, so that no two cancel each other out in a sum.
    """
    count = total = 0
    for rows in _batches(connection, table):
        for row in rows:
            value = hashlib.sha256(_canonical(row._mapping)).digest()
            total = (total + int.from_bytes(value)) % _DIGEST_RANGE
        count += len(rows)
    return count, total


def _canonical(row: Mapping[Any, Any]) -> bytes:
    values = {str(name): _plain(value) for name, value in row.items()}
    return json.dumps(values, sort_keys=True, ensure_ascii=False).encode()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes | memoryview):
        return hashlib.sha256(value).hexdigest()
    return value


def _compare(table: Table, before: tuple[int, int], after: tuple[int, int]) -> None:
    if before != after:
        raise CopyDiffersError(
            f"table {table.name}: {before[0]} rows were read, {after[0]} are there, and they are"
            " not the same; nothing was kept"
        )


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{rows} {name}" for name, rows in counts.items())
