"""What a command is given and what it answers, and how it tells of its progress."""

import argparse
import sys
from dataclasses import dataclass
from typing import Any

from tqdm import tqdm

from src.services.ingest.lock import when_free
from src.wiring import Services


class ProgressBar:
    """Progress on standard error: a bar on a terminal, a line per stage elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self.stage = ""
        self.bar: Any = None

    def __call__(self, stage: str, done: int, total: int) -> None:
        if self.quiet:
            return
        if stage != self.stage:
            self.close()
            self.stage = stage
            if sys.stderr.isatty():
                self.bar = tqdm(desc=stage, total=total or None, leave=False)
            else:
                print(f"{stage} ...", file=sys.stderr)
        if self.bar is not None:
            self.bar.total = total or None
            self.bar.update(done - self.bar.n)

    def close(self) -> None:
        """End the present bar."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None


@dataclass(frozen=True)
class Call:
    """What a command gets."""

    services: Services
    options: argparse.Namespace
    progress: ProgressBar


@dataclass(frozen=True)
class Result:
    """What a command answers: for ``--json``, for people, and the exit code."""

    answer: dict[str, Any]
    text: str
    code: int = 0


def bring_up_to_date(call: Call) -> None:
    """Analyse the sounds of a library that was named explicitly; wait where others do that."""
    if call.options.library is not None and call.services.settings.raw_path.is_dir():
        run = call.services.analyzer.run
        when_free(lambda: run(progress=call.progress, keep_bad_files=True), call.progress)
