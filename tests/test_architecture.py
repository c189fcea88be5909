"""The house's own rules: who may import whom."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
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
    for path in _modules("services"):
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


def test_services_put_no_questions_of_their_own_to_the_database() -> None:
    requested = re.compile(r"\bsession\.(execute|scalars?|get|add|add_all|delete|merge|query)\(")
    for path in _modules("services"):
        found = requested.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.name} has {found[0]}...): it belongs to src.db"


def test_doors_are_handed_their_services_and_build_none() -> None:
    built = re.compile(r"\b(\w+Service|NeuroAnalyzer|SearchSpaces|StemCards|EmbeddingModels)\(")
    doors = [ROOT / "src" / "main.py"]
    doors += [path for name in ("api", "cli", "workers") for path in _modules(name)]
    for path in doors:
        found = built.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{path.name} builds {found[1]}: src.wiring does"


def test_only_the_api_knows_where_things_are_found() -> None:
    address = re.compile(r"/api/|[\"'`]/(files|healthz|preprocess|generate-track)|(GET|POST) /")
    above = {"api", "ui", "cli", "workers"}
    for room in (ROOT / "src").iterdir():
        for path in _modules(room.name) if room.is_dir() and room.name not in above else ():
            found = address.search(path.read_text(encoding="utf-8"))
            assert found is None, f"{path.name} has {found[0]!r}: src.api.links makes addresses"


def _modules(room: str) -> Iterator[Path]:
    return (ROOT / "src" / room).rglob("*.py")


def test_every_setting_is_explained_in_the_example_file() -> None:
    from src.core.config import Settings

    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or name.upper())
        assert f"{variable}=" in text, f"{variable} is missing in .env.example"
