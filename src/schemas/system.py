"""How the engine is doing."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"
    version: str


class Ready(BaseModel):
    """The engine can work."""

    status: Literal["ready"] = "ready"
    version: str
    embedder: str = Field(description="Which model the vectors are from")
    embedder_choice: str = Field(description="Why that one, and how to get another, in words")
    database: Literal["ok"] = "ok"
    library: dict[str, int] = Field(description="How much is there")
    stems_without_vector: int = Field(description="Stems that a search cannot find by sound yet")


class Index(BaseModel):
    """Where to go from here."""

    name: str
    version: str
    docs: str
    links: dict[str, Any]
