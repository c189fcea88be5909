"""Putting the items of a sentence into an order that can be read from left to right.

What stands behind the thing that it is said of is put before it: "drums only in the chorus" becomes
"no drums except in the chorus", "the sax is fine" becomes "but the sax", "turn the strings up"
becomes "turn up the strings".
"""

from collections.abc import Sequence
from dataclasses import replace

from src.music.prompt.item_kinds import DENIALS, ENDS
from src.music.prompt.items import THINGS, Item

_BETWEEN = ("filler", "article")
_DESCRIBES = (*_BETWEEN, "mood", "qualifier")
_TURNS = frozenset({"turn", "bring", "push", "dreh", "drehe", "dreht", "fahr", "fahre"})
_UP = frozenset({"up", "auf", "hoch", "rauf", "herauf"})
_DOWN = frozenset({"down", "runter", "herunter", "zurück"})
_MOST_BETWEEN = 5
_SILENCED = dict.fromkeys(("aus", "weg", "raus", "out", "away"), "post_negator")
_PARTED = {
    **{verb: _SILENCED | {"ein": "filler"} for verb in ("setzt", "setzen", "steigt", "steigen")},
    **dict.fromkeys(("fällt", "fallen", "geht", "gehen", "bleibt", "bleiben"), _SILENCED),
    **dict.fromkeys(("take", "leave", "pull", "keep", "lass", "nimm"), _SILENCED),
    **{verb: {"auf": "post_negator"} for verb in ("hört", "hören")},
}
"""First half of a verb -> second half -> what both are for the reader."""


def in_reading_order(items: Sequence[Item]) -> list[Item]:
    """Order items for a reader that goes from left to right; nothing is lost."""
    return _restricted(_fronted(_allowed(_taken_out(_turned(list(items))))))


def _turned(items: list[Item], *, goes_on: bool = False) -> list[Item]:
    """Join "turn ... up" before what stands between.

    goes_on: whether the verb stood before these items, and "and ... down" may leave it out
    """
    for start, item in enumerate(items):
        if item.text.casefold() not in _TURNS and not (
            goes_on and not start and item.kind == "and"
        ):
            continue
        for end in range(start + 1, min(start + 1 + _MOST_BETWEEN, len(items))):
            word = items[end].text.casefold()
            if items[end].kind in ("comma", "break"):
                break
            between = items[start + 1 : end]
            if word in _UP | _DOWN and any(one.kind in THINGS for one in between):
                value = "louder" if word in _UP else "quieter"
                level = Item("level", value, f"{item.text} {items[end].text}")
                rest = _turned(items[end + 1 :], goes_on=True)
                return [*items[:start], level, *between, *rest]
    return items


def _taken_out(items: list[Item]) -> list[Item]:
    """Join verbs whose halves stand apart: "setzt im Breakdown aus", "take the kick out".

    Those that silence become a refusal of what stands before it, where their second half stood.
    """
    out = list(items)
    for start, item in enumerate(items):
        ends = _PARTED.get(item.text.casefold(), {})
        for end in range(start + 1, min(start + 2 + _MOST_BETWEEN, len(items))):
            word = items[end].text.casefold()
            if items[end].kind in ("comma", "break"):
                break
            if word in ends and any(one.kind in THINGS for one in out[max(0, start - 4) : end]):
                out[start] = Item("filler", "", "")
                out[end] = Item(ends[word], "", f"{item.text} {items[end].text}")
                break
    for at in range(1, len(out)):
        if out[at].text.casefold() == "out" and out[at - 1].kind in THINGS:
            out[at] = replace(out[at], kind="post_negator")
    return out


def _allowed(items: list[Item]) -> list[Item]:
    """Let "is fine" end a refusal that was said before the thing that it speaks of."""
    out: list[Item] = []
    for item in items:
        things = _things_before(out, len(out)) if item.kind == "allowed" else range(0)
        if not things:
            out.append(item)
            continue
        thing = out[things.stop - 1]
        out[things.stop - 1] = replace(thing, text=f"{thing.text} {item.text}")
        if not (things.start and out[things.start - 1].kind in DENIALS):
            out.insert(things.start, Item("but", "but", ""))
    return out


def _fronted(items: list[Item]) -> list[Item]:
    """Put "only" before the place that it closes: "in the chorus only"."""
    for number, item in enumerate(items):
        ends = number + 1 == len(items) or items[number + 1].kind in ENDS
        if item.kind != "only" or not ends or not number or items[number - 1].kind != "section":
            continue
        start = number - 1
        while start and items[start - 1].kind in _BETWEEN:
            start -= 1
        if start and items[start - 1].kind == "in" and _things_before(items, start - 1):
            return [*items[: start - 1], item, *items[start - 1 : number], *items[number + 1 :]]
    return items


def _restricted(items: list[Item]) -> list[Item]:
    """Read "only in the chorus" as a refusal everywhere else."""
    for number, item in enumerate(items):
        places = _places_behind(items, number) if item.kind == "only" else range(0)
        if not places:
            continue
        things = _things_before(items, number)
        rest = places.stop
        if not things:
            things = _things_behind(items, places.stop)
            rest = max(things.stop, places.stop)
        if not things:
            continue
        before = items[: min(things.start, number)]
        refused = [one for one in items[things.start : things.stop] if one.kind != "and"]
        where = [
            replace(item, kind="except") if one.kind in ("and", "or") else one
            for one in items[places.start : places.stop]
        ]
        out: list[Item] = []
        for thing in refused:
            if thing.kind in THINGS:
                if out:
                    out.append(Item("but", "but", ""))
                out += [Item("negator", "no", ""), thing, replace(item, kind="except"), *where]
            else:
                out.append(thing)
        return [*before, *out, *_restricted(items[rest:])]
    return items


def count_things_before(items: Sequence[Item], index: int) -> int:
    """Count the things of the row that stands right before an index."""
    return sum(items[number].kind in THINGS for number in _things_before(items, index))


def _things_before(items: Sequence[Item], end: int) -> range:
    """Find the row of things, joined by "and", that stands right before an index."""
    while end and items[end - 1].kind in _BETWEEN:
        end -= 1
    start = end
    while start and items[start - 1].kind in (*THINGS, *_DESCRIBES, "and"):
        start -= 1
    while start < end and items[start].kind not in THINGS:
        start += 1
    return range(start, end if end and items[end - 1].kind in THINGS else start)


def _things_behind(items: Sequence[Item], start: int) -> range:
    """Find the row of things, joined by "and", that stands right behind an index."""
    while start < len(items) and items[start].kind in _BETWEEN:
        start += 1
    end = start
    while end < len(items) and items[end].kind in (*THINGS, *_BETWEEN, "and"):
        end += 1
    while end > start and items[end - 1].kind not in THINGS:
        end -= 1
    return range(start, end)


def _places_behind(items: Sequence[Item], number: int) -> range:
    """Find the places behind "only": "in the chorus and in the bridge"."""
    start = end = number + 1
    while True:
        at = end
        while at < len(items) and items[at].kind in (*_BETWEEN, "in", "and", "or"):
            at += 1
        inside = any(one.kind == "in" for one in items[start:at])
        if at == len(items) or items[at].kind != "section" or not inside:
            return range(start, end)
        end = at + 1
