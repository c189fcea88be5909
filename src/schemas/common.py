"""What many answers share: pages of lists, problems, and texts that every database takes."""

from collections.abc import Sequence
from typing import Annotated, Generic, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from src.core.plain_text import one_line

Item = TypeVar("Item")

MAX_SEED = 2**63 - 1
"""Largest seed that the database can hold."""


def storable(text: str) -> str:
    """Return the text. Raises ValueError for what no database can hold: NUL, half characters."""
    if "\x00" in text:
        raise ValueError("must not hold NUL")
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("must not hold lone surrogates") from error
    return text


Text = Annotated[str, AfterValidator(storable)]
"""A text that every database can hold."""

Line = Annotated[Text, AfterValidator(one_line)]
"""A name: one line, without characters that turn the direction of what follows them."""


class Page(BaseModel, Generic[Item]):
    """One part of a list."""

    items: list[Item]
    total: int = Field(description="How many there are in all, on every page")
    limit: int
    offset: int

    @classmethod
    def cut(cls, items: Sequence[Item], *, limit: int, offset: int) -> Self:
        """Return one part of a list that is there as a whole."""
        part = list(items[offset : offset + limit])
        return cls(items=part, total=len(items), limit=limit, offset=offset)


class FieldProblem(BaseModel):
    """What is wrong with one value of a request."""

    field: str = Field(description="Where it was", examples=["body.seed"])
    message: str = Field(description="What the rule is")
    code: str = Field(description="Name of the rule", examples=["greater_than_equal"])


class Problem(BaseModel):
    """Why a request failed (RFC 9457). ``code`` is stable: programs should look at it alone."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(default="about:blank", description="Always about:blank: see code")
    title: str = Field(description="The status in words", examples=["Not Found"])
    status: int = Field(description="The HTTP status", examples=[404])
    code: str = Field(description="Stable name of the problem", examples=["not_found"])
    detail: str = Field(description="The rule and the value seen, for people")
    instance: str = Field(default="", description="The path that was asked for")
    errors: list[FieldProblem] = Field(
        default_factory=list, description="With code validation_failed: each wrong value"
    )
