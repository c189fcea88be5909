"""Texts as the numbers that CLAP's text tower reads."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from src.core.errors import BackendUnavailableError

ROBERTA_VOCABULARY = 50_265
ROBERTA_CANARIES: Mapping[str, tuple[int, ...]] = {
    "Hello world": (0, 31414, 232, 2),
    " Hello world": (0, 20920, 232, 2),
}
"""What the tokenizer of every LAION CLAP (RoBERTa's) makes of two texts."""

CANARY_TEXTS = ("Hello world", "a dark, punchy techno kick at 138 BPM", "düster")
"""What an export writes into its manifest."""


class Encoder:
    """Cut texts into token ids, at most ``most_tokens``, never padded (padding costs three times
    the time).

    Raises BackendUnavailableError where the file is missing or no tokenizer.
    """

    def __init__(self, path: Path, *, most_tokens: int) -> None:
        from tokenizers import Tokenizer

        if not path.is_file():
            raise BackendUnavailableError(f"{path} is not there")
        try:
            self._tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # tokenizers raises nothing more particular
            raise BackendUnavailableError(f"{path} is no tokenizer: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(most_tokens)

    @property
    def vocabulary(self) -> int:
        """How many tokens it knows."""
        return self._tokenizer.get_vocab_size()

    def ids(self, text: str) -> list[int]:
        """Return the token ids of a text."""
        return list(self._tokenizer.encode(text).ids)


def read_tokenizer(
    path: Path, *, vocabulary: int, canaries: Mapping[str, Sequence[int]], most_tokens: int
) -> Encoder:
    """Read a tokenizer and check its vocabulary and canary ids; it cuts and never pads.

    A tokenizer that is not the model's own encodes every text into nonsense without an error:
    hence the vocabulary and the canaries.

    Raises BackendUnavailableError that says which text it encodes wrongly.
    """
    encoder = Encoder(path, most_tokens=most_tokens)
    if encoder.vocabulary != vocabulary:
        raise BackendUnavailableError(
            f"{path} must know {vocabulary} tokens, got {encoder.vocabulary}"
        )
    for text, expected in canaries.items():
        found = encoder.ids(text)
        if found != list(expected):
            raise BackendUnavailableError(
                f"{path} is another model's tokenizer: {text!r} must give {list(expected)}, "
                f"got {found}"
            )
    return encoder
