"""The tree of errors that the engine raises on purpose.

    TraumError
    ├── NotFoundError            404
    ├── ConflictError            409
    ├── InvalidInputError        422
    │   └── UnreadableAudioError 422
    ├── GenerationFailedError    502
    └── BackendUnavailableError  503

Each carries a stable ``code`` for machines and a message that names the rule
and the value seen. ``api/problems.py`` alone knows the status codes.
"""


class TraumError(Exception):
    """Base of all errors that a user can be told about."""

    code = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class NotFoundError(TraumError):
    """What was asked for does not exist."""

    code = "not_found"


class ConflictError(TraumError):
    """The request does not fit the present state, such as a second import at once."""

    code = "conflict"


class InvalidInputError(TraumError):
    """A value from outside breaks a rule."""

    code = "invalid_input"


class UnreadableAudioError(InvalidInputError):
    """A file cannot be taken as sound. ``reason`` is a short slug for file names."""

    code = "unreadable_audio"

    def __init__(self, message: str, *, reason: str = "unreadable") -> None:
        super().__init__(message)
        self.reason = reason


class GenerationFailedError(TraumError):
    """A model or a render did not give usable sound."""

    code = "generation_failed"


class BackendUnavailableError(TraumError):
    """A service or model that the task needs is not there."""

    code = "backend_unavailable"
