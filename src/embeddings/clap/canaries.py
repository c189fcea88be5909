"""Sounds and texts whose vectors are known: the proof that a model still is what it was."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from src.audio.basics.validation import PROJECT_SAMPLE_RATE, Audio
from src.core.errors import BackendUnavailableError
from src.embeddings.clap.manifest import Precision, VectorCanaries
from src.embeddings.protocol import Vectors

LEAST_COSINE: Mapping[Precision, float] = {"fp32": 0.9999, "int8": 0.98}
"""How near the vectors must come. int8 rounds differently on other processors; a wrong network,
tokenizer or front-end is far below."""

CANARY_TEXTS = ("dark kick", "the sound of a warm pad")

UNRELATED_TEXTS = (
    "a dog barks", "heavy rain on a tin roof", "a deep techno kick drum", "a man is speaking",
    "slow violin melody", "glass shatters on the floor",
)  # fmt: skip
"""Prompts that have nothing to do with each other."""

MOST_ALIKE = 0.95
"""Highest mean cosine of their vectors. A text tower that works stays far below; that of
laion/larger_clap_music, which has collapsed on the hub, reaches 0.9993: it ranks by chance."""

_DIGITS = 6

EmbedSounds = Callable[[Sequence[Audio]], Vectors]
EmbedTexts = Callable[[Sequence[str]], Vectors]


def canary_sounds() -> dict[str, Audio]:
    """Made sounds: a falling tone that fades, and pulses; mono, 48 kHz."""
    seconds = np.arange(PROJECT_SAMPLE_RATE) / PROJECT_SAMPLE_RATE
    falling = np.sin(2.0 * np.pi * (60.0 * seconds + 40.0 * (1.0 - np.exp(-8.0 * seconds))))
    kick = falling * np.exp(-6.0 * seconds)
    pulses = (seconds * 110.0 % 1.0 - 0.5) * (seconds * 8.0 % 1.0 < 0.3)
    sounds = {"kick": kick, "pulses": pulses}
    return {name: sound.astype(np.float32)[None, :] for name, sound in sounds.items()}


def new_canaries(
    embed_sounds: EmbedSounds, embed_texts: EmbedTexts, *, origin: str, precision: Precision
) -> VectorCanaries:
    """Make the canaries of a model that is known to be right.

    Raises BackendUnavailableError where its text tower tells no texts apart.
    """
    check_texts_differ(embed_texts)
    sounds = canary_sounds()
    return VectorCanaries(
        origin=origin,
        least_cosine=LEAST_COSINE[precision],
        audio=_noted(list(sounds), embed_sounds(list(sounds.values()))),
        text=_noted(CANARY_TEXTS, embed_texts(CANARY_TEXTS)),
    )


def check_audio_canaries(canaries: VectorCanaries, embed: EmbedSounds) -> None:
    """Raise BackendUnavailableError where a made sound gets another vector than it must."""
    sounds = canary_sounds()
    known = {name: sounds[name] for name in canaries.audio if name in sounds}
    _compare(canaries.audio, list(known), embed(list(known.values())), canaries.least_cosine)


def check_text_canaries(canaries: VectorCanaries, embed: EmbedTexts) -> None:
    """Raise BackendUnavailableError where a text gets another vector than it must, or all alike."""
    texts = list(canaries.text)
    _compare(canaries.text, texts, embed(texts), canaries.least_cosine)
    check_texts_differ(embed)


def check_texts_differ(embed: EmbedTexts) -> None:
    """Refuse a text tower for which unrelated prompts come out alike.

    embed: gives a unit vector for each text

    Raises BackendUnavailableError with the mean cosine of all pairs and the limit.
    """
    vectors = embed(UNRELATED_TEXTS).astype(np.float64)
    pairs = np.triu_indices(len(vectors), 1)
    alike = float((vectors @ vectors.T)[pairs].mean())
    if not alike <= MOST_ALIKE:
        raise BackendUnavailableError(
            f"the text tower has collapsed: vectors of {len(vectors)} unrelated prompts must have "
            f"a mean cosine of at most {MOST_ALIKE}, got {alike:.4f}, so that no search by text "
            "works; laion/larger_clap_general is whole"
        )


def _compare(
    expected: Mapping[str, tuple[float, ...]], names: Sequence[str], found: Vectors, least: float
) -> None:
    for name, vector in zip(names, found, strict=True):
        must = np.asarray(expected[name])
        if must.shape != vector.shape:
            raise BackendUnavailableError(
                f"the model gives {name!r} {vector.size} values, {must.size} are wanted"
            )
        cosine = float(must @ vector / max(np.linalg.norm(must) * np.linalg.norm(vector), 1e-9))
        if not cosine >= least:
            raise BackendUnavailableError(
                f"the model is not what it was: its vector of {name!r} must come to a cosine of "
                f"{least}, got {cosine:.4f}"
            )


def _noted(names: Sequence[str], vectors: Vectors) -> dict[str, tuple[float, ...]]:
    return {
        name: tuple(round(float(value), _DIGITS) for value in vector)
        for name, vector in zip(names, vectors, strict=True)
    }
