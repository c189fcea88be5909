"""What must hold of jobs, tracks, exports and library when everything has ended."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import soundfile
from sqlalchemy import select
from sqlalchemy.orm import Session

from src.core.config import Settings
from src.db.database import Database
from src.db.models import FINAL_STATES, Job, JobEvent, Stem, TrackRow
from src.services.tracks.files import sidecar_of

TEMPORARY = ".part-"


@dataclass
class Found:
    """faults: in words; ends: jobs by state; attempts: jobs by the number of their attempts"""

    faults: list[str] = field(default_factory=list)
    ends: Counter[str] = field(default_factory=Counter)
    attempts: Counter[int] = field(default_factory=Counter)


def faults_of(settings: Settings, requested: Sequence[str]) -> Found:
    """Look at the rows and the folders of a home. asked: ids of the jobs that were taken in"""
    found = Found()
    database = Database(settings.sql_url)
    with database.transaction() as session:
        jobs = list(session.scalars(select(Job)))
        tracks = list(session.scalars(select(TrackRow)))
        copies = {path.rpartition("/")[2] for path in session.scalars(select(Stem.path))}
        found.faults += _jobs(session, jobs, requested)
    database.close()
    found.ends.update(job.status for job in jobs)
    found.attempts.update(job.attempt for job in jobs)
    found.faults += [*_results(jobs, tracks), *_tracks(settings, tracks)]
    found.faults += [*_exports(settings), *_copies(settings, copies)]
    return found


def _jobs(session: Session, jobs: Sequence[Job], requested: Sequence[str]) -> Iterator[str]:
    """Each request is one job, and each job ended once."""
    if len(requested) != len(set(requested)):
        yield f"{len(requested) - len(set(requested))} requests share a job"
    lost = set(requested) - {job.id for job in jobs}
    extra = {job.id for job in jobs} - set(requested)
    if lost or extra:
        yield f"{len(lost)} jobs are lost, {len(extra)} were never asked for"
    for job in jobs:
        rows = session.scalars(
            select(JobEvent).where(JobEvent.job_id == job.id).order_by(JobEvent.number)
        )
        events = list(rows)
        ends = [event.number for event in events if event.data["status"] in FINAL_STATES]
        if [event.number for event in events] != list(range(1, job.events + 1)):
            yield f"job {job.id}: events {[event.number for event in events]} of {job.events}"
        if job.status not in FINAL_STATES or ends != [job.events]:
            yield f"job {job.id} is {job.status}, ended at events {ends} of {job.events}"
        if job.status == "failed":
            yield f"job {job.id} ({job.kind}) failed: {job.problem}"


def _results(jobs: Sequence[Job], tracks: Sequence[TrackRow]) -> Iterator[str]:
    """Each render that succeeded is one track, and no other track is there."""
    made = [
        (job.result or {}).get("track_id")
        for job in jobs
        if job.kind in ("render", "generate") and job.status == "succeeded"
    ]
    if len(made) != len(set(made)):
        yield f"{len(made) - len(set(made))} tracks are the result of two jobs"
    there = {track.id for track in tracks}
    if set(made) - there:
        yield f"{len(set(made) - there)} results are not there"
    if there - set(made):
        yield f"{len(there - set(made))} tracks are nobody's result"


def _tracks(settings: Settings, tracks: Sequence[TrackRow]) -> Iterator[str]:
    """Each track's row has its whole sound and description, and each file its row."""
    folder = settings.tracks_path
    owned = set()
    for track in tracks:
        wav = folder / track.path
        owned |= {wav, sidecar_of(wav)}
        try:
            seconds = soundfile.info(wav).duration
            reported = json.loads(sidecar_of(wav).read_text(encoding="utf-8"))
        except (OSError, ValueError, soundfile.LibsndfileError) as error:
            yield f"track {track.path} is not whole: {error}"
            continue
        if abs(seconds - track.duration_s) > 0.01 or reported["track_id"] != track.id:
            yield f"track {track.path} has {seconds} s of {track.duration_s}"
    for path in folder.iterdir():
        if path.is_file() and path not in owned:
            yield f"{path.name} in the tracks folder is nobody's"


def _exports(settings: Settings) -> Iterator[str]:
    """What a record lists is there, whole, and nothing else is."""
    for folder in settings.tracks_path.glob("*_exports"):
        listed: dict[str, int] = {}
        for record in folder.glob(".made-*.json"):
            listed |= json.loads(record.read_text(encoding="utf-8"))["sizes"]
        for path in folder.rglob("*"):
            name = path.relative_to(folder).as_posix()
            if TEMPORARY in name:
                yield f"{folder.name}/{name} is left over"
            elif path.is_file() and not path.name.startswith(".") and name not in listed:
                yield f"{folder.name}/{name} is on no list"
        for name, size in listed.items():
            there = (folder / name).stat().st_size if (folder / name).is_file() else -1
            if there != size:
                yield f"{folder.name}/{name} has {there} bytes of {size}"


def _copies(settings: Settings, copies: set[str]) -> Iterator[str]:
    """The standardised copies are those of the stems."""
    there = {path.name for path in settings.stems_path.iterdir()}
    if there != copies:
        yield f"{len(there - copies)} copies without a stem, {len(copies - there)} stems without"
    for name in sorted(there & copies):
        try:
            soundfile.info(settings.stems_path / name)
        except soundfile.LibsndfileError as error:
            yield f"the copy {name} is not whole: {error}"
