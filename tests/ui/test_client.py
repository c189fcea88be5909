"""The API over HTTP, as the studio asks it."""

import ast
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from src.main import create_app
from src.ui.client import Api, ApiProblem, Outgoing, told

UI = Path(__file__).parents[2] / "src" / "ui"
SPACE = re.compile(r"\{[^}]*\}")


def api_of(answer: httpx.Response | Exception, seen: list[httpx.Request] | None = None) -> Api:
    def answering(request: httpx.Request) -> httpx.Response:
        request.read()
        if seen is not None:
            seen.append(request)
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Api("http://engine:8000/", "secret", transport=httpx.MockTransport(answering))


def test_the_key_goes_with_every_request() -> None:
    seen: list[httpx.Request] = []
    assert api_of(httpx.Response(200, json={"ok": 1}), seen).get("/x") == {"ok": 1}
    assert seen[0].headers["x-api-key"] == "secret"
    assert str(seen[0].url) == "http://engine:8000/x"


def test_lists_are_repeated_and_what_is_not_said_is_left_out() -> None:
    params = {"category": ["kick", "bass"], "key": None, "q": "", "is_loop": True, "limit": 0}
    assert told(params) == [
        ("category", "kick"), ("category", "bass"), ("is_loop", "true"), ("limit", "0"),
    ]  # fmt: skip


def test_a_problem_keeps_its_code_and_what_else_it_tells() -> None:
    problem = {"code": "job_running", "detail": "one runs", "status": 409, "job_id": "j1"}
    with pytest.raises(ApiProblem) as caught:
        api_of(httpx.Response(409, json=problem)).post("/preprocess")
    assert (caught.value.code, caught.value.detail, caught.value.status) == (
        "job_running", "one runs", 409,
    )  # fmt: skip
    assert caught.value.more["job_id"] == "j1"


@pytest.mark.parametrize("body", [b"<html>bad gateway</html>", b"[1]", b""])
def test_a_proxy_that_answers_for_the_engine_is_told_by_its_status(body: bytes) -> None:
    with pytest.raises(ApiProblem, match="http_502"):
        api_of(httpx.Response(502, content=body)).get("/x")


def test_an_engine_that_is_away_is_unreachable() -> None:
    with pytest.raises(ApiProblem) as caught:
        api_of(httpx.ConnectError("refused")).get("/x")
    assert caught.value.code == "unreachable"


def test_an_empty_answer_is_nothing() -> None:
    assert api_of(httpx.Response(204)).delete("/x") is None


def test_a_file_is_sent_with_its_name_and_the_kit() -> None:
    seen: list[httpx.Request] = []
    file = Outgoing("Kit/kick.wav", io.BytesIO(b"RIFFsound"), "audio/wav")
    api_of(httpx.Response(200, json={}), seen).send_file("/up", file, form={"kit": "Techno"})
    body = seen[0].content
    assert b'filename="Kit/kick.wav"' in body
    assert b"RIFFsound" in body
    assert b"Techno" in body


def test_pages_are_asked_for_as_far_as_they_are_read() -> None:
    requested: list[int] = []

    def answering(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params["offset"])
        requested.append(offset)
        items = list(range(offset, min(offset + 2, 5)))
        return httpx.Response(200, content=json.dumps({"items": items, "total": 5}))

    api = Api("http://engine", transport=httpx.MockTransport(answering))
    assert list(api.pages("/x", limit=2)) == [0, 1, 2, 3, 4]
    requested.clear()
    assert next(iter(api.pages("/x", limit=2))) == 0
    assert requested == [0]


def test_the_api_answers_every_request_that_the_studio_makes() -> None:
    known = {
        (verb, SPACE.sub("{}", path))
        for path, verbs in create_app().openapi()["paths"].items()
        for verb in verbs
    }
    requested = {pair for file in UI.rglob("*.py") for pair in requests_of(file)}
    assert len(requested) > 40
    assert requested - known == set()


def requests_of(file: Path) -> Iterator[tuple[str, str]]:
    """Verb and path of every request in a module; what is put into the path stands as {}."""
    for function in ast.walk(ast.parse(file.read_text("utf-8"))):
        if not isinstance(function, ast.FunctionDef) or function.name == "start":
            continue  # "start" passes on the path that it is given
        paths = {
            name.id: text_of(node.value, {})
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            for name in node.targets
            if isinstance(name, ast.Name) and name.id == "path"
        }
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and (verb := verb_of(call)):
                yield verb, text_of(call.args[0], paths)


def verb_of(call: ast.Call) -> str | None:
    """The verb of ``api().get(...)`` or ``start(...)``; None: the call is no request."""
    match call:
        case ast.Call(func=ast.Name(id="start"), args=[_, *_]):
            return "post"
        case ast.Call(
            func=ast.Attribute(value=ast.Call(func=ast.Name(id="api")), attr=name),
            args=[_, *_],
        ):
            return {"pages": "get", "send_file": "post"}.get(name, name)
    return None


def text_of(path: ast.expr, known: dict[str, str]) -> str:
    """A path as it stands in the source. known: variables that hold paths, by name"""
    match path:
        case ast.JoinedStr():
            return "".join(text_of(part, known) for part in path.values)
        case ast.FormattedValue(value=ast.Name(id=name)):
            return known.get(name, "{}")
        case ast.Name(id=name):
            return known[name]
        case ast.Constant():
            return str(path.value)
    return "{}"
