"""The house's own rules: who may import whom."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_rooms_import_only_from_the_rooms_below_them() -> None:
    program = Path(sys.executable).parent / "lint-imports"
    answer = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_services_know_no_web_framework() -> None:
    names = ("fastapi", "starlette", "celery", "streamlit")
    for path in (ROOT / "src" / "services").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for name in names:
            assert f"import {name}" not in text, f"{path.name} imports {name}"
            assert f"from {name}" not in text, f"{path.name} imports {name}"


def test_in_the_rooms_of_music_a_class_is_known_by_its_name_alone() -> None:
    rooms = ("music", "services/tracks", "mixdown")
    names = Counter(
        node.name
        for room in rooms
        for path in sorted((ROOT / "src" / room).rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert len(names) > 100
    assert [name for name, count in names.items() if count > 1] == []


def test_every_setting_is_explained_in_the_example_file() -> None:
    from src.core.config import Settings

    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or name.upper())
        assert f"{variable}=" in text, f"{variable} is missing in .env.example"
