"""Starts the studio: ``python -m src.ui.serve [--host ADDRESS] [--port NUMBER]``.

Streamlit itself would listen everywhere. This listens to this machine alone, unless
APP_PASSWORD is set or a container is published no further.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from ipaddress import ip_address

from src.ui.studio_settings import place_of

MIN_SIGNS, MIN_DIFFERENT_SIGNS = 8, 4
"""What a password must have at least."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Become Streamlit's server; 1 where it may not listen there."""
    made = argparse.ArgumentParser(prog="python -m src.ui.serve", description="Run the studio.")
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--port", type=int, default=8501)
    options = made.parse_args(arguments)
    published = os.environ.get("PUBLISHED_AT", "")
    refused = refusal(options.host, published, password=place_of().password)
    if not refused:
        command = streamlit_command(options.host, options.port)
        os.execv(command[0], command)  # never comes back
    print(f"error: {refused}", file=sys.stderr)
    return 1


def refusal(host: str, published_at: str, *, password: str) -> str:
    """Say why the studio may not listen at an address; empty where it may.

    published_at: where its container is published, with commas between several addresses
        and names; empty: in no container
    """
    if password and (len(password) < MIN_SIGNS or len(set(password)) < MIN_DIFFERENT_SIGNS):
        return (
            f"APP_PASSWORD must have at least {MIN_SIGNS} signs, {MIN_DIFFERENT_SIGNS} of them"
            f" different, got {len(password)}: openssl rand -base64 15 makes one"
        )
    published = [host.strip() for host in published_at.split(",") if host.strip()]
    beyond = [host for host in published if not _is_loopback_address(host)]
    if not published and host != "localhost" and not _is_loopback_address(host):
        beyond = [host]
    if password or not beyond:
        return ""
    return (
        f"without APP_PASSWORD the studio is shown on this machine only, got {', '.join(beyond)}:"
        " set APP_PASSWORD (see .env.example), or leave the address at 127.0.0.1"
    )


def check_address(address: str | None) -> None:
    """End the server where it may not be seen, however it was started.

    address: what Streamlit was told to listen on; None: everywhere
    """
    published = os.environ.get("PUBLISHED_AT", "")
    refused = refusal(address or "every address", published, password=place_of().password)
    if refused:
        sys.exit(f"error: {refused}")


def streamlit_command(host: str, port: int) -> list[str]:
    """List the words that start Streamlit; it asks nobody who it is, and reports to nobody."""
    return [
        sys.executable, "-m", "streamlit", "run", "app.py",
        f"--server.address={host}", f"--server.port={port}", "--server.headless=true",
        "--server.fileWatcherType=none", "--browser.serverAddress=localhost",
        "--browser.gatherUsageStats=false",
    ]  # fmt: skip


def _is_loopback_address(text: str) -> bool:
    try:
        return ip_address(text.strip("[]")).is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
