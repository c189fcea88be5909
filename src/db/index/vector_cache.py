"""The vectors of a library on disk as the search holds them, so that a start reads no row.

The database stays the truth: a file tells up to which change it was in step, and what
changed since is read from the database. A file that is missing, damaged, of another model
or of another database is passed over and written again.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from src.db.index.vector_codes import CodedVectors, Floats, code_products, encode_query
from src.db.index.vector_store import VectorStore
from src.db.models import StemChange
from src.storage.array_file import DamagedFileError, Part, open_arrays, write_arrays

log = logging.getLogger(__name__)

LAYOUT = 1
"""Raise it with every change of the codes or of the file."""

_ID_TYPE = "S32"
_SAMPLES = 32


@dataclass(frozen=True)
class CachedVectors:
    """What was in a file. ids: by slot, "" for none

    seq: newest change that is in it; seq_stem: the stem of that change
    """

    ids: list[str]
    seq: int
    seq_stem: str
    vectors: Floats
    coded: CodedVectors


class VectorCache:
    """The file of one model's vectors. folder: where it lies"""

    def __init__(self, folder: Path, model_id: str, dimension: int) -> None:
        self._model_id = model_id
        self._dimension = dimension
        self.path = folder / f"{sha256(model_id.encode()).hexdigest()[:16]}.vectors"

    def load(self) -> CachedVectors | None:
        """Read the file; None where there is none that can be used, which is logged."""
        try:
            return self._read()
        except FileNotFoundError:
            return None
        except (DamagedFileError, KeyError, OSError, ValueError) as error:
            log.warning("%s is made anew: %s", self.path.name, error)
            return None

    def save(self, ids: Sequence[str], seq: int, seq_stem: str, store: VectorStore) -> None:
        """Write the vectors of the first slots, while searches and changes may go on.

        What changes meanwhile has a newer number and is read from the database later.
        """
        rows = [(vectors, coded) for vectors, coded in store.rows(len(ids)) if len(vectors)]
        count, width = len(ids), store.dimension
        bits, codes = (rows[0][1].bits.shape[1], rows[0][1].codes.shape[1]) if rows else (0, 0)
        scales = np.concatenate([np.zeros((4, 0), np.float32), *(c.scales for _, c in rows)], 1)
        about = {
            "layout": LAYOUT, "model_id": self._model_id, "seq": seq, "seq_stem": seq_stem,
        }  # fmt: skip
        write_arrays(self.path, about, {
            "ids": Part(_ID_TYPE, (count,), [np.array(ids, dtype=_ID_TYPE)]),
            "bits": Part("u1", (count, bits), (coded.bits for _, coded in rows)),
            "codes": Part("u1", (count, codes), (coded.codes for _, coded in rows)),
            "scales": Part("<f4", (4, count), [scales]),
            "vectors": Part("<f4", (count, width), (vectors for vectors, _ in rows)),
        })  # fmt: skip

    def _read(self) -> CachedVectors | None:
        file = open_arrays(self.path)
        about = file.about
        if (about["layout"], about["model_id"]) != (LAYOUT, self._model_id):
            return None
        for name in ("ids", "bits", "codes", "scales"):
            file.check(name)
        # Codes are looked through by every search: they are copied into memory that can't
        # be taken away. Vectors stay in the file: a search touches a few hundred of them.
        found = CachedVectors(
            ids=[raw.decode() for raw in file.arrays["ids"].tolist()],
            seq=int(about["seq"]),
            seq_stem=str(about["seq_stem"]),
            vectors=file.arrays["vectors"],
            coded=CodedVectors(
                *(np.array(file.arrays[name]) for name in ("bits", "codes", "scales"))
            ),
        )
        self._check_samples(found)
        return found

    def _check_samples(self, found: CachedVectors) -> None:
        """Raise DamagedFileError where vectors don't agree with their codes."""
        count, width = found.vectors.shape
        if width != self._dimension or len(found.ids) != count:
            raise DamagedFileError(f"vectors have shape {found.vectors.shape}")
        if not found.coded.codes.shape[1]:
            return
        for row in np.linspace(0, count - 1, min(count, _SAMPLES)).astype(int).tolist():
            vector = np.array(found.vectors[row])
            square = float(vector @ vector)
            some = slice(row, row + 1)
            scales = found.coded.scales[2:, some]
            reported = float(
                code_products(encode_query(vector), found.coded.codes[some], scales)[0]
            )
            coded = bool(scales[0, 0] > 0.0)
            if coded != (square > 0.0) or not abs(reported - square) <= 0.1 * square + 1e-6:
                raise DamagedFileError(f"vector {row} is not the one that was written")


def in_step(session: Session, cached: CachedVectors) -> bool:
    """Tell whether a file belongs to this database: its newest change is there or was
    superseded.
    """
    newest = session.scalar(select(func.max(StemChange.seq))) or 0
    if cached.seq > newest:
        return False
    seq = session.scalar(select(StemChange.seq).where(StemChange.stem_id == cached.seq_stem))
    return seq is not None and seq >= cached.seq


def stem_of(session: Session, seq: int) -> str:
    """Return the stem of a change; empty where it changed again since."""
    return session.scalar(select(StemChange.stem_id).where(StemChange.seq == seq)) or ""
