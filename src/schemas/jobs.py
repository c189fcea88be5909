"""Jobs as the API tells them."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from src.schemas.common import Problem

JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]


class JobOut(BaseModel):
    """A long task: how far it is and how it ended."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0b5f4f3e-6a3c-4a52-9a50-0b8f0a4f1c11",
                    "kind": "preprocess",
                    "status": "running",
                    "progress": 0.42,
                    "stage": "analysing",
                    "message": "analysing: 84 of 200",
                    "eta_s": 6.5,
                }
            ]
        }
    )

    id: str
    kind: str
    status: JobStatus
    progress: float = Field(ge=0, le=1, description="0..1, never falls")
    stage: str = Field(description="What it is doing")
    message: str
    eta_s: float | None = Field(description="Seconds to go; null: not known yet")
    result: dict[str, Any] | None = Field(
        description="What it gave, once it has succeeded; null in lists"
    )
    problem: Problem | None = Field(description="Why it failed")
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    url: str = Field(description="Where to ask again")


class JobLogOut(BaseModel):
    """What a job told, the last lines of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"lines": ["2026-11-21 18:20:04,112 INFO mixing"], "total": 1}]
        }
    )

    lines: list[str] = Field(description="Time, level and message; the oldest first")
    total: int = Field(description="How many lines the log has; 0 where none is kept")
