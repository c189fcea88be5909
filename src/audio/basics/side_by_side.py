"""Working on the pieces of a long sound at once: NumPy and SciPy let other threads run."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from src.core.cores import usable_cores

MOST_THREADS = 4
"""More would wait for memory, not for processors."""

Block = TypeVar("Block")
Result = TypeVar("Result")


def threads() -> int:
    """Choose how many threads work on one sound."""
    return max(1, min(usable_cores(), MOST_THREADS))


def side_by_side(work: Callable[[Block], Result], pieces: Iterable[Block]) -> list[Result]:
    """Do the same to each piece, several at once; the results are in order.

    No piece may depend on what the work on another one leaves, so that the result is the
    same whatever the number of threads.
    """
    with ThreadPoolExecutor(threads()) as pool:
        return list(pool.map(work, pieces))


def blocks(samples: int, length: int) -> list[tuple[int, int]]:
    """Yield (start, stop) of the blocks of a sound, each ``length`` long but the last."""
    return [(start, min(start + length, samples)) for start in range(0, samples, length)]
