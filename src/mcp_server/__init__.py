"""A door for agents: the engine's API as tools of the Model Context Protocol.

Face: ``server.tool_server``, ``api_calls.ApiCalls``.
"""
