"""Dataset studio: from a folder of songs to a training set, in steps that may be stopped.

    tag → lyrics → convert (dataset.json and a Hugging Face folder) → create (48 kHz, checked)
    → train (not here yet)

Each step holds the folder it works on alone, reports each song, may be cancelled between two
songs and killed at any moment: the next run goes on with what is missing.
"""

import logging
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from src.core.config import Settings
from src.core.errors import (
    BackendUnavailableError,
    InvalidInputError,
    NotFoundError,
    UnreadableAudioError,
)
from src.core.progress import Progress, silent
from src.services.dataset.steps import exclusive
from src.services.dataset.tagging import TaggingOptions, find_song_lyrics, tag_song
from src.storage.atomic import write_json
from src.storage.decode import read_audio
from src.storage.encode import FLAC_24, AudioSink
from src.storage.fingerprint import content_hash
from src.storage.paths import shown
from src.tagging.checks import Finding, check_dataset
from src.tagging.dataset_json import (
    JSON_NAME,
    DatasetFile,
    DatasetSample,
    read_dataset,
    spelled_keyscale,
    spelled_time_signature,
    write_dataset,
)
from src.tagging.genius import Genius
from src.tagging.hf_folder import write_hf_folder
from src.tagging.lyrics_text import INSTRUMENTAL
from src.tagging.outputs import caption_of
from src.tagging.policy import conform
from src.tagging.records import SongRecord, read_record
from src.tagging.songs import SongFiles, songs_in
from src.tagging.texts import read_text
from src.tagging.whitelist import Whitelist

log = logging.getLogger(__name__)

REPORT_NAME = "report.json"
TRAINED_RATE = 48_000


class DatasetService:
    """The steps of the studio."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def genius(self) -> Genius | None:
        """Return the client of Genius; None unless the settings hold a token."""
        token = self._settings.genius_token
        if token is None:
            return None
        cache = self._settings.processed_path / "lyrics_cache"
        return Genius(token.get_secret_value(), cache)

    def tag(
        self, folder: Path, options: TaggingOptions, *, progress: Progress = silent
    ) -> dict[str, Any]:
        """Tag all songs of a folder; those that can't be read are reported and left."""
        with exclusive(_existing(folder)):
            songs = songs_in(folder)
            problems: list[dict[str, str]] = []
            fresh = 0
            fields: Counter[str] = Counter()
            for number, files in enumerate(songs):
                progress("tagging", number, len(songs))
                try:
                    tagged = tag_song(files, options)
                except UnreadableAudioError as error:
                    problems.append({"song": shown(files.song.name), "message": error.message})
                    log.warning("%s", error.message)
                    continue
                fresh += tagged.fresh
                missing = tagged.record.tags.missing
                fields.update(missing)
                log.info("%s: %s", shown(files.song.name), tagged.record.tags.line(options.order))
            progress("tagging", len(songs), len(songs))
        return {
            "songs": len(songs), "measured": fresh, "problems": problems,
            "missing_fields": dict(fields),
        }  # fmt: skip

    def lyrics(
        self,
        folder: Path,
        *,
        genius: Genius | None = None,
        overwrite: bool = False,
        progress: Progress = silent,
    ) -> dict[str, Any]:
        """Find the lyrics of all songs of a folder; how that went is counted by state."""
        with exclusive(_existing(folder)):
            songs = songs_in(folder)
            states: Counter[str] = Counter()
            for number, files in enumerate(songs):
                progress("finding lyrics", number, len(songs))
                try:
                    record = find_song_lyrics(files, genius, overwrite=overwrite)
                except UnreadableAudioError as error:
                    states["unreadable_song"] += 1
                    log.warning("%s", error.message)
                    continue
                states[record.lyrics_state] += 1
                log.info("%s: %s", shown(files.song.name), record.lyrics_state)
            progress("finding lyrics", len(songs), len(songs))
        return {"songs": len(songs), "states": dict(states)}

    def convert(
        self, data_dir: Path, output: Path, whitelist: Whitelist, *, progress: Progress = silent
    ) -> dict[str, Any]:
        """Write the songs of a folder that have a prompt as ``dataset.json`` and an Arrow folder.

        Raises InvalidInputError where no song has a prompt.
        """
        with exclusive(_existing(data_dir)):
            samples, prompts, records = [], [], {}
            songs = songs_in(data_dir)
            for number, files in enumerate(songs):
                progress("converting", number, len(songs))
                if not files.prompt.is_file():
                    log.warning("%s has no prompt and is left out", shown(files.song.name))
                    continue
                record = read_record(files.record)
                prompt = read_text(files.prompt).strip()
                samples.append(_sample(files, prompt, record, whitelist))
                prompts.append(prompt)
                if record is not None:
                    records[files.song.name] = record
            if not samples:
                raise InvalidInputError(f"no song in {shown(data_dir)} has a prompt: tag first")
            with exclusive(output):
                dataset = DatasetFile(output.name, tuple(samples))
                write_dataset(output / JSON_NAME, dataset, created_at=_now())
                findings = check_dataset(dataset, records)
                findings += _arrow_folder(output, samples, prompts)
                _write_report(output, findings)
            progress("converting", len(songs), len(songs))
        return _answer(len(samples), findings, output)

    def create(
        self, input_path: Path, output_dir: Path, *, progress: Progress = silent
    ) -> dict[str, Any]:
        """Make the training set: every song at 48 kHz stereo beside its dataset and report.

        Songs that are there already, of the same content, are not decoded again. Raises
        InvalidInputError where the checks find an error.
        """
        dataset = read_dataset(input_path)
        with exclusive(output_dir):
            findings = check_dataset(dataset)
            _write_report(output_dir, findings)
            errors = [one for one in findings if one.level == "error"]
            if errors:
                raise InvalidInputError(
                    f"{len(errors)} errors, the first: {errors[0].song} {errors[0].message}",
                    code="dataset_errors",
                )
            made = []
            for number, sample in enumerate(dataset.samples):
                progress("creating", number, len(dataset.samples))
                path = _conformed(Path(sample.audio_path), output_dir / "audio")
                made.append(replace(sample, audio_path=str(path), filename=path.name))
            kept = replace(dataset, samples=tuple(made))
            write_dataset(output_dir / JSON_NAME, kept, created_at=_now())
            progress("creating", len(made), len(made))
        return _answer(len(made), findings, output_dir)

    def train(self, train_set: Path) -> dict[str, Any]:
        """Check that a training set can be trained on, then hand it to the LoRA training.

        The training itself is not part of this version. Raises BackendUnavailableError, after
        NotFoundError or InvalidInputError for a training set that could not be used.
        """
        dataset = read_dataset(train_set)
        errors = [one for one in check_dataset(dataset) if one.level == "error"]
        if errors:
            raise InvalidInputError(errors[0].message, code="dataset_errors")
        raise BackendUnavailableError(
            f"the training set of {len(dataset.samples)} songs is ready, but this version has no"
            " LoRA training yet",
            code="training_unavailable",
        )


