"""Judge one fact of a label against a plan's JSON: does the plan hold what the words ask for?

Every judge takes the plan as a mapping (``plan_to_dict``) and the label's value. A field that the
plan lacks counts as not held. The keys are those of the labels' own header.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from benchmarks.understanding_timeline import holds_timeline, is_of_kind, sections_of_kind
from src.music.theory.keys import is_minor, pitch_class
from src.music.theory.library import CATEGORIES, DRUM_CATEGORIES
from src.words.vocabulary import vocabulary

Plan = Mapping[str, Any]

_SWUNG = 0.1
_OWN_MINOR = ("", "minor", "aeolian", "harmonic minor", "melodic minor", "blues", "pentatonic")
_OWN_MAJOR = ("", "major", "ionian", "blues", "pentatonic")
_FAMILIES = {"drums": (*DRUM_CATEGORIES, "drums"), "synth": ("synth", "lead", "pad")}


def failed_facts(plan: Plan, expect: Mapping[str, Any]) -> list[str]:
    """Name the keys of a label that a plan does not hold.

    Raises KeyError for a key that the labels' header does not document.
    """
    return [key for key, value in expect.items() if not _JUDGES[key](plan, value, expect)]


def turned_round(plan: Plan, expect: Mapping[str, Any]) -> list[str]:
    """Name what a plan turns into its opposite: a refused sound requested, a requested one refused.

    Moods to be avoided that are aimed at, and "less" played louder, count as well.
    """
    excluded = _plain_all(plan.get("excluded", ()))
    wanted = [
        *expect.get("instruments", ()),
        *expect.get("not_refused", ()),
        *expect.get("more", ()),
    ]
    wanted += expect.get("only", ())
    turned = [f"refused {_first(name)}" for name in wanted if _is_any(name, excluded)]
    requested = [name for request in _requests(plan) for name in _names(request)]
    denied = [*expect.get("refused", ())]
    turned += [f"requested {name}" for name in denied if _is_any(name, requested)]
    turned += [f"mood {mood}" for mood in expect.get("not_moods", ()) if mood in plan["moods"]]
    louder = [request for request in _requests(plan) if request["gain_db"] > 0]
    turned += [
        f"louder {name}" for name in expect.get("less", ()) if any(_is(name, r) for r in louder)
    ]
    return turned


def reported_words(plan: Plan) -> list[str]:
    """List the words of the prompt that the plan reports as not understood or not granted."""
    return [str(entry["words"]).casefold() for entry in plan.get("reported", ())]


def understood_words(plan: Plan) -> list[str]:
    """List the words of the prompt that the plan says it took something from."""
    return [str(entry["words"]).casefold() for entry in plan.get("understood", ())]


def _genre(plan: Plan, names: Sequence[str], _: Mapping[str, Any]) -> bool:
    """A plan's genre, its style, both together, the genre as it was named, or as it is called.

    What the vocabulary calls a genre in English is its name, too ("2 step" of two step); what is
    only the nearest to another is not called so.
    """
    style, genre = plan.get("style", ""), plan["genre"]
    named = [e["value"] for e in plan.get("understood", ()) if e["field"] == "genre"]
    own = {_squeezed(text) for text in (genre, style, f"{style} {genre}", *named)}
    own |= {_squeezed(part) for text in named for part in str(text).split("/")}
    own |= _called(genre, style)
    return any(_squeezed(name) in own for name in names)


@cache
def _called(genre: str, style: str) -> frozenset[str]:
    """English names of a genre, or of its style, without blanks and hyphens."""
    values = (genre, f"{genre}/{style}")
    return frozenset(
        _squeezed(pattern.rstrip("*"))
        for entry in vocabulary().entries
        if entry.kind in ("genre", "style") and entry.value in values
        for pattern in (*entry.words["en"], *entry.phrases)
    )


def _instruments(plan: Plan, names: Sequence[Any], _: Mapping[str, Any]) -> bool:
    """Each is requested, and its category plays somewhere."""
    playing = {query["category"] for query in _queries(plan)}
    return all(
        any(_is(name, r) and playing & set(_family(r["category"])) for r in _requests(plan))
        for name in names
    )


def _categories(plan: Plan, names: Sequence[str], expect: Mapping[str, Any]) -> bool:
    """Some request that serves the sound is of one of these, and plays."""
    instruments = expect.get("instruments", ())
    playing = {query["category"] for query in _queries(plan)}
    return any(
        request["category"] in names and playing & set(_family(request["category"]))
        for request in _requests(plan)
        if not instruments or any(_is(name, request) for name in instruments)
    )


def _moods(plan: Plan, names: Sequence[str], _: Mapping[str, Any]) -> bool:
    return bool(set(names) & set(plan["moods"]))


def _not_moods(plan: Plan, names: Sequence[str], _: Mapping[str, Any]) -> bool:
    return not set(names) & set(plan["moods"])


def _bpm(plan: Plan, limits: Sequence[Any], _: Mapping[str, Any]) -> bool:
    ranges = limits if isinstance(limits[0], list) else [limits]
    return any(low <= float(plan["bpm"]) <= high for low, high in ranges)


def _key(plan: Plan, keys: str | Sequence[str], _: Mapping[str, Any]) -> bool:
    own = (pitch_class(plan["key"]), is_minor(plan["key"]))
    return any((pitch_class(key), is_minor(key)) == own for key in _several(keys))


def _mode(plan: Plan, modes: str | Sequence[str], _: Mapping[str, Any]) -> bool:
    scale = plan.get("scale") or ""
    own = {scale}
    if is_minor(plan["key"]) and scale in _OWN_MINOR:
        own |= {"minor"} | ({"aeolian"} if scale == "minor" else set())
    if not is_minor(plan["key"]) and scale in _OWN_MAJOR:
        own |= {"major"}
    own |= {name for name in ("pentatonic", "blues") if name in scale}
    return bool(own & set(_several(modes)))


def _metre(plan: Plan, metres: str | Sequence[str], _: Mapping[str, Any]) -> bool:
    return (plan.get("time_signature") or "4/4") in _several(metres)


def _swing(plan: Plan, swung: bool, _: Mapping[str, Any]) -> bool:
    return (float(plan["swing"]) > _SWUNG) == swung


def _feel(plan: Plan, feel: str, _: Mapping[str, Any]) -> bool:
    return str(plan.get("feel")) == feel


def _length_s(plan: Plan, limits: Sequence[float], _: Mapping[str, Any]) -> bool:
    bars = sum(section["bars"] for section in plan["structure"])
    seconds = float(bars * plan["beats_per_bar"] * 60.0 / plan["bpm"])
    return limits[0] <= seconds <= limits[1]


def _length_bars(plan: Plan, bars: int, _: Mapping[str, Any]) -> bool:
    return bars == sum(section["bars"] for section in plan["structure"])


def _chords(plan: Plan, names: Sequence[str], _: Mapping[str, Any]) -> bool:
    return [_chord(name) for name in plan.get("chords", ())] == [_chord(name) for name in names]


def _progression(plan: Plan, numerals: str | Sequence[str], _: Mapping[str, Any]) -> bool:
    own = _triads("-".join(plan.get("progression", ())))
    return any(_triads(text) == own for text in _several(numerals))


def _refused(plan: Plan, names: Sequence[str], _: Mapping[str, Any]) -> bool:
    """Each is excluded, and no query plays it."""
    excluded = _plain_all(plan["excluded"])
    for name in names:
        playing = [q for q in _queries(plan) if q["category"] in _family(name)]
        if name in CATEGORIES and playing:
            return False
        if name not in CATEGORIES and not _is_any(name, excluded):
            return False
    return True


def _not_refused(plan: Plan, names: Sequence[Any], _: Mapping[str, Any]) -> bool:
    return not any(_is_any(name, _plain_all(plan["excluded"])) for name in names)


def _only(plan: Plan, names: Sequence[Any], _: Mapping[str, Any]) -> bool:
    """What plays is of these categories, or was requested by these names; and something plays."""
    allowed = {family for name in names for one in _several(name) for family in _family(one)}
    allowed |= {
        category
        for request in _requests(plan)
        if any(_is(name, request) for name in names)
        for category in _family(request["category"])
    }
    playing = {query["category"] for query in _queries(plan)}
    return bool(playing) and playing <= allowed


def _less(plan: Plan, names: Sequence[Any], _: Mapping[str, Any]) -> bool:
    return all(_gain(plan, name) < 0 for name in names)


def _more(plan: Plan, names: Sequence[Any], _: Mapping[str, Any]) -> bool:
    return all(_gain(plan, name) > 0 for name in names)


def _gain(plan: Plan, name: Any) -> float:
    return next((float(r["gain_db"]) for r in _requests(plan) if _is(name, r)), 0.0)


def _form(plan: Plan, kinds: Sequence[Any], _: Mapping[str, Any]) -> bool:
    own = plan["structure"]
    return len(own) == len(kinds) and all(
        any(is_of_kind(section, kind) for kind in _several(allowed))
        for section, allowed in zip(own, kinds, strict=True)
    )


def _has_sections(plan: Plan, counts: Mapping[str, int], _: Mapping[str, Any]) -> bool:
    found = {kind: len(sections_of_kind(plan, kind)) for kind in counts}
    return all(
        found[kind] == count if count > 1 else found[kind] >= 1 for kind, count in counts.items()
    )


def _lacks_sections(plan: Plan, kinds: Sequence[str], _: Mapping[str, Any]) -> bool:
    return not any(sections_of_kind(plan, kind) for kind in kinds)


def _section_bars(plan: Plan, bars: Mapping[str, int], _: Mapping[str, Any]) -> bool:
    return all(
        any(section["bars"] == number for section in sections_of_kind(plan, kind))
        for kind, number in bars.items()
    )


def _timeline(plan: Plan, events: Sequence[Mapping[str, Any]], _: Mapping[str, Any]) -> bool:
    return all(holds_timeline(plan, event) for event in events)


def _ending(plan: Plan, ending: str, _: Mapping[str, Any]) -> bool:
    """A ritardando that is refused with its reason is an answer, as a change of tempo is."""
    own = plan.get("ending") or {}
    told = any(entry["code"] == "tempo_change" for entry in plan.get("reported", ()))
    return (ending == "ritardando" and told) or ending == (
        own.get("kind") if isinstance(own, Mapping) else own
    )


def _fade_s(plan: Plan, fade_s: float, _: Mapping[str, Any]) -> bool:
    own = plan.get("ending") or {}
    return isinstance(own, Mapping) and own.get("fade_s") == fade_s


def _tempo_change(plan: Plan, change: Mapping[str, float], _: Mapping[str, Any]) -> bool:
    """A change that is refused with a reason is an answer, too; one that is passed over is not."""
    own = plan.get("tempo_change")
    if own:
        return all(own.get(key) == value for key, value in change.items())
    start = change.get("from", plan["bpm"])
    return start == plan["bpm"] and any(
        e["code"] == "tempo_change" for e in plan.get("reported", ())
    )


def _told(plan: Plan, words: bool | Sequence[Any], _: Mapping[str, Any]) -> bool:
    reported = reported_words(plan)
    if words is True:
        taken = [e for e in plan.get("understood", ()) if e["field"] not in ("nothing", "track")]
        return bool(reported) and not taken
    assert isinstance(words, Sequence)
    return all(
        any(_overlap(one.casefold(), told) for one in _several(word) for told in reported)
        for word in words
    )


def _overlap(first: str, second: str) -> bool:
    return first in second or second in first


def _requests(plan: Plan) -> list[Mapping[str, Any]]:
    return list(plan.get("requested", ()))


def _queries(plan: Plan) -> list[Mapping[str, Any]]:
    return [query for section in plan["structure"] for query in section["stem_queries"]]


def _family(name: str) -> tuple[str, ...]:
    return _FAMILIES.get(name, (name,))


def _names(request: Mapping[str, Any]) -> tuple[str, ...]:
    return (request["name"], request["category"])


def _is(name: Any, request: Mapping[str, Any]) -> bool:
    """Tell whether a request is for a sound of this name, or for its category by that name."""
    texts = [_words(request[field]) for field in ("name", "text")]
    return any(set(_words(one)) <= set(text) for one in _several(name) for text in texts) or any(
        one == request["category"] for one in _several(name)
    )


def _is_any(name: Any, texts: Iterable[str]) -> bool:
    return any(_words(one) == _words(text) for one in _several(name) for text in texts)


def _first(name: Any) -> str:
    return str(_several(name)[0])


def _several(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _plain_all(texts: Iterable[str]) -> list[str]:
    return [text.casefold() for text in texts]


def _words(text: str) -> list[str]:
    """Words without hyphens and plural endings."""
    words = re.findall(r"[^\W_]+", text.casefold())
    return [word[:-1] if len(word) > 3 and word.endswith("s") else word for word in words]


def _squeezed(text: str) -> str:
    return re.sub(r"[\s\-']+", "", text.casefold())


def _chord(name: str) -> str:
    return name.replace("♯", "#").replace("♭", "b").replace("maj7", "M7").replace("min", "m")


def _triads(numerals: str) -> str:
    return re.sub(r"(?:maj|m)?\d+", "", numerals.replace("–", "-")).replace(" ", "")


_JUDGES: Mapping[str, Callable[[Plan, Any, Mapping[str, Any]], bool]] = {
    "genre": _genre, "instruments": _instruments, "categories": _categories, "moods": _moods,
    "not_moods": _not_moods, "bpm": _bpm, "key": _key, "mode": _mode, "metre": _metre,
    "swing": _swing, "feel": _feel, "length_s": _length_s, "length_bars": _length_bars,
    "chords": _chords, "progression": _progression, "refused": _refused,
    "not_refused": _not_refused, "only": _only, "less": _less, "more": _more, "form": _form,
    "has_sections": _has_sections, "lacks_sections": _lacks_sections,
    "section_bars": _section_bars, "timeline": _timeline, "ending": _ending, "fade_s": _fade_s,
    "tempo_change": _tempo_change, "told": _told,
}  # fmt: skip
