"""Fetches a checkpoint of ACE-Step 1.5 from the hub, once its licence was accepted."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import httpx

from src.core.digests import FileDigest, digest_of
from src.core.downloads import Download, DownloadMeter, fetch
from src.core.errors import BackendUnavailableError, ConflictError, InvalidInputError
from src.core.progress import Progress, silent
from src.generation.loading import INDEX, LICENCE
from src.storage.atomic import write_json

HUB = "https://huggingface.co"
RECORD = "traum.json"
"""What a pulled folder says of itself: its source, its digests, which licence was accepted."""

_TAKEN = (".json", ".safetensors", ".txt", ".jinja", ".model")
"""Endings of what a checkpoint needs. Pickles and programs are left where they are."""


@dataclass(frozen=True)
class HubCheckpoint:
    """A checkpoint on the hub. official: whether ACE-Step's authors put it there"""

    name: str
    repository: str
    official: bool

    @property
    def licence(self) -> str:
        """What has to be accepted, in words."""
        whose = "its authors" if self.official else "a third party, converted from its authors'"
        return (
            f"{self.repository}, published by {whose}. Licence: {LICENCE}. Read"
            f" {HUB}/{self.repository} and the terms of ACE-Step 1.5, and mark what you make with"
            " it as made by a model, as the law of the EU wants it"
        )


CHECKPOINTS: Mapping[str, HubCheckpoint] = {
    one.name: one
    for one in (
        HubCheckpoint("acestep-v15-turbo", "Runware/acestep-v15-turbo-diffusers", False),
        HubCheckpoint("acestep-v15-base", "Runware/acestep-v15-base-diffusers", False),
        HubCheckpoint("acestep-v15-xl-turbo", "ACE-Step/acestep-v15-xl-turbo-diffusers", True),
        HubCheckpoint("acestep-v15-xl-base", "ACE-Step/acestep-v15-xl-base-diffusers", True),
    )
}
"""What can be pulled, by the name that ACE_STEP_MODEL takes."""


@dataclass(frozen=True)
class _HubFile:
    """A file as the hub lists it. sha256: of large ones; git: of small ones, as git names them"""

    path: str
    size_bytes: int
    sha256: str | None
    git: str | None


@dataclass(frozen=True)
class HubAccess:
    """Where checkpoints come from. token: for what lies behind a login or a rate limit"""

    url: str = HUB
    token: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        """What requests carry."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


def pull_checkpoint(
    checkpoint: HubCheckpoint,
    models: Path,
    *,
    accepted: bool,
    hub: HubAccess | None = None,
    progress: Progress = silent,
) -> Path:
    """Fetch a checkpoint into ``models``; its folder. Takes up where an earlier try broke off.

    accepted: whether its licence was; the record in the folder says when

    All files are of one revision and have the digests that the hub lists. Raises InvalidInputError
    (``licence_not_accepted``) with the licence, ConflictError where it is there already,
    BackendUnavailableError where the hub can't be reached or gives something else.
    """
    if not accepted:
        raise InvalidInputError(
            f"{checkpoint.licence}. 'models pull ace-step {checkpoint.name} --accept-licence'"
            " accepts this",
            code="licence_not_accepted",
        )
    access = HubAccess() if hub is None else hub
    target = models / checkpoint.name
    if (target / INDEX).is_file():
        raise ConflictError(f"{target} is there already")
    with httpx.Client(follow_redirects=True, timeout=30.0) as client:
        revision, files = _listed(client, checkpoint, access)
        waiting = models / f".pull-{checkpoint.name}-{revision[:12]}"
        _fetch_all(client, _Pull(checkpoint, revision, access, waiting), files, progress)
    progress("checking what came", 0, 0)
    _check_index(waiting)
    record = {
        "repository": checkpoint.repository,
        "revision": revision,
        "licence": checkpoint.licence,
        "licence_accepted_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {one.path: digest_of(waiting / one.path).sha256 for one in files},
    }
    write_json(waiting / RECORD, record)
    waiting.rename(target)
    return target


@dataclass(frozen=True)
class _Pull:
    """One pull under way."""

    checkpoint: HubCheckpoint
    revision: str
    hub: HubAccess
    waiting: Path

    def download(self, file: _HubFile) -> Download:
        repository = self.checkpoint.repository
        expected = None if file.sha256 is None else FileDigest(file.sha256, file.size_bytes)
        return Download(
            f"{self.hub.url}/{repository}/resolve/{self.revision}/{file.path}",
            self.waiting / file.path,
            expected,
            self.hub.headers,
        )


def _fetch_all(
    client: httpx.Client, pull: _Pull, files: Sequence[_HubFile], progress: Progress
) -> None:
    meter = DownloadMeter(progress, sum(one.size_bytes for one in files))
    for one in files:
        download = pull.download(one)
        download.target.parent.mkdir(parents=True, exist_ok=True)
        fetch(client, download, meter)
        if one.git is not None and _git_digest(download.target) != one.git:
            download.target.unlink()
            raise BackendUnavailableError(
                f"{download.url} is not what the hub lists: try again", code="hub_differs"
            )


def _listed(
    client: httpx.Client, checkpoint: HubCheckpoint, hub: HubAccess
) -> tuple[str, list[_HubFile]]:
    """Ask for the newest revision and its files. Raises BackendUnavailableError."""
    url = "/".join((hub.url, "api", "models", f"{checkpoint.repository}?blobs=true"))
    try:
        answer = client.get(url, headers=hub.headers)
        answer.raise_for_status()
        listing = answer.json()
        revision = str(listing["sha"])
        files = [_hub_file(one) for one in listing["siblings"]]
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        hint = "; HF_TOKEN may be needed" if status in (401, 403, 429) else ""
        raise BackendUnavailableError(f"{url} answers {status}{hint}") from error
    except (httpx.TransportError, ValueError, KeyError, TypeError) as error:
        raise BackendUnavailableError(f"{url} can't be read: {error!r}") from error
    needed = [one for one in files if PurePosixPath(one.path).suffix in _TAKEN]
    for one in needed:
        if ".." in PurePosixPath(one.path).parts or PurePosixPath(one.path).is_absolute():
            raise BackendUnavailableError(f"{url} lists {one.path!r}, which leaves its folder")
    return revision, needed


def _hub_file(listed: Mapping[str, Any]) -> _HubFile:
    large = listed.get("lfs")
    if large:
        return _HubFile(listed["rfilename"], int(large["size"]), str(large["sha256"]), None)
    return _HubFile(listed["rfilename"], int(listed["size"]), None, str(listed["blobId"]))


def _git_digest(path: Path) -> str:
    """Name a file as git does: SHA-1 of "blob", its size and its bytes."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\x00" % len(data) + data, usedforsecurity=False).hexdigest()


def _check_index(folder: Path) -> None:
    """Raise BackendUnavailableError unless a folder is a pipeline of ACE-Step's."""
    try:
        found = json.loads((folder / INDEX).read_text(encoding="utf-8"))["_class_name"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackendUnavailableError(f"there is no {INDEX} in what came: {error!r}") from error
    if found != "AceStepPipeline":
        raise BackendUnavailableError(f"what came is a {found}, not an AceStepPipeline")
