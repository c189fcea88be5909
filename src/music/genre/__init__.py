"""Genre grammars as data: forms, roles, step patterns, and how they are checked."""
