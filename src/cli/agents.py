"""The command that serves the library's tools to agents."""

import argparse

from src.cli.call import Call, Result
from src.core.errors import BackendUnavailableError, ConflictError
from src.core.exposure import is_loopback

DEFAULT_PORT = 8765


def add_options(made: argparse.ArgumentParser) -> None:
    """Add the words after ``mcp``."""
    made.add_argument("--api", metavar="URL", help="where the API listens; default: HOST and PORT")
    made.add_argument("--http", action="store_true", help="serve /mcp over HTTP, not stdio")
    made.add_argument("--port", type=int, default=DEFAULT_PORT, help="with --http")
    made.add_argument("--host", default="127.0.0.1", help="with --http; this machine only")


def mcp(call: Call) -> Result:
    """Serve tools over the Model Context Protocol until the client goes.

    Raises BackendUnavailableError where requirements/mcp.txt is not installed, ConflictError for an
    address that others can reach: this door asks for no key.
    """
    options, settings = call.options, call.services.settings
    if options.http and not is_loopback(options.host):
        raise ConflictError(
            f"the tools are served without a key, on this machine only, got {options.host!r}"
        )
    try:
        from src.mcp_server.api_calls import ApiCalls
        from src.mcp_server.server import tool_server
    except ModuleNotFoundError as error:
        raise BackendUnavailableError(
            f"{error.name} is missing: pip install -r requirements/mcp.txt"
        ) from error
    key = "" if settings.api_key is None else settings.api_key.get_secret_value()
    server = tool_server(ApiCalls(options.api or f"http://{settings.host}:{settings.port}", key))
    if options.http:
        server.run("streamable-http", host=options.host, port=options.port)
    else:
        server.run("stdio")
    return Result({}, "")
