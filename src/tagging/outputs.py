"""The texts beside a song: written whole or not at all, and never over what a person wrote."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from src.storage.atomic import write_text
from src.storage.fingerprint import text_hash
from src.tagging.policy import ORIGINAL_ORDER, SEPARATOR, SongTags
from src.tagging.songs import SongFiles
from src.tagging.texts import read_text

Edit = Literal["new", "same", "changed", "by a person"]


@dataclass(frozen=True)
class PlannedText:
    """A text that would be written, beside what is there.

    before: "" where nothing is; edit: what writing it would mean
    """

    path: Path
    before: str
    after: str
    edit: Edit


def caption_of(tags: SongTags) -> str:
    """Write the tags that ACE-Step 1.5 reads as a caption: without tempo and key."""
    bare = SongTags(
        genres=tags.genres, moods=tags.moods, instruments=tags.instruments,
        vocal_fx=tags.vocal_fx, rap_style=tags.rap_style, vocal=tags.vocal,
    )  # fmt: skip
    return SEPARATOR.join(bare.in_order())


def planned_prompts(
    files: SongFiles,
    tags: SongTags,
    written: Mapping[str, str],
    order: tuple[str, ...] = ORIGINAL_ORDER,
) -> list[PlannedText]:
    """Compare what tagging would write with what is there.

    written: name of a text -> digest of what the studio wrote last; other content is a person's
    """
    texts = {files.prompt: tags.line(order), files.caption: caption_of(tags)}
    return [_planned(path, text, written) for path, text in texts.items()]


def planned_lyrics(files: SongFiles, text: str, written: Mapping[str, str]) -> list[PlannedText]:
    """Compare lyrics with what is there; no lyrics plan nothing."""
    if not text:
        return []
    return [_planned(path, text, written) for path in (files.lyrics, files.plain_lyrics)]


def write_planned(planned: list[PlannedText], *, over_persons: bool = False) -> dict[str, str]:
    """Write planned texts; return the digest of each text that now is ours, by name of file."""
    digests = {}
    for one in planned:
        if one.edit == "by a person" and not over_persons:
            continue
        if one.before != one.after or not one.path.exists():
            write_text(one.path, one.after)
        digests[one.path.name] = text_hash(one.after)
    return digests


def persons_text(path: Path, written: Mapping[str, str]) -> str | None:
    """Return what a person wrote into a text; None where it is ours or not there."""
    if not path.is_file():
        return None
    text = read_text(path)
    return None if written.get(path.name) == text_hash(text) else text


def _planned(path: Path, after: str, written: Mapping[str, str]) -> PlannedText:
    if not path.is_file():
        return PlannedText(path, "", after, "new")
    before = read_text(path)
    if before == after:
        return PlannedText(path, before, after, "same")
    ours = written.get(path.name) == text_hash(before)
    return PlannedText(path, before, after, "changed" if ours else "by a person")
