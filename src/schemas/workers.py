"""Workers as the API tells them."""

from datetime import datetime

from pydantic import BaseModel, Field


class WorkerOut(BaseModel):
    """A process that works on jobs."""

    name: str
    host: str = Field(description="The machine, or container, that it runs on")
    version: str = Field(description="Of the engine")
    kinds: list[str] = Field(description="Of jobs that it works on")
    started_at: datetime
    seen_at: datetime = Field(description="Its last sign of life")
    alive: bool = Field(description="Whether that is no longer ago than three claims last")
    running: int = Field(description="Jobs that it works on now")


class WorkerList(BaseModel):
    """All workers."""

    items: list[WorkerOut]
