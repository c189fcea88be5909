"""Hold what a plan makes of words and sentences against labels that were written without the code.

    python -m benchmarks.understanding [--half dev|held] [--show-failures] [--json FILE]

The labels lie in ``understanding_labels``; their header says what each key asks. Each text is
planned alone, over a made-up library that has every category. ``dev`` are the entries of even
number, from which the reader may be improved; ``held`` are the others, whose texts are only ever
counted: --show-failures prints entries of ``dev`` alone. The sets called ``fresh`` were written
before their first run and are ``dev`` throughout; docs/benchmarks.md has their first figures.

Counted are: words that take effect as labelled; swallowed ones (the plan is that of a text that
asks for nothing, or words are neither in the plan nor reported); facts turned round; sentences
with every fact right; and the time to plan.
"""

import re
import time
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from benchmarks import report
from benchmarks.understanding_facts import (
    failed_facts,
    reported_words,
    turned_round,
    understood_words,
)
from src.core.errors import InvalidInputError
from src.music.arranging.library_summary import LibrarySummary
from src.music.model.plan import plan_to_dict
from src.music.prompt.lexicon import prompt_lexicon
from src.music.theory.library import CATEGORIES
from src.services.arranger import ArrangerService
from src.words.phrases import Found

LABELS = Path(__file__).parent / "understanding_labels"
HALVES = ("dev", "held")
SETS = ("words", "sentences", "fresh_first_words", "fresh_first_sentences",
        "fresh_second_words", "fresh_second_sentences")  # fmt: skip
"""Files of labels; those that are called fresh have no held half."""
_NOTHING = "music"
_MUSICAL = ("bpm", "key", "genre", "style", "moods", "excluded", "swing", "beats_per_bar",
            "time_signature", "scale", "chords", "progression", "feel", "requested", "only_roles",
            "structure", "ending")  # fmt: skip
_SMALL = """
a an the of for to in on at with and or but i me my mine we us our you your he she they them his her
it its it's is are be been was were am that this these those there here by some any from as so then
please want need like love would will shall should could can may might must do does did done get got
give make makes made just also too very really something anything everything um uh hey hi ok thanks
about around over under through out up down into onto per while when where which who what how if
one two another other every each all both more than only even still again always now today
little bit much background w
song track piece music tune sound sounds version thing stuff vibe vibes style kind sort bit lots
play played put say says go goes come comes let lets long
ein eine einen einem einer eines der die das den dem des und oder aber mit für im in am an auf zum
zur zu von vom ich mir mich mein meine meinen du dich es er sie wir ihr uns ist sind war wird hat
haben hab habe soll sollen kann bitte will möchte hätte gern gerne mach mache gib schreib mal was
etwas so wie bei über unter durch nach vor auch noch nur schon ganz sehr alles alle aus bis wieder
rein dann danach einmal fürs um musik stück lied titel track stil art klingt klang sound ding
zwei dieser diese dieses mitte tempo takt zu
в во на с со и или но а я мне мы нам ты вы он она они это этот эта этого для по к у о об из от до
под над при за как что чтоб чтобы бы же ли пожалуйста хочу нужен нужна нужно сделай дай был была
было мой моя очень тоже ещё еще уже снова потом затем через трек песня песню музыка музыку звук
стиле стиль нибудь что-нибудь два один этом темп темпе размер слишком
"""
_JOINING = ("filler", "article", "and", "or", "but", "with", "in", "within", "whole", "than")
_COMPOUND = 8
"""A word of so many letters may be a compound, whose parts are accounted for one by one."""

_SMALL_WORDS = frozenset(_SMALL.split())
"""Words of which nobody expects an effect of their own."""


@dataclass(frozen=True)
class Label:
    """A text with the facts that its plan must hold. half: the one of HALVES it belongs to"""

    text: str
    language: str
    kind: str
    expect: Mapping[str, Any]
    half: str


@dataclass(frozen=True)
class Judged:
    """What became of a text. failed, turned: facts; passed_over: words of no effect; ms: to plan"""

    label: Label
    failed: tuple[str, ...]
    turned: tuple[str, ...]
    swallowed: bool
    passed_over: tuple[str, ...]
    ms: float

    @property
    def right(self) -> bool:
        """Whether every fact holds."""
        return not self.failed


def main() -> None:
    """Plan, judge, print."""
    parser = report.parser("How many words and sentences of a labelled set are understood.")
    parser.add_argument("--half", choices=HALVES, help="only this half of the labels")
    parser.add_argument("--show-failures", action="store_true", help="print those of the dev half")
    options = parser.parse_args()
    arranger = ArrangerService(lambda: LibrarySummary(dict.fromkeys(CATEGORIES, 20)))
    neutral = _musical(plan_to_dict(arranger.plan_prompt(_NOTHING)))
    figures: dict[str, Any] = {}
    for name in SETS:
        labels = [x for x in read_labels(LABELS / f"{name}.yaml") if options.half in (None, x.half)]
        judged = [judge(arranger, label, neutral) for label in labels]
        figures[name] = {half: _figures([j for j in judged if j.label.half == half])
                         for half in HALVES if any(x.half == half for x in labels)}  # fmt: skip
        _show(name, judged, figures[name])
        if options.show_failures:
            _show_failures([j for j in judged if j.label.half == "dev"])
    report.save(figures, options.json)


