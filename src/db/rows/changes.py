"""Triggers that note which stems changed, so that an index can ask for what is new.

Every insert, update and delete of a stem or of one of its vectors, and every new name of
its kit, gives the stem a fresh number in ``stem_changes``. The database itself does it:
no writer can forget, and raw SQL is seen too. On SQLite, which has one writer at a time,
numbers become visible in their order; on PostgreSQL a lock held to the end of the
transaction sees to that.
"""

_LOCK_ID = 7_120_431
"""Any number that nothing else in the database locks on."""

_SQLITE_WATCHED = (
    ("stems", "INSERT", "NEW.id"),
    ("stems", "UPDATE", "NEW.id"),
    ("stems", "DELETE", "OLD.id"),
    ("embeddings", "INSERT", "NEW.stem_id"),
    ("embeddings", "UPDATE", "NEW.stem_id"),
    ("embeddings", "DELETE", "OLD.stem_id"),
)


def change_triggers(dialect: str) -> tuple[str, ...]:
    """List the statements that set up the triggers on "sqlite" or "postgresql"."""
    return _postgresql() if dialect == "postgresql" else _sqlite()


def _sqlite() -> tuple[str, ...]:
    # DELETE and INSERT instead of REPLACE: an outer "ON CONFLICT" would override it.
    statements = [
        f"""CREATE TRIGGER note_{table}_{action.lower()} AFTER {action} ON {table} BEGIN
            DELETE FROM stem_changes WHERE stem_id = {stem};
            INSERT INTO stem_changes (stem_id) VALUES ({stem});
        END"""
        for table, action, stem in _SQLITE_WATCHED
    ]
    statements.append(
        """CREATE TRIGGER note_kits_update AFTER UPDATE OF name ON kits BEGIN
            DELETE FROM stem_changes
                WHERE stem_id IN (SELECT id FROM stems WHERE kit_id = NEW.id);
            INSERT INTO stem_changes (stem_id) SELECT id FROM stems WHERE kit_id = NEW.id;
        END"""
    )
    return tuple(statements)


def _postgresql() -> tuple[str, ...]:
    note = f"""CREATE FUNCTION note_stem(changed text) RETURNS void AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock({_LOCK_ID});
            DELETE FROM stem_changes WHERE stem_id = changed;
            INSERT INTO stem_changes (stem_id) VALUES (changed);
        END $$ LANGUAGE plpgsql"""
    return (
        note,
        _postgresql_function("note_stem_row", "id"),
        _postgresql_function("note_embedding_row", "stem_id"),
        """CREATE FUNCTION note_kit_row() RETURNS trigger AS $$
        BEGIN
            PERFORM note_stem(id) FROM stems WHERE kit_id = NEW.id;
            RETURN NULL;
        END $$ LANGUAGE plpgsql""",
        "CREATE TRIGGER note_stems AFTER INSERT OR UPDATE OR DELETE ON stems"
        " FOR EACH ROW EXECUTE FUNCTION note_stem_row()",
        "CREATE TRIGGER note_embeddings AFTER INSERT OR UPDATE OR DELETE ON embeddings"
        " FOR EACH ROW EXECUTE FUNCTION note_embedding_row()",
        "CREATE TRIGGER note_kits AFTER UPDATE OF name ON kits"
        " FOR EACH ROW EXECUTE FUNCTION note_kit_row()",
    )


def _postgresql_function(name: str, column: str) -> str:
    return f"""CREATE FUNCTION {name}() RETURNS trigger AS $$
        BEGIN
            IF TG_OP = 'DELETE' THEN PERFORM note_stem(OLD.{column});
            ELSE PERFORM note_stem(NEW.{column}); END IF;
            RETURN NULL;
        END $$ LANGUAGE plpgsql"""
