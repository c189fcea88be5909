"""What CONTRIBUTING.md points to is there."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
ENTRIES = re.findall(r"`(src/[\w/]+\.py)` `([\w.]+)`", TEXT)


def defined_names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            names |= {f"{node.name}.{of.name}" for of in node.body if hasattr(of, "name")}
    return names


def test_both_ways_through_the_house_have_ten_steps() -> None:
    assert len(ENTRIES) == 20


@pytest.mark.parametrize(("path", "name"), ENTRIES)
def test_each_entry_function_is_where_the_page_says(path: str, name: str) -> None:
    assert name in defined_names(ROOT / path)


def test_every_path_on_the_page_exists() -> None:
    paths = re.findall(r"`((?:src|tests)/[\w/.]+)`|\]\(([\w/.]+)\)", TEXT)
    missing = [path for pair in paths for path in pair if path and not (ROOT / path).exists()]
    assert missing == []
