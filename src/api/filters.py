"""Which stems a list or a search is about, as its query says."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from src.db import crud
from src.schemas.common import Text
from src.schemas.stems import Category, KeyName, Tag
from src.services.search import SearchQuery

Bpm = Annotated[
    float | None, Query(ge=0, le=1000, allow_inf_nan=False, description="Beats per minute")
]
Seconds = Annotated[float | None, Query(ge=0, le=1e6, allow_inf_nan=False, description="Seconds")]
Categories = Annotated[list[Category] | None, Query(description="Any of these")]
Key = Annotated[KeyName | None, Query()]
IsLoop = Annotated[bool | None, Query(description="Loops or one-shots only")]
KitName = Annotated[Text | None, Query(max_length=255, description="Id or name of a kit")]


@dataclass(frozen=True)
class ListQuery:
    """The filters of the list of stems."""

    category: Categories = None
    bpm_min: Bpm = None
    bpm_max: Bpm = None
    key: Key = None
    is_loop: IsLoop = None
    kit: KitName = None
    tag: Annotated[Tag | None, Query(description="A tag that the stem has")] = None
    q: Annotated[Text, Query(max_length=200, description="Part of name, file or kit")] = ""
    missing: Annotated[bool | None, Query(description="Whether its originals are gone")] = None

    def wanted(self) -> crud.StemFilter:
        """The same for the database."""
        return crud.StemFilter(
            categories=tuple(self.category or ()),
            bpm_min=self.bpm_min,
            bpm_max=self.bpm_max,
            key=self.key,
            is_loop=self.is_loop,
            kit=self.kit,
            tag=self.tag,
            text=self.q,
            missing=self.missing,
        )


@dataclass(frozen=True)
class SearchWords:
    """A prompt with the filters of a search."""

    prompt: Annotated[
        Text,
        Query(
            max_length=1000,
            description="How it should sound: English, German, Russian. Empty: filters alone",
            examples=["dark industrial kick"],
        ),
    ] = ""
    limit: Annotated[int, Query(ge=1, le=200)] = 5
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0
    category: Categories = None
    bpm_min: Bpm = None
    bpm_max: Bpm = None
    key: Key = None
    compatible: Annotated[bool, Query(description="Also keys that mix well with it")] = False
    is_loop: IsLoop = None
    duration_min_s: Seconds = None
    duration_max_s: Seconds = None
    kit: KitName = None

    def asked(self) -> SearchQuery:
        """The same for the search."""
        return SearchQuery(
            prompt=self.prompt,
            limit=self.limit,
            offset=self.offset,
            categories=tuple(self.category or ()),
            bpm_min=self.bpm_min,
            bpm_max=self.bpm_max,
            key=self.key,
            compatible=self.compatible,
            is_loop=self.is_loop,
            duration_min_s=self.duration_min_s,
            duration_max_s=self.duration_max_s,
            kit=self.kit,
        )


ListQueryDep = Annotated[ListQuery, Depends()]
SearchWordsDep = Annotated[SearchWords, Depends()]
