"""What a model is to listen to: kept beside the job that needs it, under the name of its bytes."""

import base64
import binascii
import hashlib
import time
from pathlib import Path

from src.audio.basics.validation import Audio
from src.core.errors import InvalidInputError, NotFoundError, UnreadableAudioError
from src.generation.request import DURATION_S
from src.storage.atomic import write_bytes
from src.storage.decode import read_audio

_DAY_S = 86_400.0


class HeardAudio:
    """Files that came with requests. max_bytes: of one of them; kept_days: after its last use"""

    def __init__(self, folder: Path, *, max_bytes: int, kept_days: float) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._kept_days = kept_days

    def keep_base64(self, text: str, *, field: str) -> str:
        """Keep a file that came as text; the name under which it is kept.

        A data URL is read too. Raises InvalidInputError for what is no base64 or too much,
        UnreadableAudioError for what is no sound.
        """
        body = text.partition(",")[2] if text.startswith("data:") else text
        try:
            data = base64.b64decode("".join(body.split()), validate=True)
        except (binascii.Error, ValueError) as error:
            raise InvalidInputError(
                f"{field} must be base64: {error}", code="bad_base64"
            ) from error
        return self.keep(data, field=field)

    def keep(self, data: bytes, *, field: str) -> str:
        """Keep a file's bytes; the name under which they are kept. Raises as keep_base64 does."""
        if len(data) > self._max_bytes:
            raise InvalidInputError(
                f"{field} may have {self._max_bytes} bytes, got {len(data)}", code="audio_too_large"
            )
        self._remove_old()
        name = hashlib.sha256(data).hexdigest()
        path = self._folder / name
        if path.is_file():
            path.touch()
            return name
        self._folder.mkdir(parents=True, exist_ok=True)
        write_bytes(path, data)
        try:
            read_audio(path, max_s=DURATION_S[1])
        except UnreadableAudioError as error:
            path.unlink(missing_ok=True)
            raise UnreadableAudioError(f"{field}: {error.message}", reason=error.reason) from error
        return name

    def read(self, name: str | None) -> Audio | None:
        """Decode what was kept, at 48 kHz; None for no name. Raises NotFoundError."""
        if name is None:
            return None
        path = self._folder / name
        if not path.is_file():
            raise NotFoundError(
                "the sound that came with this request is kept no longer", code="audio_missing"
            )
        path.touch()
        return read_audio(path).audio

    def _remove_old(self) -> None:
        """Remove what no job can need any more."""
        if not self._folder.is_dir():
            return
        before = time.time() - self._kept_days * _DAY_S
        for path in self._folder.iterdir():
            if path.stat().st_mtime < before:
                path.unlink(missing_ok=True)
