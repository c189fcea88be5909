"""The options by which commands narrow stems, the same for all of them."""

import argparse
from typing import TYPE_CHECKING

from src.core.errors import InvalidInputError

if TYPE_CHECKING:
    from src.db.crud import StemFilter
    from src.schemas.stem_filters import StemLimits


def add_filters(made: argparse.ArgumentParser) -> None:
    """Add the options; a range is written 120..130, 120.. or ..130."""
    made.add_argument("--category", action="append", help="may be given several times")
    made.add_argument("--bpm", metavar="RANGE", help="tempo: 128 or 120..130")
    made.add_argument("--bpm-min", type=float)
    made.add_argument("--bpm-max", type=float)
    made.add_argument("--key")
    made.add_argument("--compatible", action="store_true", help="also keys that mix well with it")
    made.add_argument("--loop", action=argparse.BooleanOptionalAction, default=None)
    made.add_argument("--duration", metavar="RANGE", help="seconds, such as 1..4")
    made.add_argument("--loudness", metavar="RANGE", help="LUFS, such as=-20..-10")
    made.add_argument("--rating", metavar="RANGE", help="yours, such as 4..")
    made.add_argument("--licence", help='part of its name; "none": without one')
    made.add_argument("--kit", help="id or name of a kit")
    made.add_argument("--tag")
    made.add_argument("--chords", metavar="CHORDS", help='loops over them: "Am F C G"')
    made.add_argument("--collection", metavar="ID")
    made.set_defaults(duration_min_s=None, duration_max_s=None)


def filter_of(options: argparse.Namespace) -> "StemFilter":
    """Read which stems are meant. Raises InvalidInputError for what is no filter."""
    from src.db.crud import StemFilter
    from src.music.theory.keys import parse_key
    from src.music.theory.library import CATEGORIES

    for category in options.category or ():
        if category not in CATEGORIES:
            answer = ", ".join(CATEGORIES)
            raise InvalidInputError(f"category must be one of {answer}, got {category!r}")
    return StemFilter(
        categories=tuple(options.category or ()),
        key=None if options.key is None else parse_key(options.key),
        compatible=options.compatible,
        is_loop=options.loop,
        licence=options.licence,
        kit=options.kit,
        tag=options.tag,
        collection=options.collection,
        chords=options.chords,
        **limits(options),
    )


def limits(options: argparse.Namespace) -> "StemLimits":
    """Read the ranges. Raises InvalidInputError for one that is none."""
    from src.schemas.stem_filters import limits_of

    try:
        return limits_of(options)
    except ValueError as error:
        raise InvalidInputError(f"a range {error}") from error
