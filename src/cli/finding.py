"""The commands that find stems, and keep sets of them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from src.cli.call import Call, Result, bring_up_to_date
from src.cli.filters import limits
from src.core.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from src.services.search import SearchHit, SearchPage, SearchQuery

ASPECTS = ("overall", "timbre", "rhythm", "pitch")


def add_search_options(made: argparse.ArgumentParser) -> None:
    """Add the words after ``search``."""
    made.add_argument("text", metavar="TEXT", nargs="?", default="", help="may be left out")
    made.add_argument("--limit", type=int, default=5)
    made.add_argument("--like", action="append", metavar="ID|TEXT", help="more like this")
    made.add_argument("--unlike", action="append", metavar="ID|TEXT", help="less like that")
    made.add_argument("--fits", metavar="ID", help="a stem or track to go with")
    made.add_argument("--sound", metavar="FILE", type=Path, help="find what resembles a file")
    made.add_argument("--aspect", choices=ASPECTS, default="overall", help="what of it counts")
    made.add_argument("--fold", action="store_true", help="near-duplicates beside the best only")
    made.add_argument("--spread", type=float, default=0.0, help="0..1: how much hits differ")
    made.add_argument("--cursor", help="where the page before ended")
    made.add_argument("--why", action="store_true", help="tell the reasons")


def search(call: Call) -> Result:
    """Find stems by meaning, by likeness, by what they go with."""
    bring_up_to_date(call)
    page = _found(call, _query(call.options))
    rows = [_row(call, hit) for hit in page.hits]
    lines = [] if page.did_you_mean is None else [f"searched for: {page.did_you_mean}"]
    for row in rows:
        lines.append(
            f"{row['score']:.2f}  {row['id']}  {row['category']:<10} {_number(row['bpm']):>6}"
            f" {row['key'] or '-':<4} {row['original_file']}"
        )
        if row["chords"]:
            lines.append(f"      over {row['chords']}")
        lines += [f"      {reason}" for reason in row["reasons"] if call.options.why]
    text = "\n".join(lines) if rows else "Nothing found. Is the library empty? Try: doctor"
    answer = {
        "prompt": call.options.text,
        "hits": rows,
        "total": page.total,
        "next_cursor": page.next_cursor,
        "did_you_mean": page.did_you_mean,
    }
    return Result(answer, text)


def _query(options: argparse.Namespace) -> "SearchQuery":
    from src.services.retrieval.chord_words import with_said_chords
    from src.services.search import SearchQuery

    query = SearchQuery(
        prompt=options.text,
        limit=options.limit,
        categories=tuple(options.category or ()),
        key=options.key,
        compatible=options.compatible,
        is_loop=options.loop,
        licence=options.licence,
        kit=options.kit,
        tag=options.tag,
        chords=options.chords,
        like=tuple(options.like or ()),
        unlike=tuple(options.unlike or ()),
        fits=options.fits,
        collection=options.collection,
        fold=options.fold,
        spread=options.spread,
        cursor=options.cursor,
        feedback=True,
        **limits(options),
    )
    return with_said_chords(query)


def _found(call: Call, query: "SearchQuery") -> "SearchPage":
    options, services = call.options, call.services
    if options.sound is None:
        return services.search.find(query)
    if not options.sound.is_file():
        raise NotFoundError(f"there is no file {str(options.sound)!r}")
    return services.examples.find_file(options.sound, query, aspect=options.aspect)


def _row(call: Call, hit: "SearchHit") -> dict[str, Any]:
    from src.music.theory.progressions import chord_text

    stem = hit.stem
    return {
        "id": stem.id,
        "name": stem.name,
        "path": str(call.services.settings.processed_path / stem.path),
        "original_file": stem.original_file,
        "category": stem.category,
        "bpm": stem.bpm,
        "key": stem.key,
        "chords": None if stem.chords is None else chord_text(stem.chords),
        "score": round(hit.score, 4),
        "reasons": list(hit.reasons),
        "duplicates": list(hit.duplicates),
    }


def _number(value: Any) -> str:
    return f"{value:g}" if value is not None else "-"


def add_collection_options(made: argparse.ArgumentParser) -> None:
    """Add the words after ``collections``."""
    made.add_argument("collection", nargs="?", metavar="ID", help='such as "favourites"')
    made.add_argument("--create", metavar="NAME", help="make a new one")
    made.add_argument("--add", nargs="+", metavar="STEM", default=[])
    made.add_argument("--remove", nargs="+", metavar="STEM", default=[])
    made.add_argument("--delete", action="store_true", help="its stems stay in the library")


def collections(call: Call) -> Result:
    """List collections, tell what lies in one, make, fill, empty or delete one."""
    from src.schemas.collections import CollectedChanges, NewCollection

    options, service = call.options, call.services.collections
    if options.create:
        made = service.create(NewCollection(name=options.create, stem_ids=options.add))
        return Result(made.model_dump(mode="json"), f"{made.id}  {made.name}: {made.stems} stems")
    if options.collection is None:
        if options.add or options.remove or options.delete:
            raise InvalidInputError("say which collection: its id, such as favourites")
        found = [one.model_dump(mode="json") for one in service.all()]
        lines = [f"{one['id']:<36}  {one['stems']:>5}  {one['name']}" for one in found]
        return Result({"collections": found}, "\n".join(lines))
    if options.delete:
        lost = service.delete(options.collection).model_dump(mode="json")
        return Result(lost, f"{lost['name']} with {len(lost['stem_ids'])} stems is deleted")
    if options.add or options.remove:
        changes = CollectedChanges(add=options.add, remove=options.remove)
        done = service.collect(options.collection, changes)
        text = f"{len(done.added)} added, {len(done.removed)} removed, {done.stems} in it"
        return Result(done.model_dump(mode="json"), text)
    detail = service.detail(options.collection)
    names = call.services.cards.by_id(detail.stem_ids)
    lines = [f"{stem_id}  {card.original_file}" for stem_id, card in names.items()]
    return Result(detail.model_dump(mode="json"), "\n".join(lines) or "Nothing lies in it yet.")
