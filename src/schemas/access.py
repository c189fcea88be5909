"""Keys and the audit log as they are told."""

from datetime import datetime

from pydantic import BaseModel, Field


class KeyOut(BaseModel):
    """A key without itself."""

    name: str
    read_only: bool
    created_at: datetime
    last_used_at: datetime | None = Field(description="To within a minute")
    revoked_at: datetime | None


class NewKey(KeyOut):
    """A key that was just made, with itself."""

    key: str = Field(description="Shown now and never again")


class AuditLineOut(BaseModel):
    """One thing that changed something."""

    seq: int = Field(description="Counts up; gaps mean nothing")
    at: datetime
    who: str = Field(
        description="Name of the key; API_KEY; this machine; command line; folder watch"
    )
    what: str = Field(description="Method and path of the request, or words of a command")
    status: int | None = Field(description="Of the answer; null where there was no request")
    request_id: str = Field(description="As the answer's X-Request-ID told")
