"""The containers: files that old and new builders take, and rules of their safety.

They are read, not built; docs/deploy.md tells how to try them.
"""

import fnmatch
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from src.core.config import Settings

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
RUNNING = ("backend", "frontend", "caddy")
DOCKERFILES = ("backend.dockerfile", "frontend.dockerfile", "gpu-worker.dockerfile")
EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")

VARIABLE = re.compile(r"(?<!\$)\$\{(\w+)(:-|-)?([^}]*)\}")
DECODER = (
    'RUN if [ "${SECOND_DECODER}" = ffmpeg ]; then apt-get update '
    "&& DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ffmpeg "
    "&& rm -rf /var/lib/apt/lists/*; fi"
)
"""All that may be asked of Debian, and a build argument leaves it out."""
OF_THE_IMAGE = {"HOST", "PORT", "RAW_DIR", "PROCESSED_DIR", "TRACKS_DIR", "MODELS_DIR",
                "OUTPUT_DIR"}  # fmt: skip


def instructions(name: str) -> list[str]:
    """The instructions of a dockerfile, each on one line, without comments."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    joined = "\n".join(line for line in lines if not line.lstrip().startswith("#"))
    flat = joined.replace("\\\n", " ").splitlines()
    return [" ".join(line.split()) for line in flat if line.strip()]


def default_of(variable: str) -> str:
    """What the example file says a setting is."""
    found = re.search(rf"^# {variable}=(.*)$", EXAMPLE, re.MULTILINE)
    assert found, f"{variable} is not in .env.example"
    return found[1]


# --- what old and new docker-compose take ----------------------------------------------------


def test_nothing_is_used_that_only_some_versions_know() -> None:
    assert not {"version", "name", "include"} & set(COMPOSE)
    for word in ("start_interval", "env_file", "gpus:", "required:", "configs:", "secrets:"):
        assert word not in TEXT, word
    assert not re.search(r"\$\{\w+:?[+?]", TEXT), "only defaults are taken everywhere"
    assert not re.search(r"\$\{[^}]*\$\{", TEXT), "defaults within defaults are not"


def test_a_clone_without_settings_starts() -> None:
    for name, sign, _ in VARIABLE.findall(TEXT):
        assert sign == ":-", f"{name} has no default"


def test_every_variable_is_explained_with_its_default() -> None:
    for name, _, default in VARIABLE.findall(TEXT):
        assert default_of(name) == default, name


def test_the_backend_gets_every_setting() -> None:
    passed = SERVICES["backend"]["environment"]
    for name, field in Settings.model_fields.items():
        variable = str(field.validation_alias or name.upper())
        if variable in OF_THE_IMAGE | {"TRAUM_HOME", "PUBLISHED_AT"}:
            continue
        default = VARIABLE.fullmatch(passed[variable])
        assert default, variable
        assert default[1] == variable
        read = Settings(**{variable if field.validation_alias else name: default[3]})
        assert getattr(read, name) in (field.default, ""), f"{variable} differs from its default"


def test_values_are_texts() -> None:
    """A bare true, or a number with an underscore, means different things to different versions."""
    for service in SERVICES.values():
        for name, value in service.get("environment", {}).items():
            assert isinstance(value, str), name


# --- safety ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RUNNING)
def test_services_have_no_more_rights_than_they_need(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "caddy" else [])
    assert "privileged" not in service
    assert "/var/run/docker.sock" not in TEXT


@pytest.mark.parametrize("name", RUNNING)
def test_services_come_back_and_fill_neither_disk_nor_memory(name: str) -> None:
    service = SERVICES[name]
    assert service["init"] is True
    assert service["restart"] == "unless-stopped"
    assert service["mem_limit"]
    assert {"max-size", "max-file"} <= service["logging"]["options"].keys()


def test_the_owner_of_the_folders_is_set_by_one_that_can_do_nothing_else() -> None:
    service = SERVICES["permissions"]
    assert sorted(service["cap_add"]) == ["CHOWN", "DAC_OVERRIDE"]
    assert service["cap_drop"] == ["ALL"]
    assert service["network_mode"] == "none"
    assert "restart" not in service
    backend = SERVICES["backend"]
    assert backend["depends_on"]["permissions"]["condition"] == "service_completed_successfully"
    assert service["volumes"] == backend["volumes"]
    assert "${PUID:-1000}:${PGID:-1000}" in str(service["command"])
    assert backend["user"] == "${PUID:-1000}:${PGID:-1000}"


@pytest.mark.parametrize(("name", "port"), [("backend", 8000), ("frontend", 8501)])
def test_ports_are_published_on_this_machine_alone(name: str, port: int) -> None:
    (published,) = SERVICES[name]["ports"]
    assert re.fullmatch(
        rf"\$\{{BIND_ADDRESS:-127\.0\.0\.1\}}:\$\{{\w+:-{port}\}}:{port}", published
    )


@pytest.mark.parametrize("name", ["backend", "frontend"])
def test_services_know_where_they_are_published(name: str) -> None:
    reported = SERVICES[name]["environment"]["PUBLISHED_AT"]
    assert reported == "${BIND_ADDRESS:-127.0.0.1},${DOMAIN:-}"


def test_the_app_waits_for_the_engine_and_gets_the_secrets() -> None:
    app = SERVICES["frontend"]
    assert app["depends_on"]["backend"]["condition"] == "service_healthy"
    assert app["environment"]["BACKEND_URL"] == "http://backend:8000"
    assert {"API_KEY", "APP_PASSWORD"} <= app["environment"].keys()
    assert "APP_PASSWORD" not in SERVICES["backend"]["environment"]
    assert "volumes" not in app


def test_caddy_is_there_only_when_asked_for() -> None:
    assert SERVICES["caddy"]["profiles"] == ["https"]
    assert all("profiles" not in SERVICES[name] for name in ("backend", "frontend", "permissions"))
    caddyfile = (ROOT / "Caddyfile").read_text(encoding="utf-8")
    assert "{$DOMAIN} {" in caddyfile
    for service, port in (("backend", 8000), ("frontend", 8501)):
        assert f"reverse_proxy {service}:{port}" in caddyfile


def test_caddy_sends_every_path_of_the_api_to_the_engine() -> None:
    from src.main import create_app

    line = re.search(r"@api path (.*)", (ROOT / "Caddyfile").read_text(encoding="utf-8"))
    assert line
    patterns = line[1].split()
    paths = [*create_app().openapi()["paths"], "/docs", "/docs/oauth2-redirect", "/openapi.json"]
    for path in paths:
        known = any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns)
        assert known or path == "/", f"{path} would go to the studio"


def test_the_gpu_worker_serves_its_queue_one_job_at_a_time_and_gets_the_gpu_by_a_second_file() -> (
    None
):
    service = SERVICES["gpu-worker"]
    assert service["profiles"] == ["gpu"]
    assert service["ports"] == []
    assert service["command"][-6:-2] == ["worker", "-Q", "gpu", "--concurrency=1"]
    assert "deploy" not in service, "a machine without a GPU could not start it otherwise"
    more = yaml.safe_load((ROOT / "docker-compose.gpu.yml").read_text(encoding="utf-8"))
    (device,) = more["services"]["gpu-worker"]["deploy"]["resources"]["reservations"]["devices"]
    assert (device["driver"], device["capabilities"]) == ("nvidia", ["gpu"])


# --- images ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOCKERFILES)
def test_every_builder_takes_them(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert not re.search(r"^#\s*syntax", text, re.MULTILINE)
    for word in ("--mount", "--chmod", "--link", "<<", "--start-interval"):
        assert word not in text, word
    assert instructions(name)[0].startswith("ARG ")


@pytest.mark.parametrize("name", DOCKERFILES)
def test_images_are_small_and_run_as_nobody_in_particular(name: str) -> None:
    lines = instructions(name)
    stages = [line for line in lines if line.startswith("FROM ")]
    assert len(stages) == 2, "packages are installed in a stage of their own"
    assert "ARG PYTHON_IMAGE=python:3.11-slim" in lines
    last = lines[lines.index(stages[-1]) :]
    assert "USER 1000:1000" in last
    assert not any("pip" in line for line in last)
    assert [line for line in last if "apt" in line] == [DECODER] * (name == "backend.dockerfile")
    assert not any("curl" in line or "wget" in line for line in lines)
    health = next(line for line in last if line.startswith("HEALTHCHECK "))
    assert '"python"' in health


def test_the_image_holds_the_second_decoder_only_where_it_is_asked_for() -> None:
    lines = instructions("backend.dockerfile")
    assert lines.index("ARG SECOND_DECODER=none") < lines.index(DECODER)
    arguments = SERVICES["backend"]["build"]["args"]
    assert arguments["SECOND_DECODER"] == "${SECOND_DECODER:-none}"


@pytest.mark.parametrize("name", DOCKERFILES)
def test_a_change_of_the_source_does_not_install_anything_again(name: str) -> None:
    lines = instructions(name)
    installed = next(n for n, line in enumerate(lines) if "pip" in line and "install" in line)
    copied = [n for n, line in enumerate(lines) if re.match(r"COPY (src|app\.py|pages)", line)]
    assert installed < min(copied)


def test_the_studio_has_no_audio_libraries() -> None:
    requested = (ROOT / "requirements" / "frontend.txt").read_text(encoding="utf-8")
    for name in ("scipy", "soundfile", "soxr", "onnxruntime", "sqlalchemy", "fastapi"):
        assert not re.search(rf"^{name}\b", requested, re.MULTILINE), name
    copied = [line for line in instructions("frontend.dockerfile") if line.startswith("COPY src")]
    assert sorted(line.split()[1] for line in copied) == ["src/__init__.py", "src/ui"]


def test_what_the_studio_imports_is_in_its_image() -> None:
    """src/ui and nothing else of src."""
    for path in [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "src/ui").rglob("*.py")]:
        for module in re.findall(r"^\s*(?:from|import) (src[\w.]*)", path.read_text("utf-8"), re.M):
            assert module.startswith("src.ui"), f"{path.name} imports {module}"


@pytest.mark.parametrize("name", DOCKERFILES)
def test_what_is_copied_reaches_the_builder(name: str) -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    for line in instructions(name):
        if line.startswith("COPY ") and "--from" not in line:
            source = line.split()[1]
            assert source.split("/")[0] in let_in, source
            for packages in ("backend", "scale"):
                named = source.replace("${REQUIREMENTS}", packages)
                assert (ROOT / named).exists(), named


def test_the_mounted_folders_are_part_of_a_clone() -> None:
    """A folder that the engine of containers makes belongs to root."""
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    if not tracked:
        pytest.skip("this is no git clone")
    for volume in SERVICES["backend"]["volumes"]:
        folder = volume.split(":")[0].removeprefix("./")
        assert f"{folder}/.gitkeep" in tracked
