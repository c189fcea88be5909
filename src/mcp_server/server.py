"""The server of the tools: over standard input and output, or over HTTP."""

from mcp.server import MCPServer

from src import __version__
from src.mcp_server.api_calls import ApiCalls
from src.mcp_server.tools import LibraryTools

INSTRUCTIONS = """Makes tracks of the sounds in one's own library.
In four calls: search (what is there), plan (a sentence to a plan), render (the plan to a WAV),
exports (stems, MIDI, DAW projects). revise and explain work on the track_id that render gives."""


def tool_server(api: ApiCalls) -> MCPServer:
    """Make the server, not started."""
    made: MCPServer = MCPServer("traum-engine", instructions=INSTRUCTIONS, version=__version__)
    tools = LibraryTools(api)
    for tool in (
        tools.search, tools.matches, tools.plan, tools.render, tools.revise, tools.explain,
        tools.jobs, tools.exports,
    ):  # fmt: skip
        made.add_tool(tool, structured_output=False)
    return made
