"""Dataset files of ACE-Step 1.5: one JSON with a sample for each song, written and read."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from src.core.errors import InvalidInputError, NotFoundError
from src.music.theory.keys import is_minor, parse_key
from src.storage.atomic import write_json
from src.storage.paths import shown
from src.tagging.songs import understood_path

JSON_NAME = "dataset.json"
_TIME_SIGNATURES = (2, 3, 4, 6)

_OTHER_NAMES = {
    "audio_path": (
        "audio_path", "path", "audio", "file", "file_path", "audio_filepath", "filename",
    ),
    "caption": ("caption", "prompt", "tags", "text", "description"),
    "lyrics": ("lyrics", "norm_lyrics", "lyric"),
    "bpm": ("bpm", "tempo"),
    "keyscale": ("keyscale", "key_scale", "key", "keyscale_name"),
    "timesignature": ("timesignature", "time_signature", "meter"),
    "duration": ("duration", "duration_s", "length", "seconds"),
    "language": ("language", "vocal_language", "lang"),
}  # fmt: skip
"""Names of fields, ours first, then those of other tools."""


@dataclass(frozen=True)
class DatasetSample:
    """One song of a training set.

    audio_path: absolute once read; keyscale: "A minor", "" where unknown
    bpm: None where unknown; timesignature: "4"; duration: whole seconds
    """

    id: str
    audio_path: str
    filename: str
    caption: str
    genre: str = ""
    lyrics: str = ""
    bpm: int | None = None
    keyscale: str = ""
    timesignature: str = ""
    duration: int = 0
    language: str = "unknown"
    is_instrumental: bool = False
    custom_tag: str = ""
    labeled: bool = True
    prompt_override: str | None = None


@dataclass(frozen=True)
class DatasetFile:
    """A dataset as it was read. warnings: names that other tools use, and the like"""

    name: str
    samples: tuple[DatasetSample, ...]
    custom_tag: str = ""
    warnings: tuple[str, ...] = ()


def spelled_keyscale(key: str | None) -> str:
    """Write a key such as "F#m" as ACE-Step does: "F# minor"; "" where there is none."""
    if key is None:
        return ""
    return f"{key.removesuffix('m')} {'minor' if is_minor(key) else 'major'}"


def spelled_time_signature(beats_per_bar: int | None) -> str:
    """Write beats a bar as ACE-Step takes them: "2", "3", "4", "6"; "" for others."""
    return str(beats_per_bar) if beats_per_bar in _TIME_SIGNATURES else ""


def write_dataset(path: Path, dataset: DatasetFile, *, created_at: str) -> None:
    """Write a dataset with paths relative to its folder where that holds them."""
    folder = path.parent.resolve()
    samples = [asdict(replace(one, audio_path=_relative(one.audio_path, folder)))
               for one in dataset.samples]  # fmt: skip
    metadata = {
        "name": dataset.name,
        "custom_tag": dataset.custom_tag,
        "tag_position": "prepend",
        "created_at": created_at,
        "num_samples": len(samples),
        "all_instrumental": bool(samples) and all(one["is_instrumental"] for one in samples),
        "genre_ratio": 0,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {"metadata": metadata, "samples": samples})


def read_dataset(path: Path) -> DatasetFile:
    """Read a dataset of ours, of ACE-Step, or of a tool that names things a little otherwise.

    path: the JSON, or the folder that holds ``dataset.json``. Paths of songs are relative to the
        JSON's folder, with slashes or backslashes.

    Raises NotFoundError where it is not there, InvalidInputError for what is no dataset.
    """
    file = path / JSON_NAME if path.is_dir() else path
    if not file.is_file():
        raise NotFoundError(f"there is no dataset {shown(file)}")
    try:
        stored = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise InvalidInputError(f"{shown(file)} is no JSON: {error}") from error
    rows = stored if isinstance(stored, list) else _listed(stored, file)
    about = stored.get("metadata", {}) if isinstance(stored, dict) else {}
    about = about if isinstance(about, dict) else {}
    warnings: list[str] = []
    samples = tuple(_sample(row, file, number, warnings) for number, row in enumerate(rows))
    return DatasetFile(
        name=str(about.get("name") or file.parent.name),
        samples=samples,
        custom_tag=str(about.get("custom_tag") or ""),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _listed(stored: Any, file: Path) -> list[Any]:
    names = ("samples", "data", "items", "songs")
    found = next((stored[name] for name in names if name in stored), None) if stored else None
    if not isinstance(found, list):
        raise InvalidInputError(f"{shown(file)} lists no samples under any of {', '.join(names)}")
    return found


def _sample(row: Any, file: Path, number: int, warnings: list[str]) -> DatasetSample:
    if not isinstance(row, Mapping):
        raise InvalidInputError(f"sample {number} of {shown(file)} is an object, got {row!r}")
    values = {name: _named(row, name, others, warnings) for name, others in _OTHER_NAMES.items()}
    known = {one.name for one in fields(DatasetSample)}
    unknown = sorted(
        set(row) - known - {other for names in _OTHER_NAMES.values() for other in names}
    )
    warnings += [f"unknown field {name!r}" for name in unknown]
    audio = str(values["audio_path"] or "")
    if not audio:
        raise InvalidInputError(f"sample {number} of {shown(file)} names no file of sound")
    path = file.parent.resolve() / understood_path(audio)
    caption = values["caption"]
    text = ", ".join(map(str, caption)) if isinstance(caption, list) else str(caption or "")
    return DatasetSample(
        id=str(row.get("id") or number),
        audio_path=str(path),
        filename=path.name,
        caption=text,
        genre=str(row.get("genre") or ""),
        lyrics=str(values["lyrics"] or ""),
        bpm=_whole(values["bpm"]),
        keyscale=_keyscale(str(values["keyscale"] or ""), warnings),
        timesignature=str(values["timesignature"] or "").partition("/")[0],
        duration=_whole(values["duration"]) or 0,
        language=str(values["language"] or "unknown"),
        is_instrumental=bool(row.get("is_instrumental", False)),
        custom_tag=str(row.get("custom_tag") or ""),
        labeled=bool(row.get("labeled", True)),
        prompt_override=row.get("prompt_override"),
    )


def _named(row: Mapping[str, Any], name: str, others: Iterable[str], warnings: list[str]) -> Any:
    """Take a field by our name or another tool's, which is worth a warning: trainers skip it."""
    found = next((other for other in others if row.get(other) is not None), None)
    if found is not None and found != name and name not in row:
        warnings.append(f"{found!r} stands for {name!r}: trainers of ACE-Step would not see it")
    return None if found is None else row[found]


def _keyscale(text: str, warnings: list[str]) -> str:
    if not text:
        return ""
    try:
        return spelled_keyscale(parse_key(text))
    except InvalidInputError:
        warnings.append(f"{text!r} is no key")
        return text


def _whole(value: Any) -> int | None:
    try:
        return None if value is None or value == "" else round(float(value))
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInputError(f"tempos and durations are numbers, got {value!r}") from error


def _relative(audio_path: str, folder: Path) -> str:
    path = Path(audio_path).resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()
