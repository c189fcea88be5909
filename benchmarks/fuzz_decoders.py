"""Damage thousands of sound files and import them: none may crash, hang or get lost.

    python -m benchmarks.fuzz_decoders [--files 5000] [--seed 1] [--json FILE]

Each of 20 good files of every container has its bytes flipped, cut, doubled, taken out, zeroed,
its head swapped with another file's, or something put behind it. The import is the real one, with
an analysis that only glances. Every file must be stored, refused with a reason, or left.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from benchmarks import report
from benchmarks.mutants import CONTAINERS, Mutant, mutants
from src.core.config import Settings
from src.core.logs import set_up_logging
from src.db.database import Database
from src.db.models import Quarantine, Stem, StemLocation
from src.services.ingest.report import ImportReport
from src.services.preprocessor import NeuroAnalyzer
from tests.services.plain_analysis import PLAIN, SpectralEmbedder

FILE_TIMEOUT_S = 30.0
_BROKE = ("crashed", "timeout", "failed")


@dataclass
class Outcomes:
    """What became of damaged files.

    counts: by container and outcome: "stored", "warned" (stored with a word), "left"
        (unsupported), "refused", "crashed", "timeout", "failed", "lost"
    broke: names of those of the last four kinds
    quiet: how many were stored without a word though a tenth of their sound is missing
    """

    counts: dict[str, Counter[str]] = field(default_factory=dict)
    broke: list[str] = field(default_factory=list)
    quiet: Counter[str] = field(default_factory=Counter)


def main() -> None:
    """Run and print; exits with 1 where a file crashed, hung or got lost."""
    parser = report.parser(__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    set_up_logging("CRITICAL")
    with tempfile.TemporaryDirectory() as home:
        outcomes = tried(list(mutants(options.files, seed=options.seed)), Path(home))
    kinds = ("stored", "warned", "refused", "left", *_BROKE, "lost")
    rows = [
        (name, *(counts[kind] for kind in kinds), outcomes.quiet[name])
        for name, counts in outcomes.counts.items()
    ]
    totals = [sum(row[column] for row in rows) for column in range(1, len(kinds) + 2)]
    report.print_table(("container", *kinds, "short, unsaid"), [*rows, ("all", *totals)])
    for name in outcomes.broke:
        print(f"broke: {name}")
    report.save({"seed": options.seed, "kinds": kinds, "rows": rows}, options.json)
    sys.exit(1 if outcomes.broke else 0)


def tried(files: Sequence[Mutant], home: Path, *, workers: int = 0) -> Outcomes:
    """Import damaged files into a library of their own and look what became of each."""
    settings = Settings(TRAUM_HOME=home, workers=workers, file_timeout_s=FILE_TIMEOUT_S)
    raw = settings.raw_path
    raw.mkdir(parents=True)
    for mutant in files:
        (raw / mutant.name).write_bytes(mutant.data)
    database = Database(settings.sql_url)
    database.upgrade()
    analyzer = NeuroAnalyzer(database, settings, SpectralEmbedder(), analysis=PLAIN)
    reported = analyzer.run()
    found = _found(files, settings, database, reported)
    database.close()
    return found


def _found(
    files: Sequence[Mutant], settings: Settings, database: Database, reported: ImportReport
) -> Outcomes:
    with database.transaction() as session:
        pairs = session.execute(
            select(StemLocation.path, Stem.warnings, Stem.duration_s).join(
                Stem, StemLocation.stem_id == Stem.id
            )
        ).all()
        taken = {path: (list(warnings), length) for path, warnings, length in pairs}
        refused = {
            path: (reason, stored_as, moved)
            for path, reason, stored_as, moved in session.execute(
                select(
                    Quarantine.original_path, Quarantine.reason, Quarantine.stored_as,
                    Quarantine.moved,
                )
            )
        }  # fmt: skip
    failed = {problem.path for problem in reported.problems if problem.reason in ("failed", "busy")}
    outcomes = Outcomes({name: Counter() for name in CONTAINERS})
    for mutant in files:
        kind = _kind(mutant, settings, taken, refused, failed)
        outcomes.counts[mutant.container][kind] += 1
        if kind in (*_BROKE, "lost"):
            outcomes.broke.append(f"{mutant.name} ({mutant.damage}): {kind}")
        if kind == "stored" and taken[mutant.name][1] < 0.9 * mutant.length_s:
            outcomes.quiet[mutant.container] += mutant.damage == "cut"
    return outcomes


def _kind(
    mutant: Mutant,
    settings: Settings,
    taken: dict[str, tuple[list[str], float]],
    refused: dict[str, tuple[str, str, bool]],
    failed: set[str],
) -> str:
    lies = (settings.raw_path / mutant.name).is_file()
    if mutant.name in taken:
        return ("warned" if taken[mutant.name][0] else "stored") if lies else "lost"
    if mutant.name in refused:
        reason, stored_as, moved = refused[mutant.name]
        there = (settings.quarantine_path / stored_as).is_file() if moved else lies
        if not there:
            return "lost"
        return "left" if reason == "unsupported" else reason if reason in _BROKE else "refused"
    return "failed" if mutant.name in failed and lies else "lost"


if __name__ == "__main__":
    main()
