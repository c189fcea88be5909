"""Errors carry a stable code and the reason."""

from src.core.errors import InvalidInputError, NotFoundError, TraumError, UnreadableAudioError


def test_each_error_has_its_own_code() -> None:
    assert NotFoundError("x").code == "not_found"
    assert InvalidInputError("x", code="bad_key").code == "bad_key"
    assert InvalidInputError("x").code == "invalid_input"


def test_unreadable_audio_is_invalid_input_with_a_reason() -> None:
    error = UnreadableAudioError("no frames", reason="empty")
    assert isinstance(error, InvalidInputError)
    assert isinstance(error, TraumError)
    assert (error.reason, str(error)) == ("empty", "no frames")