def _existing(folder: Path) -> Path:
    """Return the folder. Raises NotFoundError where it is not there."""
    if not folder.is_dir():
        raise NotFoundError(f"there is no folder {shown(folder)}")
    return folder


def _arrow_folder(output: Path, samples: list[DatasetSample], prompts: list[str]) -> list[Finding]:
    """Write the Arrow folder; where its package is missing, that is a finding."""
    try:
        write_hf_folder(output, samples, prompts)
    except BackendUnavailableError as error:
        return [Finding("warning", error.code, error.message)]
    return []


def _sample(
    files: SongFiles, prompt: str, record: SongRecord | None, whitelist: Whitelist
) -> DatasetSample:
    """Describe a song by its texts, which win over its record."""
    tags = conform(prompt, whitelist).tags
    known = tags if record is None else record.tags
    tags = replace(tags, bpm=tags.bpm or known.bpm, key=tags.key or known.key)
    measures = None if record is None else record.measures
    lyrics = read_text(files.lyrics).strip() if files.lyrics.is_file() else ""
    instrumental = tags.vocal == "instrumental" or (
        not lyrics and record is not None and record.is_instrumental
    )
    caption = read_text(files.caption).strip() if files.caption.is_file() else caption_of(tags)
    return DatasetSample(
        id=files.stem,
        audio_path=str(files.song.resolve()),
        filename=files.song.name,
        caption=caption,
        genre=", ".join(tags.genres),
        lyrics=lyrics or (INSTRUMENTAL if instrumental else ""),
        bpm=tags.bpm,
        keyscale=_keyscale(tags.key, record),
        timesignature=spelled_time_signature(None if measures is None else measures.beats_per_bar),
        duration=0 if measures is None else round(measures.duration_s),
        language="unknown" if record is None else record.language,
        is_instrumental=instrumental,
    )


def _keyscale(mode: str | None, record: SongRecord | None) -> str:
    """Write the key of a song, unless its prompt says another mode than its key has."""
    if record is None or record.key is None or mode is None:
        return ""
    spelled = spelled_keyscale(record.key)
    return spelled if mode.startswith(spelled.rpartition(" ")[2]) else ""


def _conformed(song: Path, folder: Path) -> Path:
    """Write a song as FLAC of 48 kHz, unless it is there; its digest is part of its name."""
    path = folder / f"{song.stem}.{content_hash(song)[:12]}.flac"
    if not path.is_file():
        audio = read_audio(song, sample_rate=TRAINED_RATE).audio[:2]
        stereo = audio if audio.shape[0] == 2 else audio.repeat(2, axis=0)
        with AudioSink(path, sample_rate=TRAINED_RATE, encoding=FLAC_24) as sink:
            sink.write(stereo)
    return path


def _write_report(folder: Path, findings: list[Finding]) -> None:
    write_json(folder / REPORT_NAME, {"findings": [asdict(one) for one in findings]})


def _answer(songs: int, findings: list[Finding], folder: Path) -> dict[str, Any]:
    return {"songs": songs, "folder": str(folder), "findings": [asdict(one) for one in findings]}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
