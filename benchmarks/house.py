"""Measure how the code is arranged: files per room, sizes, names, docstrings, start-up times.

    python -m benchmarks.house [--root DIR] [--startup RUNS] [--json FILE]

--root reads another checkout than this one, so that before and after can be compared. --startup
starts the command line and the API so many times and gives the median CPU time of each.
"""

import argparse
import ast
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import report

MOST_FILES, MOST_LINES, LONGEST_FUNCTION, MOST_WORDS = 20, 500, 40, 20
STARTS = {
    "plan": ("-m", "src.cli", "plan", "driving industrial techno 138 bpm", "--quiet"),
    "help": ("-m", "src.cli", "--help"),
    "api": ("-c", "import src.main"),
}

NO_VERBS = frozenset({
    "a", "all", "an", "any", "anything", "both", "each", "every", "everything", "from", "how", "if",
    "in", "it", "its", "nothing", "one", "several", "some", "such", "that", "the", "their", "there",
    "these", "they", "this", "those", "two", "what", "when", "where", "whether", "which", "who",
    "whose", "why",
})  # fmt: skip
"""A docstring of a function that begins so is no verb phrase."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1], metavar="DIR")
    parser.add_argument("--startup", type=int, default=0, metavar="RUNS")
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    figures = measured(options.root)
    if options.startup:
        figures["startup_cpu_s"] = started(options.root, options.startup)
    show(figures)
    report.save(figures, options.json)


def measured(root: Path) -> dict[str, Any]:
    """Figures of the code below ``root/src``."""
    files = sorted((root / "src").rglob("*.py"))
    trees = {file: ast.parse(file.read_text(encoding="utf-8")) for file in files}
    lines = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}
    folders = Counter(str(file.parent.relative_to(root)) for file in files)
    classes = Counter(
        node.name
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    )
    functions = [node for tree in trees.values() for node in _functions(tree)]
    verbless = [node for node in functions if not _is_property(node) and _begins_without_verb(node)]
    first_lines = [line for tree in trees.values() for line in _first_lines(tree)]
    return {
        "files": len(files),
        "lines": sum(lines.values()),
        "folders": dict(sorted(folders.items())),
        "crowded_folders": {n: c for n, c in folders.items() if c > MOST_FILES},
        "long_modules": sum(count > MOST_LINES for count in lines.values()),
        "long_functions": sum(_length(node) > LONGEST_FUNCTION for node in functions),
        "repeated_class_names": sorted(name for name, count in classes.items() if count > 1),
        "docstrings": len(first_lines),
        "docstrings_of_functions": sum(bool(ast.get_docstring(node)) for node in functions),
        "docstrings_without_verb": len(verbless),
        "wordy_docstrings": sum(len(line.split()) > MOST_WORDS for line in first_lines),
    }


def _functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def _length(node: Function) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _is_property(node: Function) -> bool:
    return any("property" in ast.unparse(decorator) for decorator in node.decorator_list)


def _begins_without_verb(node: Function) -> bool:
    text = ast.get_docstring(node) or ""
    return bool(text) and text.split()[0].strip("\"'`,.").casefold() in NO_VERBS


def _first_lines(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | Function) and (
            text := ast.get_docstring(node)
        ):
            yield text.split("\n\n")[0]


def started(root: Path, runs: int) -> dict[str, float]:
    """Median CPU seconds (user and system) from start to end of each command."""
    return {
        name: median(_cpu_s(root, words) for _ in range(runs)) for name, words in STARTS.items()
    }


def _cpu_s(root: Path, words: tuple[str, ...]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], cwd=root, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 3)


def show(figures: dict[str, Any]) -> None:
    """Print the figures as a table."""
    for folder, count in figures["folders"].items():
        print(f"{folder:32} {count:4}")
    for name, value in figures.items():
        if name != "folders":
            print(f"{name:24} {value}")


if __name__ == "__main__":
    main()
