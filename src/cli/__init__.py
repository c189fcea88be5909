"""The command line: ``python -m src.cli COMMAND``. Needs no server.

Answers go to standard output (``--json``: one JSON object), everything else to standard
error. The exit code is 0 only on success: 1 an error the user can mend, 2 wrong usage,
70 a defect of ours, 130 cancelled, 141 nobody reads the answer.
"""

from src.cli.program import main

__all__ = ["main"]
