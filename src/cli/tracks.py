"""Commands that make tracks."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from src.cli.call import Call, Result, bring_up_to_date
from src.core.errors import InvalidInputError

if TYPE_CHECKING:
    from src.music.model.palette import Palette
    from src.music.model.plan import ArrangementPlan

DEMO_PROMPT = "driving industrial techno 138 bpm"


def plan(call: Call) -> Result:
    """Plan a track without rendering it."""
    from src.music.model.accounts import report_text
    from src.music.model.plan import plan_to_dict

    planned = call.services.arranger.plan_prompt(call.options.text, seed=call.options.seed)
    answer = plan_to_dict(planned)
    lines = [f"{answer['genre']}, {answer['bpm']:g} bpm, {answer['key']}"]
    for section in answer["structure"]:
        lines.append(f"  {section['bars']:>3} bars  {section['section']:<12} {_roles(section)}")
        if section.get("chords"):
            lines.append(f"{'':>13}chords: {_chords(section['chords'])}")
    if "ending" in answer:
        ending = answer["ending"]
        fade = f" of {ending['fade_s']:g} s" if "fade_s" in ending else ""
        lines.append(f"  ending: {ending['kind']}{fade}")
    lines += [f"  {one.words!r}: {one.field} {one.value}" for one in planned.understood]
    lines += [f"  note: {note}" for note in answer["notes"]]
    lines += [f"  warning: {report_text(report)}" for report in planned.reported]
    return Result(answer, "\n".join(lines))


def _roles(section: dict[str, Any]) -> str:
    """Name who plays in a section, with the bars at which they come in and leave."""
    if section.get("silent"):
        return "silence"
    roles = []
    for query in section["stem_queries"]:
        enters, exits = query.get("enters_bar") or 1, query.get("exits_bar")
        bars = f" from bar {enters}" if enters > 1 else ""
        roles.append(query["category"] + bars + (f" to bar {exits - 1}" if exits else ""))
    told = [f"only {', '.join(section['only'])}"] if section.get("only") else []
    told += [f"without {', '.join(section['without'])}"] if section.get("without") else []
    return ", ".join(roles) + (f"  ({'; '.join(told)})" if told else "")


def _chords(chords: list[dict[str, Any]]) -> str:
    """Write chords with their beats, each length once: "Am:4 F C G"."""
    lengths = [None, *(one["beats"] for one in chords)]
    return " ".join(
        one["chord"] + (f":{one['beats']:g}" if one["beats"] != before else "")
        for one, before in zip(chords, lengths, strict=False)
    )


def generate(call: Call) -> Result:
    """Render a track from a sentence."""
    bring_up_to_date(call)
    plan = call.services.arranger.plan_prompt(call.options.text, seed=call.options.seed)
    return _rendered(call, plan, seed=call.options.seed, out=call.options.out)


def render(call: Call) -> Result:
    """Render a plan that lies in a file."""
    from src.music.model.plan import plan_from_dict

    try:
        data = json.loads(Path(call.options.plan).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InvalidInputError(f"plan {call.options.plan!r} cannot be read: {error}") from error
    if not isinstance(data, dict):
        raise InvalidInputError(f"plan {call.options.plan!r} must hold a JSON object")
    bring_up_to_date(call)
    return _rendered(call, plan_from_dict(data), seed=call.options.seed, out=call.options.out)


def _rendered(call: Call, plan: "ArrangementPlan", *, seed: int, out: str | None) -> Result:
    preset = getattr(call.options, "mastering", None)
    palette = _palette(call)
    if palette is not None:
        plan = replace(plan, palette=palette)
    if preset is not None:
        plan = replace(plan, mastering=preset, target_lufs=None)
    started = time.monotonic()
    track = call.services.renderer.render_track(
        plan, seed=seed, out=Path(out) if out else None, progress=call.progress
    )
    answer = track.to_dict()
    lines = [f"warning: {warning}" for warning in answer["warnings"]]
    seconds = time.monotonic() - started
    loudness, peak = (
        "none" if level is None else f"{level:.1f}"
        for level in (answer["loudness_lufs"], answer["true_peak_dbtp"])
    )
    lines.append(
        f"{answer['duration_s']:.0f} s of music at {loudness} LUFS, true peak {peak} dBTP,"
        f" rendered in {seconds:.1f} s"
    )
    lines.append(f"track {answer['track_id']}")
    lines.append(answer["track_path"])
    return Result(answer, "\n".join(lines))


def _palette(call: Call) -> "Palette | None":
    """Read of which collections and kits may play. Raises NotFoundError for what is neither."""
    from src.db.rows.collections import check_palette, is_collection
    from src.music.model.palette import Palette

    named = getattr(call.options, "palette", [])
    if not named:
        return None
    with call.services.database.transaction() as session:
        sets = tuple(one for one in named if is_collection(session, one))
        palette = Palette(sets, tuple(one for one in named if one not in sets))
        check_palette(session, palette)
    return palette


def demo(call: Call) -> Result:
    """Build demo kits, analyse them, render a track."""
    from src.demo.kits import write_demo_kits

    raw = call.services.settings.raw_path
    stems = write_demo_kits(raw, progress=call.progress)
    kits = sorted({stem.relative_to(raw).parts[0] for stem in stems})
    report = call.services.analyzer.run(progress=call.progress)
    plan = call.services.arranger.plan_prompt(DEMO_PROMPT, seed=1)
    track = _rendered(call, plan, seed=1, out=None)
    answer = {"kits": kits, "import": report.to_dict(), **track.answer}
    return Result(
        answer, f'{len(kits)} kits with {len(stems)} stems, prompt "{DEMO_PROMPT}"\n{track.text}'
    )
