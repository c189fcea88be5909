"""A model in CLAP's layout that needs no torch: real ONNX files, written byte by byte.

The audio tower averages the picture over time and turns it, the text tower averages one vector
per token. So everything around the networks is tested everywhere.
"""

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np

from src.core.digests import digest_of
from src.embeddings.clap.canaries import new_canaries
from src.embeddings.clap.manifest import (
    AudioTower,
    Manifest,
    Precision,
    TextTower,
    TokenizerCard,
    VectorCanaries,
    write_manifest,
)
from src.embeddings.clap.tokens import CANARY_TEXTS, Encoder
from src.embeddings.clap.towers import AudioHalf, TextHalf
from tests.embeddings.tiny_clap import write_tokenizer

DIMENSION = 16
FLOAT, INT64 = 1, 7
INPUT, OUTPUT = 11, 12


def write_plain_clap(
    folder: Path, *, precision: Precision = "fp32", seed: int = 1, name: str = "plain"
) -> Manifest:
    """Write a whole model; its manifest."""
    rng = np.random.default_rng(seed)
    vocabulary = write_tokenizer(folder / "tokenizer.json")
    (folder / "audio.onnx").write_bytes(audio_graph(rng))
    (folder / "text.onnx").write_bytes(text_graph(rng, vocabulary))
    encoder = Encoder(folder / "tokenizer.json", most_tokens=77)
    draft = Manifest(
        name=name,
        precision=precision,
        dimension=DIMENSION,
        source="made by a test",
        licence="MIT",
        logit_scale=14.0,
        audio=AudioTower("audio.onnx"),
        text=TextTower("text.onnx", mask=None),
        tokenizer=TokenizerCard(
            vocabulary=vocabulary,
            canaries={text: tuple(encoder.ids(text)) for text in CANARY_TEXTS},
        ),
        files={
            file: digest_of(folder / file) for file in ("audio.onnx", "text.onnx", "tokenizer.json")
        },
        canaries=VectorCanaries("export", -1.0, {}, {}),
    )
    audio, text = AudioHalf(folder, draft, threads=1), TextHalf(folder, draft, threads=1)
    canaries = new_canaries(audio.embed, text.embed, origin="export", precision=precision)
    manifest = replace(draft, canaries=canaries)
    write_manifest(folder, manifest)
    return manifest


def audio_graph(rng: np.random.Generator) -> bytes:
    """tanh(mean over time times a random matrix)."""
    weights = rng.normal(0.0, 0.002, (64, DIMENSION)).astype(np.float32)
    nodes = [
        _node("ReduceMean", ["input_features"], "mean", axes=[1, 2]),
        _node("MatMul", ["mean", "weights"], "turned"),
        _node("Tanh", ["turned"], "audio_embeds"),
    ]
    shapes = ("batch", 1, 1001, 64), ("batch", DIMENSION)
    return _model(
        nodes,
        _tensor("weights", weights),
        _value("input_features", FLOAT, shapes[0]),
        _value("audio_embeds", FLOAT, shapes[1], field=OUTPUT),
    )


def text_graph(
    rng: np.random.Generator, vocabulary: int, *, masked: bool = False, collapsed: bool = False
) -> bytes:
    """Mean of one random vector per token; masked: takes an attention mask, as hub exports do.

    collapsed: all tokens have nearly the same vector, so that all texts come out alike
    """
    weights = rng.normal(0.0, 1.0, (vocabulary, DIMENSION)).astype(np.float32)
    if collapsed:
        weights = 0.1 * weights + rng.normal(0.0, 1.0, DIMENSION).astype(np.float32)
    nodes = [
        _node("Gather", ["weights", "input_ids"], "gathered"),
        _node("ReduceMean", ["gathered"], "mean", axes=[1]),
    ]
    last = "mean"
    inputs = _value("input_ids", INT64, ("batch", "tokens"))
    if masked:
        nodes += [
            _node("Cast", ["attention_mask"], "mask", to=FLOAT),
            _node("ReduceMean", ["mask"], "share", axes=[1], keepdims=1),
            _node("Mul", ["mean", "share"], "weighed"),
        ]
        inputs += _value("attention_mask", INT64, ("batch", "tokens"))
        last = "weighed"
    nodes.append(_node("Tanh", [last], "text_embeds"))
    output = _value("text_embeds", FLOAT, ("batch", DIMENSION), field=OUTPUT)
    return _model(nodes, _tensor("weights", weights), inputs, output)


def _model(nodes: list[bytes], weights: bytes, inputs: bytes, output: bytes) -> bytes:
    graph = b"".join(_field(1, node) for node in nodes) + _field(2, b"plain") + _field(5, weights)
    graph += inputs + output
    return _number(1, 8) + _field(7, graph) + _field(8, _field(1, b"") + _number(2, 13))


def _node(
    kind: str, inputs: list[str], output: str, *, axes: list[int] | None = None, **numbers: int
) -> bytes:
    node = b"".join(_field(1, name.encode()) for name in inputs)
    node += _field(2, output.encode()) + _field(4, kind.encode())
    if axes is not None:
        values = b"".join(_number(8, axis) for axis in axes)
        node += _field(5, _field(1, b"axes") + values + _number(20, 7))
        numbers = {"keepdims": 0} | numbers
    for name, number in numbers.items():
        node += _field(5, _field(1, name.encode()) + _number(3, number) + _number(20, 2))
    return node


def _tensor(name: str, values: np.ndarray) -> bytes:
    dims = b"".join(_number(1, size) for size in values.shape)
    return dims + _number(2, FLOAT) + _field(8, name.encode()) + _field(9, values.tobytes())


def _value(name: str, kind: int, shape: tuple[int | str, ...], *, field: int = INPUT) -> bytes:
    dims = b"".join(
        _field(1, _number(1, n) if isinstance(n, int) else _field(2, n.encode())) for n in shape
    )
    tensor = _number(1, kind) + _field(2, dims)
    return _field(field, _field(1, name.encode()) + _field(2, _field(1, tensor)))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += struct.pack("B", value & 127 | 128)
        value >>= 7
    return out + struct.pack("B", value)
