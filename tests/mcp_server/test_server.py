"""The tools for agents, asked by the SDK's own client: over memory, standard streams and HTTP."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client, StdioServerParameters

from src.cli import main
from src.mcp_server.api_calls import ApiCalls
from src.mcp_server.server import tool_server
from src.music.model.score import score_to_dict
from tests.api.serving import Serving, connected
from tests.api.stand_ins import StandIns
from tests.db.stocked import empty_database, stock
from tests.music.made_scores import made_score
from tests.patience import PATIENCE_S, until

TOOLS = {"search", "matches", "plan", "render", "revise", "explain", "jobs", "exports"}


@pytest.fixture
def services(settings: Any) -> StandIns:
    settings.processed_path.mkdir(parents=True)
    (settings.processed_path / "stems.db").write_bytes(empty_database())
    made = StandIns(settings)
    stock(made.database, settings)
    return made


@pytest.fixture
def api(services: StandIns) -> Iterator[str]:
    with Serving(services) as port:
        yield f"http://127.0.0.1:{port}"


async def told(client: Client, tool: str, **arguments: Any) -> Any:
    answer = await client.call_tool(tool, arguments)
    text = answer.content[0].text  # type: ignore[union-attr]
    return text if answer.is_error else json.loads(text)


def ask(where: Any, story: Callable[[Client], Awaitable[None]]) -> None:
    async def run() -> None:
        with anyio.fail_after(PATIENCE_S):
            async with Client(where) as client:
                await story(client)

    anyio.run(run)


def test_an_agent_makes_a_track_in_four_calls(api: str, services: StandIns) -> None:
    async def story(client: Client) -> None:
        found = await told(client, "search", prompt="kick", limit=2)
        assert found["hits"][0]["stem"].keys() >= {"id", "category"}
        planned = await told(client, "plan", prompt="driving techno 138 bpm", seed=3)
        track = await told(client, "render", plan=planned["plan"], seed=planned["seed"])
        services.tracks.audio(track["track_id"]).with_suffix(".json").write_text(
            json.dumps({"score": score_to_dict(made_score())})
        )
        made = await told(client, "exports", track_id=track["track_id"], formats=["wav", "credits"])
        sound = next(one for one in made["files"] if one["format"] == "wav")
        for url in (sound["url"], track["audio_url"]):
            assert httpx.get(url, trust_env=False).content[:4] == b"RIFF"

    ask(tool_server(ApiCalls(api)), story)


def test_a_track_is_explained_and_revised(api: str) -> None:
    async def story(client: Client) -> None:
        planned = await told(client, "plan", prompt="techno")
        track = await told(client, "render", plan=planned["plan"])
        reasons = await told(client, "explain", track_id=track["track_id"])
        voice = reasons["voices"][0]["voice"]
        edit = {"op": "level", "voice": voice, "gain_db": -3}
        revised = await told(client, "revise", track_id=track["track_id"], edits=[edit])
        assert revised["track_id"] != track["track_id"]
        jobs = await told(client, "jobs", status="succeeded")
        assert [one["kind"] for one in jobs["items"]] == ["render", "render"]
        stem = (await told(client, "search"))["hits"][0]["stem"]["id"]
        assert "matches" in await told(client, "matches", stem_id=stem)

    ask(tool_server(ApiCalls(api)), story)


def test_the_apis_problems_are_told(api: str) -> None:
    async def story(client: Client) -> None:
        assert "not_found: there is no track" in await told(client, "explain", track_id="none")
        plan = {"bpm": 138, "structure": [{"bars": 4, "stem_queries": []}]}
        assert "nothing_to_play" in await told(client, "render", plan=plan)

    ask(tool_server(ApiCalls(api)), story)


def test_an_engine_that_does_not_run_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"

        async def story(client: Client) -> None:
            assert "unreachable" in await told(client, "jobs")

        ask(tool_server(ApiCalls(nobody)), story)


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "src.cli", "mcp", *words]


def test_it_is_served_over_standard_streams(api: str, tmp_path: Path) -> None:
    async def story(client: Client) -> None:
        assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS
        assert (await told(client, "jobs"))["total"] == 0

    first, *rest = command("--api", api)
    environment = {**os.environ, "TRAUM_HOME": str(tmp_path)}
    server = StdioServerParameters(command=first, args=rest, env=environment, cwd=os.getcwd())
    ask(server, story)


def test_it_is_served_over_http(api: str, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "TRAUM_HOME": str(tmp_path)}
    words = command("--api", api, "--http", "--port", str(port))
    with subprocess.Popen(words, env=environment, stderr=subprocess.DEVNULL) as process:

        def answers() -> bool:
            try:
                connected(port).close()
            except OSError:
                return False
            return True

        async def story(client: Client) -> None:
            assert {tool.name for tool in (await client.list_tools()).tools} == TOOLS

        try:
            until(answers, "the tools")
            ask(f"http://127.0.0.1:{port}/mcp", story)
        finally:
            process.terminate()


def test_others_do_not_reach_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["mcp", "--http", "--host", "0.0.0.0"]) == 1
    assert "this machine only, got '0.0.0.0'" in capsys.readouterr().err
