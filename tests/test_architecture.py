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
    above = {"api", "ui", "cli", "workers", "mcp_server"}
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


def faces() -> list[tuple[Path, list[str]]]:
    found = []
    for page in sorted((ROOT / "src").glob("*/*/__init__.py")):
        docstring = ast.get_docstring(ast.parse(page.read_text(encoding="utf-8"))) or ""
        _, _, face = docstring.partition("Face:")
        found.append((page.parent, re.findall(r"``([\w.]+)``", face)))
    return [(room, names) for room, names in found if room.parent.name not in ("api", "ui")]


def test_each_room_within_a_room_names_its_face_in_at_most_ten_names() -> None:
    assert len(faces()) >= 26
    for room, names in faces():
        assert 1 <= len(names) <= 10, f"{room.relative_to(ROOT)} names {len(names)}"
        for name in names:
            module, _, inside = name.partition(".")
            source = (room / f"{module}.py").read_text(encoding="utf-8")
            assert inside in top_level_names(ast.parse(source)), f"{room.name}: no {name}"


def top_level_names(tree: ast.Module) -> set[str]:
    names = {node.name for node in tree.body if hasattr(node, "name")}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if isinstance(node, ast.ImportFrom):
            names |= {alias.name for alias in node.names}
        names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names
