"""Who could reach a server."""

import pytest

from src.core.exposure import is_loopback, reached_from


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST", "::ffff:127.0.0.1"]
)
def test_this_machine_alone(host: str) -> None:
    assert is_loopback(host)
    assert reached_from(host, "") == []


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        "::",
        "",
        "192.168.1.5",
        "::ffff:192.168.1.5",
        "studio.example",
        "127.0.0.1.evil.example",
    ],
)
def test_others_too(host: str) -> None:
    assert not is_loopback(host)
    assert reached_from(host, "") == [host or "every address"]


def test_in_a_container_only_what_is_published_counts() -> None:
    assert reached_from("0.0.0.0", "127.0.0.1") == []
    assert reached_from("0.0.0.0", "127.0.0.1, ::1,") == []
    assert reached_from("0.0.0.0", "0.0.0.0,") == ["0.0.0.0"]
    assert reached_from("0.0.0.0", "127.0.0.1,studio.example") == ["studio.example"]


def test_a_proxy_listens_everywhere_whatever_name_it_answers_to() -> None:
    assert reached_from("0.0.0.0", "127.0.0.1,localhost") == ["localhost"]
