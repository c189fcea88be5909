"""Commands that tell of rendered tracks and change them."""

import argparse
from typing import TYPE_CHECKING, Any

from src.cli.call import Call, Result
from src.core.errors import InvalidInputError

if TYPE_CHECKING:
    from src.music.arranging.plan_edits import Edit


def tracks(call: Call) -> Result:
    """List the rendered tracks, newest first."""
    from src.db.crud import Window

    page = call.services.tracks.page(Window(call.options.limit, 0))
    answer = page.model_dump(mode="json")
    lines = [
        f"{item.id}  {item.created_at:%Y-%m-%d %H:%M}  {item.bpm:g} bpm {item.key:<3}"
        f" {item.duration_s:4.0f} s  {item.prompt or item.genre}"
        for item in page.items
    ]
    return Result(answer, "\n".join(lines) or "no tracks yet: generate one")


def explain(call: Call) -> Result:
    """Explain who plays each part of a track, and why."""
    choices = call.services.revisions.explain(call.options.track)
    lines: list[str] = []
    for choice in choices:
        name = choice.get("voice") or choice["asked_category"]
        lines.append(f"{name:<12} {choice['name']}  ({choice['kit'] or 'no kit'})")
        scores = (f"{reason['criterion']} {reason['score']:.2f}" for reason in choice["reasons"])
        lines.append(f"{'':<12} score {choice['score']:.2f}: {', '.join(scores)}")
        if choice["runners_up"]:
            lines.append(f"{'':<12} next: {', '.join(choice['runners_up'])}")
    return Result({"voices": choices}, "\n".join(lines))


def suggest(call: Call) -> Result:
    """Return stems that could play a part of a track instead."""
    found = call.services.revisions.suggestions(
        call.options.track, call.options.voice, limit=call.options.limit
    )
    stems = [
        {"stem_id": match.card.id, "name": match.card.name, "score": match.score} for match in found
    ]
    lines = [f"{one['stem_id']}  {one['score']:.2f}  {one['name']}" for one in stems]
    return Result({"stems": stems}, "\n".join(lines) or "nothing else in the library fits")


def revise(call: Call) -> Result:
    """Change a rendered track and render it again."""
    from src.services.tracks.service import render_params

    options = call.options
    edits = edits_of(options)
    if not edits:
        raise InvalidInputError("say what shall be different: see revise --help")
    revised = call.services.revisions.revised(
        options.track, edits, locked=options.lock, seed=options.seed
    )
    params = render_params(revised.plan, revised.seed, parent_id=options.track)
    answer: dict[str, Any] = call.services.tracks.render(params, call.progress)
    lines = [f"warning: {warning}" for warning in answer["warnings"]]
    return Result(answer, "\n".join([*lines, answer["track_id"], answer["track_path"]]))


def edits_of(options: argparse.Namespace) -> list["Edit"]:
    """Read the edits that the options describe. Raises InvalidInputError for a wrong spelling."""
    from src.music.arranging import plan_edits

    edits: list[Edit] = []
    for part, _, stem in (word.partition("=") for word in options.swap):
        edits.append(plan_edits.Swap(part, stem or None))
    for on, words in ((True, options.mute), (False, options.unmute)):
        for part, _, section in (word.partition("@") for word in words):
            edits.append(plan_edits.Mute(part, (section,) if section else (), on=on))
    edits += [plan_edits.Reroll(section) for section in options.reroll]
    edits += [_level(word) for word in options.level]
    edits += [_entry(word, enters=True) for word in options.enter]
    edits += [_entry(word, enters=False) for word in options.exit]
    if options.fade is not None:
        edits.append(plan_edits.SetEnding("fade", options.fade))
    elif options.cold_end:
        edits.append(plan_edits.SetEnding("cold"))
    if options.bars is not None or options.seconds is not None:
        edits.append(plan_edits.SetLength(options.bars, options.seconds))
    if options.bpm is not None:
        edits.append(plan_edits.SetTempo(options.bpm))
    if options.key is not None:
        edits.append(plan_edits.SetKey(options.key))
    edits += [_chords(word) for word in options.chords]
    if options.mood:
        edits.append(plan_edits.SetMoods(tuple(options.mood)))
    return edits


def _chords(word: str) -> "Edit":
    from src.music.arranging import plan_edits

    section, separator, chords = word.rpartition("=")
    return plan_edits.SetChords(chords, section if separator else "")


def _level(word: str) -> "Edit":
    from src.music.arranging import plan_edits

    part, _, gain = word.partition("=")
    try:
        return plan_edits.Level(part, float(gain))
    except ValueError as error:
        raise InvalidInputError(f"a level is written as bass=-3 (dB), got {word!r}") from error


def _entry(word: str, *, enters: bool) -> "Edit":
    from src.music.arranging import plan_edits

    part, _, place = word.partition("@")
    section, _, bar = place.rpartition(":")
    if not part or not section or not bar.isdigit():
        raise InvalidInputError(f"an entry or exit is written as bass@Drop:9, got {word!r}")
    bars = {"enters_bar": int(bar)} if enters else {"exits_bar": int(bar)}
    return plan_edits.SetEntry(part, section, **bars)


def add_options(made: argparse.ArgumentParser) -> None:
    """Add the options of ``revise``."""
    made.add_argument("track", metavar="TRACK_ID")
    several: dict[str, Any] = {"action": "append", "default": []}
    made.add_argument("--swap", metavar="VOICE[=STEM_ID]", help="another stem", **several)
    made.add_argument("--mute", metavar="VOICE[@SECTION]", help="silence it there", **several)
    made.add_argument("--unmute", metavar="VOICE[@SECTION]", **several)
    made.add_argument("--reroll", metavar="SECTION", help="play its details anew", **several)
    made.add_argument(
        "--chords", metavar="[SECTION=]CHORDS", help="other chords: 'Am F C G' or Drop='Am:8 F:8'",
        **several,
    )  # fmt: skip
    made.add_argument("--level", metavar="VOICE=DB", help="louder or quieter", **several)
    made.add_argument("--enter", metavar="VOICE@SECTION:BAR", help="comes in there", **several)
    made.add_argument("--exit", metavar="VOICE@SECTION:BAR", help="leaves there", **several)
    made.add_argument("--fade", type=float, metavar="SECONDS", help="ends in a fade")
    made.add_argument("--cold-end", action="store_true", help="stops on its last beat")
    made.add_argument("--lock", metavar="VOICE", help="keeps its stem in any case", **several)
    made.add_argument("--mood", metavar="MOOD", help="melodies are chosen anew", **several)
    made.add_argument("--bars", type=int)
    made.add_argument("--seconds", type=float)
    made.add_argument("--bpm", type=float)
    made.add_argument("--key")
    made.add_argument("--seed", type=int)
