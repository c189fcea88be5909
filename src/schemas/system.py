"""How the engine is doing."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"
    version: str


class EngineParts(BaseModel):
    """How the parts of the engine are doing. Only the database is needed to answer at all."""

    database: Literal["ok"] = "ok"
    broker: Literal["unused", "ok", "away"] = Field(
        description="unused: jobs run in this process; away: they wait until it is back"
    )
    workers: int = Field(description="Workers that were heard of just now")
    workers_silent: int = Field(description="Workers that have died, within the last day")
    jobs_without_worker: list[str] = Field(
        description="Kinds of jobs that would wait, since no worker does them"
    )
    folder_watch: Literal["on", "off"]
    disk_free_gb: float = Field(description="Free where tracks are written")


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
    parts: EngineParts | None = Field(default=None, description="How its parts are doing")
    stems_without_vector: int | None = Field(
        default=None, description="Stems that a search cannot find by sound yet"
    )


class Index(BaseModel):
    """Where to go from here."""

    name: str
    version: str
    docs: str
    links: dict[str, Any]
