"""Vectors in one bit and in four bits per axis: less memory to look through than float32.

A vector is turned by a fixed random rotation, so that no axis stands out and each holds a
Gaussian's share of its length, then every axis is cut into 16 equal steps; the bits are its
signs. The product of two vectors is estimated from the products of their codes, made
unbiased by each vector's product with its own code (Gao and Long, RaBitQ, 2024). The error
of an estimate shrinks with the square root of the dimension: near the best estimates lie
the best products. Bits (a 32nd of float32) tell which few codes are worth a look, codes
(an eighth) which few vectors are worth to be compared exactly (``vector_store``).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numkong
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Codes = NDArray[np.uint8]

_MIDDLE = 7.5
_STEP = 0.335
"""Width of a step, in standard deviations: the best of 16 equal ones for a Gaussian, with a
mean squared error of 1.15 % (Max, 1960)."""

_NOISE = 0.0118
_PLACES = np.array([2.0, 4.0, 8.0, 16.0], dtype=np.float32)
_BLOCK = 64
_ROWS = 4096


@dataclass(frozen=True)
class CodedVectors:
    """Vectors as codes. All of them share one number of axes.

    bits: uint8, shape (vectors, axes / 8), eight signs in a byte
    codes: uint8, shape (vectors, axes / 2), two axes in a byte
    scales: float32, shape (4, vectors): for bits and for codes each what turns a product of
        codes into one of vectors (0 for a vector of zeros) and what the former is too high by
    """

    bits: Codes
    codes: Codes
    scales: Floats

    def __getitem__(self, rows: "slice | NDArray[np.intp]") -> "CodedVectors":
        return CodedVectors(self.bits[rows], self.codes[rows], self.scales[:, rows])

    def __setitem__(self, rows: "slice | NDArray[np.intp]", coded: "CodedVectors") -> None:
        self.bits[rows], self.codes[rows] = coded.bits, coded.codes
        self.scales[:, rows] = coded.scales

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        return self.bits.nbytes + self.codes.nbytes + self.scales.nbytes


@dataclass(frozen=True)
class CodedQuery:
    """One vector to compare with others.

    codes: uint8, shape (1, axes / 2); planes: its codes bit by bit, each as bits of its own
    factor, centre, bit_centre: as in ``scales``
    """

    codes: Codes
    planes: Any
    factor: float
    centre: float
    bit_centre: float


def no_codes(count: int, dimension: int) -> CodedVectors:
    """Return room for the codes of vectors of zeros."""
    axes = _axes(dimension)
    return CodedVectors(
        np.zeros((count, axes // 8), dtype=np.uint8),
        np.zeros((count, axes // 2), dtype=np.uint8),
        np.zeros((4, count), dtype=np.float32),
    )


def encode(vectors: Floats) -> CodedVectors:
    """Code vectors. vectors: float32, shape (vectors, dimension); of any length, also 0."""
    coded = no_codes(*vectors.shape)
    for start in range(0, len(vectors), _ROWS):
        part = slice(start, start + _ROWS)
        coded[part] = _coded(*_levels(vectors[part]))
    return coded


def encode_query(vector: Floats) -> CodedQuery:
    """Code the vector that others are compared with, shape (dimension,)."""
    turned, levels, square = _levels(np.asarray(vector, dtype=np.float32)[np.newaxis])
    coded = _coded(turned, levels, square)
    planes = np.concatenate([
        np.packbits(levels >> location & 1, axis=1, bitorder="little") for location in range(4)
    ])  # fmt: skip
    above = float(levels.sum(dtype=np.float32)) - _MIDDLE * levels.size
    return CodedQuery(
        codes=coded.codes,
        planes=numkong.dots_pack(planes, dtype="uint1"),
        factor=float(coded.scales[2, 0]),
        centre=_MIDDLE * above,
        bit_centre=above,
    )


def bit_products(query: CodedQuery, bits: Codes, scales: Floats) -> Floats:
    """Return products with coded vectors, estimated by their bits: float32, shape (rows,).

    scales: the first two rows of those of the same vectors
    """
    if not len(bits):
        return np.zeros(0, dtype=np.float32)
    raw = np.asarray(numkong.dots_packed(bits, query.planes))
    found: Floats = raw.astype(np.float32) @ _PLACES
    return _scaled(found, scales, query.bit_centre, query.factor)


def code_products(query: CodedQuery, codes: Codes, scales: Floats) -> Floats:
    """Return products with coded vectors, estimated by their codes: float32, shape (rows,).

    scales: the last two rows of those of the same vectors
    """
    raw = np.empty((1, len(codes)), dtype=np.float32)
    if len(codes):
        numkong.cdist(query.codes, codes, metric="dot", dtype="uint4", out=raw)
    return _scaled(raw[0], scales, query.centre, query.factor)


def bit_error(dimension: int) -> float:
    """Return standard deviation of a product of two unit vectors that was estimated by bits."""
    return float(np.sqrt((np.pi / 2.0 - 1.0 + _NOISE) / _axes(dimension)))


def code_error(dimension: int) -> float:
    """Return standard deviation of a product of two unit vectors that was estimated by codes."""
    return float(np.sqrt(2.0 * _NOISE / _axes(dimension)))


def _scaled(raw: Floats, scales: Floats, centre: float, factor: float) -> Floats:
    raw -= scales[1]
    raw -= np.float32(centre)
    raw *= scales[0]
    raw *= np.float32(factor)
    return raw


def _levels(vectors: Floats) -> tuple[Floats, Codes, Floats]:
    """Return turned vectors, the step 0..15 that each axis falls into, and squared lengths."""
    turned: Floats = vectors @ _rotation(vectors.shape[1])
    square: Floats = np.einsum("ij,ij->i", vectors, vectors)
    step = np.sqrt(square / turned.shape[1]) * np.float32(_STEP)
    scaled = turned / np.where(step > 0.0, step, np.float32(1.0))[:, np.newaxis]
    levels = np.clip(np.floor(scaled) + 8, 0, 15).astype(np.uint8)
    return turned, levels, square


def _coded(turned: Floats, levels: Codes, square: Floats) -> CodedVectors:
    positive = levels >= 8
    by_bits = np.einsum("ij,ij->i", turned, positive * np.float32(2.0) - np.float32(1.0))
    by_codes = np.einsum("ij,ij->i", turned, levels - np.float32(_MIDDLE))
    scales = np.zeros((4, len(levels)), dtype=np.float32)
    alive = square > 0.0
    scales[0, alive] = square[alive] / by_bits[alive]
    scales[1] = 2.0 * _MIDDLE * positive.sum(axis=1)
    scales[2, alive] = square[alive] / by_codes[alive]
    scales[3] = _MIDDLE * levels.sum(axis=1, dtype=np.float32)
    codes: Codes = levels[:, 0::2] | (levels[:, 1::2] << 4).astype(np.uint8)
    return CodedVectors(np.packbits(positive, axis=1, bitorder="little"), codes, scales)


def _axes(dimension: int) -> int:
    return -(-dimension // _BLOCK) * _BLOCK


@lru_cache(maxsize=4)
def _rotation(dimension: int) -> Floats:
    """Return orthonormal rows, shape (dimension, axes): a rotation into as many axes or more.

    The signs of R's diagonal make the rotation a uniformly random one (Mezzadri, 2007).
    """
    axes = _axes(dimension)
    drawn = np.random.default_rng(5_120_304).standard_normal((axes, axes))
    turned, upper = np.linalg.qr(drawn)
    turned *= np.sign(np.diag(upper))
    return np.ascontiguousarray(turned[:dimension], dtype=np.float32)
