"""Where the studio may be shown."""

import pytest

from src.ui import serve


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_needs_no_password(host: str) -> None:
    assert serve.refusal(host, "", password="") == ""


@pytest.mark.parametrize(
    ("host", "published"),
    [
        ("0.0.0.0", ""),
        ("192.168.1.5", ""),
        ("0.0.0.0", "0.0.0.0,"),
        ("0.0.0.0", "127.0.0.1,studio.example"),
        ("0.0.0.0", "127.0.0.1,localhost"),
    ],
)
def test_elsewhere_a_password_opens(host: str, published: str) -> None:
    answer = serve.refusal(host, published, password="")
    assert "set APP_PASSWORD" in answer
    assert (published.rpartition(",")[2] or "0.0.0.0" if published else host) in answer
    assert serve.refusal(host, published, password="open sesame") == ""


def test_a_container_that_is_published_here_alone_needs_none() -> None:
    assert serve.refusal("0.0.0.0", "127.0.0.1,", password="") == ""


@pytest.mark.parametrize("password", ["a", "short", "aaaaaaaaaaaa"])
def test_a_password_that_is_none_to_speak_of_opens_nothing(password: str) -> None:
    for host in ("127.0.0.1", "0.0.0.0"):
        assert "APP_PASSWORD must have at least 8" in serve.refusal(host, "", password=password)


def test_the_command_refuses_before_streamlit_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("APP_PASSWORD", raising=False)
    monkeypatch.delenv("PUBLISHED_AT", raising=False)
    assert serve.main(["--host", "0.0.0.0"]) == 1
    assert "0.0.0.0" in capsys.readouterr().err


def test_streamlit_is_told_where_and_asks_nobody_outside() -> None:
    command = serve.streamlit_command("127.0.0.1", 8501)
    assert command[1:5] == ["-m", "streamlit", "run", "app.py"]
    assert {
        "--server.address=127.0.0.1", "--server.port=8501",
        "--browser.serverAddress=localhost", "--browser.gatherUsageStats=false",
    } <= set(command)  # fmt: skip


@pytest.mark.parametrize("address", [None, "0.0.0.0"])
def test_streamlit_started_by_hand_is_no_way_around(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    monkeypatch.delenv("APP_PASSWORD", raising=False)
    monkeypatch.delenv("PUBLISHED_AT", raising=False)
    serve.check_address("127.0.0.1")
    with pytest.raises(SystemExit, match="set APP_PASSWORD"):
        serve.check_address(address)
    monkeypatch.setenv("APP_PASSWORD", "open sesame")
    serve.check_address(address)
