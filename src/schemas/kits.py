"""Kits as the API tells them."""

from pydantic import BaseModel, Field


class KitOut(BaseModel):
    """A folder of stems that belong together."""

    id: str
    name: str
    path: str = Field(description="Below the kits folder, or absolute outside of it")
    bpm_hint: float | None = Field(description="Tempo that the folder's name tells")
    key_hint: str | None
    stems: int
    loops: int
    categories: dict[str, int] = Field(
        description="How many stems of each category", examples=[{"kick": 2, "bass": 3}]
    )
