"""The command that tells what goes with a stem."""

import argparse
from dataclasses import asdict

from src.cli.call import Call, Result, bring_up_to_date
from src.cli.filters import filter_of
from src.core.errors import NotFoundError


def add_options(made: argparse.ArgumentParser) -> None:
    """Add the words after ``matches``."""
    made.add_argument("stem", metavar="STEM", help="id of a stem, or words that find it")
    made.add_argument("--beside", action="append", metavar="ID", help="what plays as well")
    made.add_argument("--limit", type=int, default=10)
    made.add_argument("--why", action="store_true", help="tell the score of each criterion")


def matches(call: Call) -> Result:
    """Tell what goes with a stem."""
    from src.services.retrieval.matches import MatchQuery

    bring_up_to_date(call)
    options = call.options
    stem_id = _stem_id(call)
    beside = tuple(options.beside or ())
    query = MatchQuery(stem_id, beside, limit=options.limit, requested=filter_of(options))
    found = call.services.matches.matches(query)
    rows = [
        {
            "id": match.stem.id,
            "name": match.stem.name,
            "original_file": match.stem.original_file,
            "category": match.stem.category,
            "bpm": match.stem.bpm,
            "key": match.stem.key,
            "score": round(match.found.score, 4),
            "semitones": match.found.semitones,
            "reasons": [asdict(reason) for reason in match.found.reasons],
        }
        for match in found
    ]
    lines = []
    for match in found:
        score, card = match.found.score, match.stem
        lines.append(f"{score:.2f}  {card.category:<10} {card.id}  {card.original_file}")
        if options.why:
            lines += [f"      {r.score:.2f} {r.criterion}: {r.text}" for r in match.found.reasons]
    text = "\n".join(lines) or "Nothing else of that kind is in the library."
    return Result({"stem_id": stem_id, "matches": rows}, text)


def _stem_id(call: Call) -> str:
    """Find the stem that is meant: an id, or what the search finds first."""
    from src.services.search import SearchQuery

    said = call.options.stem
    if call.services.cards.by_id([said]):
        return str(said)
    hits = call.services.search.search(SearchQuery(said, limit=1))
    if not hits:
        raise NotFoundError(f"there is no stem {said!r}")
    return hits[0].stem.id