def read_labels(file: Path) -> list[Label]:
    """Read a file of labels. Raises InvalidInputError for one that is no list."""
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(entries, list):
        raise InvalidInputError(f"{file.name} must hold a list, got {type(entries).__name__}")
    halves = HALVES[:1] if file.stem.startswith("fresh") else HALVES
    return [
        Label(e["text"], e["lang"], e.get("kind", "sentence"), e["expect"], halves[n % len(halves)])
        for n, e in enumerate(entries)
    ]


def judge(arranger: ArrangerService, label: Label, neutral: Mapping[str, Any]) -> Judged:
    """Plan a text and judge each of its facts; a text that is refused whole holds none.

    neutral: the musical fields of a plan that nothing was asked of
    """
    started = time.perf_counter()
    try:
        plan = plan_to_dict(arranger.plan_prompt(label.text))
    except InvalidInputError:
        plan = None
    ms = 1000.0 * (time.perf_counter() - started)
    if plan is None:
        return Judged(label, tuple(label.expect), (), swallowed=False, passed_over=(), ms=ms)
    failed = failed_facts(plan, label.expect)
    over = passed_over(label.text, plan)
    unheard = bool(failed) and _musical(plan) == neutral and not reported_words(plan)
    return Judged(
        label,
        failed=tuple(failed),
        turned=tuple(turned_round(plan, label.expect)),
        swallowed=unheard or bool(over) or "told" in failed,
        passed_over=over,
        ms=ms,
    )


def passed_over(text: str, plan: Mapping[str, Any]) -> tuple[str, ...]:
    """List the words of a text that a plan neither says it understood nor reports.

    Small words are left out: those of this list, and what the vocabulary calls a filler, an article
    or a joining word (``src/words/data/grammar.yaml``).
    """
    accounted = " ".join([*understood_words(plan), *reported_words(plan)])
    known = set(_words(accounted)) | _SMALL_WORDS
    table = prompt_lexicon()
    glued = "".join(_words(accounted))
    return tuple(
        word
        for word in _words(text)
        if word not in known
        and not (len(word) >= _COMPOUND and word in glued)
        and not _joins_only(table.word(table.corrected(word) or word), known)
    )


def _joins_only(found: Sequence[Found], known: Set[str]) -> bool:
    """Tell whether the parts of a word only join others, or are accounted for: "Klavierstück"."""
    return bool(found) and all(
        one.entry.kind in _JOINING or one.written.casefold() in known for one in found
    )


def _musical(plan: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plan.get(name) for name in _MUSICAL}


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:'[^\W_]+)?", text.casefold())


def _figures(judged: Sequence[Judged]) -> dict[str, Any]:
    times = [one.ms for one in judged]
    return {
        "entries": len(judged),
        "right": sum(one.right for one in judged),
        "right_percent": round(100.0 * sum(one.right for one in judged) / max(1, len(judged)), 1),
        "swallowed": sum(one.swallowed for one in judged),
        "turned_round": sum(bool(one.turned) for one in judged),
        "p50_ms": round(float(np.percentile(times, 50)), 2) if times else None,
        "p95_ms": round(float(np.percentile(times, 95)), 2) if times else None,
    }


def _show(name: str, judged: Sequence[Judged], halves: Mapping[str, Mapping[str, Any]]) -> None:
    print(f"\n{name}")
    report.print_table(
        ("half", "entries", "right", "%", "swallowed", "turned round", "p50 ms", "p95 ms"),
        [(half, *figures.values()) for half, figures in halves.items()],
    )
    keys = sorted({(one.label.kind, one.label.language) for one in judged})
    print()
    report.print_table(
        ("kind", "language", *(f"{half} right" for half in halves)),
        [
            (kind, language, *(_share(judged, kind, language, half) for half in halves))
            for kind, language in keys
        ],
    )


def _share(judged: Sequence[Judged], kind: str, language: str, half: str) -> str:
    own = [
        one
        for one in judged
        if (one.label.kind, one.label.language, one.label.half) == (kind, language, half)
    ]
    return f"{sum(one.right for one in own)}/{len(own)}"


def _show_failures(judged: Sequence[Judged]) -> None:
    print()
    for one in judged:
        if one.failed or one.turned or one.swallowed:
            facts = {key: one.label.expect[key] for key in one.failed}
            print(
                f"{one.label.language} {one.label.text!r}: {facts}"
                f"{f' TURNED {one.turned}' if one.turned else ''}"
                f"{f' PASSED OVER {one.passed_over}' if one.passed_over else ''}"
            )


if __name__ == "__main__":
    main()
