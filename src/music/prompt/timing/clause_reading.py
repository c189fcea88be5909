"""Reading the clauses of a prompt: who plays, who does not, and in which genre and mood."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from src.music.model.accounts import ReportedWords, UnderstoodWords
from src.music.prompt.contents import PromptContents
from src.music.prompt.intent import ClauseRequest, PromptIntent
from src.music.prompt.items import THINGS, items_of
from src.music.prompt.length import Length
from src.music.prompt.lexicon import prompt_lexicon
from src.music.prompt.reading import PromptReader
from src.music.prompt.text import Sentence
from src.music.prompt.timing.clauses import HEADED, THEN, Clause, cut_clauses
from src.music.prompt.timing.endings import EndingRequest
from src.music.prompt.timing.form_words import FormRequest, NamedSection
from src.music.prompt.timing.moments import END, MIDDLE, START, Moment
from src.words.timeline_words import timeline_words

_KINDS = {
    **dict.fromkeys(THINGS, "thing"), "genre": "genre", "style": "genre", "mood": "mood",
    "section": "section", "negator": "refused", "without": "refused", "refusal": "refused",
    "only": "only", "loud": "mood",
}  # fmt: skip


_SOLO = re.compile(r"(?<!\w)(?:solo|соло|a\s+single|a\s+lone)\s+\w")
_STOP_BARS = 2.0
"""So long everything is silent where it only says that all of it stops."""


@dataclass(frozen=True)
class Timeline:
    """What a prompt says of parts of the track.

    clauses: what they ask; contents: of each, as they were read
    outside: the rest of the prompt, which is said of the whole track
    """

    clauses: tuple[ClauseRequest, ...]
    contents: tuple[PromptContents, ...]
    written: tuple[str, ...] = ()


class ClauseReader:
    """Cuts the clauses out of a sentence, and reads them when its numbers have been taken."""

    def __init__(self, sentence: Sentence, form: FormRequest) -> None:
        self._sentence = sentence
        self._clauses = (*_headed(form.sections), *cut_clauses(sentence.free, kinds_in))
        self.written: list[str] = []
        for clause in self._clauses:
            taken = (sentence.take_span(*mark) for mark in clause.marks)
            self.written += [words.strip(" ,;:") for words in taken]

    def read(self) -> Timeline:
        """Read each clause and take it out of the sentence."""
        clauses: list[ClauseRequest] = []
        contents: list[PromptContents] = []
        for clause in self._clauses:
            part = self._sentence.part(*clause.span)
            self._sentence.take_span(*clause.span)
            self.written += _flagged(clause, part)
            request, found = _read(clause, part)
            request = _with_subject(request, clauses[-1] if clauses else None)
            clauses = _with_rest([*clauses, _with_both(request, part, clauses)], part)
            contents.append(found)
        return Timeline(tuple(clauses), tuple(contents), tuple(self.written))


def kinds_in(text: str) -> frozenset[str]:
    """Tell of which kinds the words of a text are: thing, genre, mood, section, refused, only,
    everything, silence.
    """
    words = timeline_words()
    folded = Sentence(text).free
    found = {name for name in ("everything", "silence", "only") if re.search(words[name], folded)}
    if re.search(words["no"], folded):
        found.add("refused")
    if re.search(words["both"], folded):
        found.add("thing")
    if re.search(words.section, folded):
        found.add("section")
    for item in items_of(Sentence(_blanked(text, folded, _said())), prompt_lexicon()):
        found.add(_KINDS.get(item.kind, ""))
        found |= {"thing"} if "plays" in item.suggests else set()
    return frozenset(found - {""})


def _headed(sections: Sequence[NamedSection]) -> tuple[Clause, ...]:
    """Make a clause of what stands behind each heading."""
    return tuple(
        Clause(section.says, follows=HEADED) for section in sections if section.says is not None
    )


def _read(clause: Clause, part: Sentence) -> tuple[ClauseRequest, PromptContents]:
    said, section, found = _contents(clause, part)
    requested = tuple(item for item in found.requested() if item.gain_db >= 0)
    kind = None if section is None else timeline_words().section_of(section["s"])
    only = found.only_requested or any(one.only for one in found.sections.values())
    genre, style = found.genres[0] if found.genres else ("", "")
    stops = "everything" in said and "leaves" in said and not requested
    moves = said & {"enters", "leaves"} and "everything" not in said
    if (clause.start, clause.end) == MIDDLE and moves:
        clause = replace(clause, start=Moment(share=0.5), end=None)
    restricts = "only" in said and _is_restricted(clause, part)
    only = (only or "only" in said) and not restricts
    request = ClauseRequest(
        text=" ".join(part.raw.split()),
        start=clause.start,
        end=clause.end,
        length=Length(bars=_STOP_BARS) if stops and clause.length is None else clause.length,
        follows=clause.follows,
        keeps=clause.keeps,
        limits=clause.limits and clause.start is None and clause.length is None,
        restricts=restricts,
        section="" if kind is None else kind.kind,
        title="" if kind is None else kind.title,
        requested=requested,
        excluded=found.excluded(),
        only=bool(requested) and (only or (not restricts and _is_alone(clause, found, said))),
        full="everything" in said and "leaves" not in said,
        silent=("silence" in said and not requested) or stops,
        enters="enters" in said,
        leaves="leaves" in said,
        genre=genre,
        style=style,
        moods=tuple(dict.fromkeys(found.moods)),
    )
    return request, found


def _contents(
    clause: Clause, part: Sentence
) -> tuple[set[str], re.Match[str] | None, PromptContents]:
    """Read which words of time a clause holds, its section, and what else it asks for."""
    words = timeline_words()
    said = {match.lastgroup or "" for match in _said().finditer(part.free)}
    said |= {name for name in ("with", "everything") if re.search(words[name], part.free)}
    written = _blanked(part.raw, part.free, _said())
    section = _section(Sentence(written).free) if clause.follows != HEADED else None
    if section is not None:
        written = written[: section.start()] + " " * len(section[0]) + written[section.end() :]
    found = PromptReader(items_of(Sentence(written), prompt_lexicon())).read()
    found.things = [replace(thing, section="") for thing in found.things]
    if clause.opens and _SOLO.search(part.free) and found.things:
        said, found.genres = {*said, "only"}, []  # "solo piano" is a genre elsewhere
        found.understood = [one for one in found.understood if one.field != "genre"]
    if _leaving().search(part.free):
        said = {*said - {"enters"}, "leaves"}
    if "leaves" in said and "everything" not in said and _has_end(clause):
        # "the bass drops out for 4 bars" is a stretch without it
        found.things = [replace(thing, refused=True) for thing in found.things]
        said.discard("leaves")
    if {"everything", "leaves"} <= said:
        # "everything stops but the organ" asks for the organ alone
        found.things = [replace(thing, refused=False) for thing in found.things]
        said.add("only")
    return said, section, found


def _flagged(clause: Clause, part: Sentence) -> list[str]:
    """List the words of a clause that its reader does not see: of sections, entries, exits."""
    spans = [match.span() for match in _said().finditer(part.free)]
    section = _section(Sentence(_blanked(part.raw, part.free, _said())).free)
    if section is not None and clause.follows != HEADED:
        spans.append(section.span("s"))
    return [part.raw[start:end] for start, end in spans]


def _has_end(clause: Clause) -> bool:
    """Tell whether it is said how long a clause holds, or from when until when."""
    bounded = clause.start is not None and clause.end is not None
    return clause.length is not None or (bounded and (clause.start, clause.end) != MIDDLE)


def _is_restricted(clause: Clause, part: Sentence) -> bool:
    """Tell whether "only" is said of the time: "vocals only in the second half".

    "Pads only for the first 8 bars" lets them play alone.
    """
    edge = clause.start == START or clause.end == END
    at_edge = edge and all(m is None or m.share in (None, 1.0) for m in (clause.start, clause.end))
    only = timeline_words()["only"]
    if clause.end is None or clause.limits or not clause.marks or at_edge:
        return False
    first, last = clause.marks[0][0] - clause.span[0], clause.marks[-1][1] - clause.span[0]
    before, after = part.free[:first], part.free[last:]
    return bool(re.search(rf"{only}\s*$", before) or re.fullmatch(rf"\s*{only}\W*", after))


def _with_subject(request: ClauseRequest, before: ClauseRequest | None) -> ClauseRequest:
    """Let a clause without one speak of what the one before did: "..., come back at bar 49"."""
    says = request.requested or request.excluded or request.section or request.full
    moves = request.enters or request.leaves
    if before is None or says or not moves or request.genre or request.moods:
        return request
    return replace(request, requested=before.requested)


def _with_both(
    request: ClauseRequest, part: Sentence, before: Sequence[ClauseRequest]
) -> ClauseRequest:
    """Let "then both together" play what the clauses before it named, and nobody else."""
    if not re.search(timeline_words()["both"], part.free) or request.requested or request.full:
        return request
    named = dict.fromkeys(thing for one in before for thing in one.requested)
    return replace(request, requested=tuple(named), only=bool(named)) if named else request


def _with_rest(clauses: list[ClauseRequest], part: Sentence) -> list[ClauseRequest]:
    """Let who plays from the start be alone until "everything else" comes in.

    clauses: up to the one whose words are given, which is the last
    """
    last = clauses[-1]
    if not last.full or last.start is None or not re.search(timeline_words()["rest"], part.free):
        return clauses
    return [
        replace(one, only=True, end=last.start, keeps=False)
        if one.requested and one.start == START and one.end is None
        else one
        for one in clauses
    ]


def _is_alone(clause: Clause, found: PromptContents, said: set[str]) -> bool:
    """Tell whether what a block names plays alone in it: "[Intro] pads", "the first 8 bars pads".

    Not where more is told: "with pads", "everything", a genre, a refusal.
    """
    if "everything" in said or found.genres or found.excluded():
        return False
    if clause.follows == HEADED or "starts" in said or clause.opens:
        return True
    edge = clause.start == START or clause.end == END
    block = clause.length is not None or (clause.end is not None and edge and not clause.limits)
    return block and not said & {"with", "enters"}


def _section(text: str) -> re.Match[str] | None:
    """Find the section that a clause calls for, unless it is refused or only a place."""
    words = timeline_words()
    for match in _called().finditer(text):
        before = text[: match.start("s")]
        if not re.search(rf"(?:{words['no']}|{words.any_of('at', 'during')})\s*\S*\s*$", before):
            return match
    return None


@cache
def _called() -> re.Pattern[str]:
    words = timeline_words()
    return re.compile(rf"(?:{words['article']}\s+)?(?P<s>{words.section})")


@cache
def _said() -> re.Pattern[str]:
    """Match the words of a clause that are read as flags, each in a group of its name."""
    words = timeline_words()
    names = ("starts", "leaves", "everything", "silence", "only", "enters")
    return re.compile("|".join(rf"(?P<{name}>{words[name]})" for name in names))


@cache
def _leaving() -> re.Pattern[str]:
    """Match German verbs whose halves stand apart: "setzt der Bass vier Takte aus"."""
    return re.compile(
        r"(?<!\w)(?:(?:setzt|setzen)\s.*\saus|(?:fällt|fallen)\s.*\sweg|(?:hört|hören)\s.*\sauf"
        r"|(?:geht|gehen)\s.*\sraus)\s*$"
    )


def _blanked(written: str, folded: str, pattern: re.Pattern[str]) -> str:
    """Blank what a pattern matches in the folded text; both are as long."""
    for match in pattern.finditer(folded):
        written = written[: match.start()] + " " * len(match[0]) + written[match.end() :]
    return written


def with_own_genres(timeline: Timeline, track: PromptContents) -> Timeline:
    """Give the track what its clauses say of all of it, and keep for them what is theirs.

    track: what the rest of the prompt says; genres, moods and words of clauses are added to it

    A genre that no other part of the prompt contradicts is the track's, with the moods beside
    it. Of several in a row the last is the track's, and each keeps its clauses.
    """
    genres = [one.genre for one in timeline.clauses if one.genre]
    several = len({*genres, *(genre for genre, _ in track.genres)}) > 1
    clauses: list[ClauseRequest] = []
    for clause, found in zip(timeline.clauses, timeline.contents, strict=True):
        track.unknown += found.unknown
        track.understood += found.understood
        track.reported += found.reported
        track.foreign_genres += found.foreign_genres
        track.refused_genres += found.refused_genres
        _keep_feel(clause, found, track)
        is_tracks = bool(clause.genre) and not several
        if is_tracks:
            track.genres += found.genres
            track.moods += found.moods
        clauses.append(replace(clause, genre="", style="", moods=()) if is_tracks else clause)
    clauses = _layered(clauses)
    if several and not track.genres:
        last = [found for found in timeline.contents if found.genres][-1]
        track.genres += last.genres
    return replace(timeline, clauses=tuple(clauses))


def _keep_feel(clause: ClauseRequest, found: PromptContents, track: PromptContents) -> None:
    """Give the feel that a clause names to the kind of section that it speaks of, or to all."""
    kind = clause.section or (clause.start.section if clause.start is not None else "")
    if found.feel and kind:
        track.sections[kind] = replace(track.request(kind), feel=found.feel)
    elif found.feel:
        track.feel = found.feel


def _layered(clauses: Sequence[ClauseRequest]) -> list[ClauseRequest]:
    """Let a row that begins alone grow part by part: "starts with piano, then drums, then all".

    What comes next plays with those before it and with nobody else, until the row ends.
    """
    out: list[ClauseRequest] = []
    for number, clause in enumerate(clauses):
        before = out[-1] if out else None
        goes_on = number + 1 < len(clauses) and clauses[number + 1].follows
        grows = before is not None and before.only and clause.follows == THEN and goes_on
        plain = clause.requested and not (clause.only or clause.excluded or clause.section)
        if before is not None and grows and plain and before.length is None:
            together = dict.fromkeys((*before.requested, *clause.requested))
            out.append(replace(clause, requested=tuple(together), only=True))
        else:
            out.append(clause)
    return out


def with_timeline(
    intent: PromptIntent, timeline: Timeline, form: FormRequest, ending: EndingRequest | None
) -> PromptIntent:
    """Add what a prompt says of parts of the track, its form and its ending."""
    said = [UnderstoodWords(words, "structure", "form") for words in form.written]
    said += [UnderstoodWords(words, "structure", "time") for words in timeline.written if words]
    if ending is not None:
        style = ending.style or "last hit"
        said += [UnderstoodWords(words, "ending", style) for words in ending.written]
        values = {"other": ending.style, "kept": ending.style}
        passed = tuple(ReportedWords("contradiction", words, values) for words in ending.passed)
        intent = replace(intent, reported=(*intent.reported, *passed))
    return replace(
        intent,
        clauses=timeline.clauses,
        form=form,
        ending=ending,
        understood=(*intent.understood, *said),
    )
