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
    database: Literal["ok"] = "ok"
    embedder: str | None = Field(
        default=None,
        description="Which model the vectors are from; null, as all below, to strangers",
    )
    embedder_choice: str | None = Field(
        default=None, description="Why that one, and how to get another, in words"
    )
    library: dict[str, int] | None = Field(default=None, description="How much is there")
    stems_without_vector: int | None = Field(
        default=None, description="Stems that a search cannot find by sound yet"
    )


class Index(BaseModel):
    """Where to go from here."""

    name: str
    version: str
    docs: str
    links: dict[str, Any]
