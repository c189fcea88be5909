"""Embedders, and the map that is made of their vectors."""

from pydantic import BaseModel, ConfigDict, Field


class EmbedderOut(BaseModel):
    """One embedder and how much of the library it has heard."""

    model_config = ConfigDict(protected_namespaces=())

    model_id: str
    kind: str = Field(description="acoustic, clap, or gone: its files are not here")
    dimension: int | None = Field(description="Length of a vector; null for one that is gone")
    embedded: int = Field(description="Stems that have a vector of it")
    total: int = Field(description="Stems in all")
    ready: bool = Field(description="Whether a switch to it would lose no stem")


class ModelsAnswer(BaseModel):
    """All embedders."""

    active: str = Field(description="The model whose vectors are searched")
    wanted: str = Field(description="The model that the settings want")
    embedders: list[EmbedderOut]
    how_to_get_clap: str


class ReembedRequest(BaseModel):
    """Nothing to say yet: the wanted model is that of the settings."""

    model_config = ConfigDict(extra="forbid")


class MapPointOut(BaseModel):
    """A stem on the map."""

    id: str
    x: float = Field(description="From -1 to 1")
    y: float = Field(description="From -1 to 1")
    category: str
    name: str


class MapAnswer(BaseModel):
    """A page of the map of the library."""

    model_config = ConfigDict(protected_namespaces=())

    model_id: str
    version: int = Field(description="While it stays, no point has moved")
    points: list[MapPointOut]
    total: int = Field(description="Points in all, whatever was filtered")
    next_cursor: str | None
