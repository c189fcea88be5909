"""What endpoints are handed: a session is one transaction, over before the answer."""

from fastapi import FastAPI
from fastapi.testclient import TestClient

from src.api.deps import SessionDep
from src.db.models import Kit
from tests.api.stand_ins import StandIns


def app(services: StandIns) -> FastAPI:
    made = FastAPI()
    made.state.engine = services.engine

    @made.post("/kits/{name}")
    def add(session: SessionDep, name: str, fail: bool = False) -> str:
        session.add(Kit(id=name, path=name, name=name))
        session.flush()
        if fail:
            raise ZeroDivisionError
        return name

    @made.get("/kits/{name}")
    def there(session: SessionDep, name: str) -> bool:
        return session.get(Kit, name) is not None

    return made


def test_a_request_is_one_transaction(services: StandIns) -> None:
    client = TestClient(app(services), raise_server_exceptions=False)
    assert client.post("/kits/a").status_code == 200
    assert client.get("/kits/a").json() is True
    assert client.post("/kits/b", params={"fail": True}).status_code == 500
    assert client.get("/kits/b").json() is False


def test_a_commit_that_fails_is_no_success(services: StandIns) -> None:
    client = TestClient(app(services), raise_server_exceptions=False)
    client.post("/kits/a")
    assert client.post("/kits/a").status_code == 500
