"""A short form of the decoders' fuzz: every damaged file is stored, refused or left."""

from collections import Counter
from pathlib import Path

from benchmarks.fuzz_decoders import tried
from benchmarks.mutants import CONTAINERS, DAMAGES, mutants


def test_damaged_files_neither_crash_nor_hang_nor_get_lost(tmp_path: Path) -> None:
    files = list(mutants(2 * len(CONTAINERS) * len(DAMAGES), seed=7))
    outcomes = tried(files, tmp_path, workers=2)
    assert outcomes.broke == []
    total: Counter[str] = sum(outcomes.counts.values(), Counter())
    assert total.total() == len(files)
    assert total["stored"] > len(files) // 4
    assert total["refused"] > len(files) // 20


def test_the_damage_is_the_same_for_the_same_seed() -> None:
    # Not byte by byte: encoders write serial numbers and times of their own into good files.
    def made(seed: int) -> list[tuple[str, str, int]]:
        return [(one.name, one.damage, len(one.data)) for one in mutants(40, seed=seed)]

    assert made(3) == made(3)
    assert made(3) != made(4)
