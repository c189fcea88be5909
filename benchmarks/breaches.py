"""Breaks each import contract once, in a copy of the code, and shows that the linter notices.

    python -m benchmarks.breaches

Prints one line a contract: the import that was added, and whether lint-imports reported that
contract as broken. Ends with status 1 if a breach went unnoticed or a contract has no breach here.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from benchmarks import report

ROOT = Path(__file__).parent.parent

BREACHES = {
    "Rooms import only": ("src/core/errors.py", "import src.music.theory.keys"),
    "Music:": ("src/music/evidence/tonal.py", "import src.music.casting.fit"),
    "Words:": ("src/words/spelling.py", "import src.words.mentions"),
    "Audio:": ("src/audio/basics/gain.py", "import src.audio.analysis.key"),
    "Services: stories": ("src/services/jobs/states.py", "import src.services.search"),
    "Services tell": ("src/services/library/kits.py", "import sqlalchemy"),
    "Mixdown:": ("src/mixdown/console.py", "import src.music.casting.fit"),
    "Services know": ("src/services/renderer.py", "import src.analysis.key_estimates"),
    "Embeddings:": ("src/embeddings/protocol.py", "import src.embeddings.choice"),
    "The studio": ("src/ui/state.py", "import src.core.config"),
}
"""Beginning of a contract's name: the module that breaks it, and how."""


def main() -> None:
    options = report.parser(
        "Breach each import contract once and see that it is noticed."
    ).parse_args()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = [one["name"] for one in settings["tool"]["importlinter"]["contracts"]]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copy(ROOT / "pyproject.toml", copy)
        shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
        for name in names:
            rows.append((name, *noticed(copy, name)))
    report.print_table(("contract", "added", "to", "noticed"), rows)
    report.save({name: found for name, _, _, found in rows}, options.json)
    sys.exit(0 if all(found == "yes" for *_, found in rows) else 1)


def noticed(copy: Path, contract: str) -> tuple[str, str, str]:
    """Break a contract in a copy of the code; tell import, module, and whether it was noticed."""
    breach = next((BREACHES[begin] for begin in BREACHES if contract.startswith(begin)), None)
    if breach is None:
        return "-", "-", "no breach known"
    module, line = breach
    path = copy / module
    before = path.read_text(encoding="utf-8")
    path.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        done = subprocess.run(
            [Path(sys.executable).parent / "lint-imports", "--no-cache"],
            cwd=copy, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        path.write_text(before, encoding="utf-8")
    broken = re.search(rf"^{re.escape(contract)}\s+BROKEN", done.stdout, re.MULTILINE)
    return line, module, "yes" if broken else "NO"


if __name__ == "__main__":
    main()
