"""Jobs as the API tells them."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from src.schemas.common import Page, Problem, Text

JobStatus = Literal["queued", "running", "succeeded", "failed", "cancelled"]
OpenStatus = Literal["queued", "running"]
JobIdText = Annotated[str, Field(pattern=r"^[0-9a-f-]{1,36}$")]
KindText = Annotated[Text, Field(max_length=32)]


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
                    "attempt": 1,
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
    queue_position: int | None = Field(
        description="1 is next among those that share its workers; null: it does not wait"
    )
    attempt: int = Field(description="Which try this is, 0 before the first")
    result: dict[str, Any] | None = Field(
        description="What it gave, once it has succeeded; null in lists"
    )
    problem: Problem | None = Field(description="Why it failed")
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    url: str = Field(description="Where to ask again")
    events_url: str = Field(description="Where it tells by itself, as server-sent events")


class JobList(Page[JobOut]):
    """One page of jobs."""

    next_cursor: str | None = Field(description="Give it as cursor for the next page; null: none")


class JobEventOut(BaseModel):
    """What a server-sent event of a job carries: the job as it stood then."""

    status: JobStatus
    stage: str
    message: str
    progress: float
    eta_s: float | None
    attempt: int
    cancel_requested: bool
    problem: dict[str, Any] | None
    at: datetime


class JobSelection(BaseModel):
    """Which jobs. Something has to be named; what is left out does not restrict."""

    model_config = ConfigDict(extra="forbid")

    ids: list[JobIdText] = Field(default_factory=list, max_length=1000)
    kind: list[KindText] = Field(default_factory=list, max_length=50)
    status: list[OpenStatus] = Field(default_factory=list, max_length=2)
    all: bool = Field(default=False, description="All that wait or run")

    @model_validator(mode="after")
    def _names_something(self) -> "JobSelection":
        if not (self.ids or self.kind or self.status or self.all):
            raise ValueError("name ids, kind or status, or say all")
        return self


class CancelledOut(BaseModel):
    """What became of a request to stop many jobs."""

    cancelled: int = Field(description="That waited, and will never run")
    stopping: int = Field(description="That run, and stop at their next step")


class TaskStatus(BaseModel):
    """A job in three words, for programs that know it as a task."""

    task_id: str
    status: Literal["pending", "success", "failed"]
    file_url: str | None = Field(description="Where its file is handed out, once there is one")


class JobLogOut(BaseModel):
    """What a job reported, the last lines of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"lines": ["2026-11-21 18:20:04,112 INFO mixing"], "total": 1}]
        }
    )

    lines: list[str] = Field(description="Time, level and message; the oldest first")
    total: int = Field(description="How many lines the log has; 0 where none is kept")
