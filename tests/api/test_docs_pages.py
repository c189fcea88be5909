"""The pages at which people read the API."""

import re

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from tests.api.stand_ins import StandIns

ADDRESS = re.compile(r"""(?:src|href|url)\s*[=:]\s*["']([^"']+)""")


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_all_that_they_load_is_ours(client: TestClient, page: str) -> None:
    answer = client.get(page)
    assert answer.status_code == 200
    addresses = ADDRESS.findall(answer.text)
    assert len(addresses) >= 3
    for address in addresses:
        assert address.startswith("/"), address
        assert client.get(address).status_code == 200, address
        assert client.head(address).status_code in (200, 405), address
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "http" not in policy
    assert "script-src 'self'" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]


def test_scripts_say_what_they_are(client: TestClient) -> None:
    script = client.get("/docs/assets/swagger-ui-bundle.js")
    assert script.headers["content-type"].startswith("text/javascript")
    again = client.get(
        "/docs/assets/swagger-ui-bundle.js", headers={"if-none-match": script.headers["etag"]}
    )
    assert again.status_code == 304


def test_no_other_file_lies_beside_them(client: TestClient) -> None:
    for path in ("/docs/assets/", "/docs/assets/../core.py", "/docs/assets/%2e%2e/core.py"):
        assert client.get(path).status_code == 404


def test_they_are_read_without_the_key(services: StandIns, client: TestClient) -> None:
    services.settings.api_key = SecretStr("correct-horse-battery")
    for path in ("/docs", "/redoc", "/docs/assets/swagger-ui.css", "/openapi.json"):
        assert client.get(path).status_code == 200
    assert client.get("/docs/assets/x").status_code == 401
