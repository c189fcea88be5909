"""Cutting a prompt into clauses: what is said of one stretch of the track, and of no other."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from src.music.prompt.length import Length
from src.music.prompt.timing.moments import (
    AT,
    BARE,
    BEFORE,
    FROM,
    LASTING,
    START,
    UNTIL,
    WITHIN,
    Moment,
    TimeMark,
    find_marks,
)
from src.words.timeline_words import timeline_words

Span = tuple[int, int]

THEN, BECOMES, HEADED = "then", "becomes", "headed"
"""How a clause follows the one before: in time, as a change of all, or under a section's name."""


@dataclass(frozen=True)
class Clause:
    """A part of a prompt that speaks of a part of the track.

    span: where its words stand; marks: the words among them that say when
    follows: THEN, BECOMES, HEADED or "" of one that stands for itself
    start, end, length: when it holds; None where it is not said
    keeps: whether what starts here goes on ("from bar 33 on")
    limits: whether the end is that of what plays ("until the drop"), not of a block
    """

    span: Span
    marks: tuple[Span, ...] = ()
    follows: str = ""
    start: Moment | None = None
    end: Moment | None = None
    length: Length | None = None
    keeps: bool = False
    limits: bool = False

    @property
    def opens(self) -> bool:
        """Whether it says with what the track begins, and not how long."""
        begins = self.start is not None and (self.start.bars == 0.0 or self.start.seconds == 0.0)
        return begins and self.end is None and self.length is None

    @property
    def is_placed(self) -> bool:
        """Whether it is said when it holds."""
        return self.start is not None or self.end is not None


@dataclass(frozen=True)
class _Piece:
    """Words between two signs. by, led: the sign or word before them, and where it stands; marks:
    those within.
    """

    span: Span
    by: str
    marks: tuple[TimeMark, ...]
    led: Span = (0, 0)

    @property
    def follows(self) -> bool:
        """Whether it follows the one before in time."""
        return self.by in (THEN, BECOMES)


Says = Callable[[str], frozenset[str]]
"""Tells of which kinds the words of a text are: thing, genre, mood, section, only, refused ..."""

_LEAST_ROW = 3
"""So many pieces in a row that say how many bars they last follow each other in time."""

_TELLING = frozenset({"thing", "section", "everything", "silence", "mood", "genre"})


def cut_clauses(text: str, says: Says) -> tuple[Clause, ...]:
    """Cut what is said of parts of the track out of a prompt; empty where all is said of all.

    text: in the spelling of ``fold``, with what is read already taken out

    A comma, a stop or a word like "then" ends a piece. A piece with words that say when is a
    clause, and so is each that follows another in time.
    """
    marks = find_marks(text)
    order = _separators(text)
    timed = any(mark.kind not in (BARE, LASTING) for mark in marks)
    lasting = any(mark.kind == LASTING for mark in marks)
    rows = sum(mark.length is not None and mark.length.bars is not None for mark in marks)
    follows = any(by in (THEN, BECOMES) for _, _, by in order)
    if not timed and not lasting and not follows and rows < _LEAST_ROW:
        return ()
    return tuple(_Cutting(text, marks, says).clauses(order))


def _separators(text: str) -> list[tuple[int, int, str]]:
    """List the signs and words that end a piece, with what follows one: THEN, BECOMES, a comma."""
    found = []
    for match in _separator().finditer(text):
        by = THEN if match["then"] else BECOMES if match["becomes"] else ","
        found.append((match.start(), match.end(), by if match["and"] is None else "and"))
    return found


@cache
def _separator() -> re.Pattern[str]:
    w = timeline_words()
    return re.compile(
        rf"(?:[,;]\s*)?(?:(?P<then>{w['then']})|(?P<becomes>{w['becomes']}))\s*:?"
        rf"|(?P<and>{w['and']})"
        r"|[;!?()\n\x00—–]|,(?!\d)|\.(?!\d)|(?<!\d):|(?<=\s)-(?=\s)"
    )


class _Cutting:
    """Cuts one prompt."""

    def __init__(self, text: str, marks: Sequence[TimeMark], says: Says) -> None:
        self._text = text
        self._marks = marks
        self._says = says
        self._known: dict[Span, frozenset[str]] = {}
        self._genres = 0

    def clauses(self, order: Sequence[tuple[int, int, str]]) -> Iterator[Clause]:
        """List the clauses, in the order of the text. order: the separators"""
        pieces = self._joined(list(self._pieces(order)))
        in_order = self._is_sequence(pieces)
        rows = self._rows(pieces)
        opens = any(_is_position(mark) for piece in pieces for mark in piece.marks)
        opened = False
        self._genres = sum("genre" in self._kinds(piece) for piece in pieces)
        for number, piece in enumerate(pieces):
            chained = (in_order and (piece.follows or _leads_on(pieces, number))) or number in rows
            clause = self._clause(piece, chained=chained, alone=len(pieces) == 1)
            if chained and not clause.follows and _in_a_row(pieces, number):
                clause = replace(clause, follows=THEN)
            if opens and not clause.is_placed and self._opens(piece):
                clause = replace(clause, start=START)
            elif opened and clause.start is not None and not clause.follows:
                clause = replace(clause, follows=THEN)
            opened = opened or (opens and clause.opens)
            if (
                clause.is_placed
                or clause.length is not None
                or (chained and self._kinds(piece) & _TELLING)
            ):
                yield clause

    def _rows(self, pieces: Sequence[_Piece]) -> set[int]:
        """Number the pieces of rows: "8 bars pads, 8 bars pads and bass, 16 bars everything"."""
        found: set[int] = set()
        for first in range(len(pieces)):
            last = first + 1
            while last < len(pieces) and _in_a_row(pieces, last):
                last += 1
            told = all(self._kinds(piece) & {"thing", "everything"} for piece in pieces[first:last])
            if last - first >= _LEAST_ROW and told:
                found |= set(range(first, last))
        return found

    def _opens(self, piece: _Piece) -> bool:
        """Tell whether a piece says with whom the track begins: "starts with drums only"."""
        starts = re.match(rf"\s*{timeline_words()['starts']}", self._text[piece.span[0] :])
        return starts is not None and "thing" in self._kinds(piece)

    def _kinds(self, piece: _Piece) -> frozenset[str]:
        """Tell what the words of a piece say, but for those that say when."""
        if piece.span not in self._known:
            words = self._text
            for mark in piece.marks:
                words = words[: mark.span[0]] + " " * (mark.span[1] - mark.span[0]) + (
                    words[mark.span[1] :]
                )  # fmt: skip
            self._known[piece.span] = self._says(words[piece.span[0] : piece.span[1]])
        return self._known[piece.span]

    def _pieces(self, order: Sequence[tuple[int, int, str]]) -> Iterator[_Piece]:
        """Cut at all separators but those within a mark, and at "and" only between two times."""
        start, by, led = 0, "", (0, 0)
        for first, last, following in [*order, (len(self._text), len(self._text), "")]:
            if any(m.span[0] < last and first < m.span[1] for m in self._marks):
                continue
            within = tuple(m for m in self._marks if start <= m.span[0] and m.span[1] <= first)
            if following == "and" and not self._and_divides(start, last, within):
                continue
            yield _Piece((start, first), by, within, led)
            start, by, led = last, following, (first, last)

    def _and_divides(self, start: int, at: int, within: Sequence[TimeMark]) -> bool:
        """Tell whether "and" parts two things that each have their time.

        Or what is said of the whole track from what has a time.

        start: where the piece begins; at: behind the "and"
        """
        following = _separator().search(self._text, at)
        while following is not None and following["and"]:
            following = _separator().search(self._text, following.end())
        end = len(self._text) if following is None else following.start()
        if not any(at <= m.span[0] < end and _is_position(m) for m in self._marks):
            return False
        if any(_is_position(m) for m in within):
            return True
        return bool(self._says(self._text[start:at]) & {"genre", "section"})

    def _joined(self, pieces: list[_Piece]) -> list[_Piece]:
        """Join a piece that only says when with what it is said of, and lists that go on."""
        out: list[_Piece] = []
        for number, piece in enumerate(pieces):
            if not self._kinds(piece) and not piece.marks and not piece.follows:
                continue
            joins = out and (
                self._is_taken(out[-1], piece)
                or self._belongs_before(out[-1], piece, pieces[number + 1 :])
                or self._goes_on(out[-1], piece)
            )
            if joins:
                before = out[-1]
                marks = (*before.marks, *piece.marks)
                span = before.span[0], piece.span[1]
                lone = piece.follows and not self._kinds(before)
                by, led = (piece.by, piece.led) if lone else (before.by, before.led)
                out[-1] = _Piece(span, by, marks, led)
            else:
                out.append(piece)
        return out

    def _is_taken(self, before: _Piece, piece: _Piece) -> bool:
        """Tell whether a lone time takes the words behind it: "in the middle, only piano"."""
        if self._kinds(before) or not any(_is_position(mark) for mark in before.marks):
            return False
        by = piece.by == "," or piece.follows
        return by and not any(_is_position(mark) for mark in piece.marks)

    def _belongs_before(self, before: _Piece, piece: _Piece, following: Sequence[_Piece]) -> bool:
        """Tell whether a lone time closes what stands before it: "pads, for 8 bars, then"."""
        if not piece.marks or self._kinds(piece) or piece.by != ",":
            return False
        kinds = self._kinds(before)
        if "thing" not in kinds or any(_is_position(mark) for mark in before.marks):
            return False
        if not following:
            return any(_is_position(mark) for mark in piece.marks)
        return following[0].follows

    def _goes_on(self, before: _Piece, piece: _Piece) -> bool:
        """Tell whether a comma stands in a list: "the first 8 bars only kick, bass and pads"."""
        if piece.by != "," or piece.marks or self._kinds(piece) != {"thing"}:
            return False
        return bool(before.marks) and {"only", "thing"} <= self._kinds(before)

    def _is_sequence(self, pieces: Sequence[_Piece]) -> bool:
        """Tell whether "then" orders parts of the track, and not only sections with an order."""
        chain = [p for n, p in enumerate(pieces) if p.follows or _leads_on(pieces, n)]
        if len(chain) < 2:
            return False
        if any(piece.marks for piece in chain):
            return True
        kinds = [self._kinds(piece) for piece in chain]
        if any("refused" in one for one in kinds):
            return False
        things = [one for one in kinds if one & {"thing", "everything"}]
        moods = [one for one in kinds if "mood" in one and "section" not in one]
        genres = [one for one in kinds if "genre" in one]
        return max(len(things), len(moods), len(genres)) >= 2

    def _clause(self, piece: _Piece, *, chained: bool, alone: bool) -> Clause:
        """Read the marks of a piece; a length that may be the track's is its own in a chain."""
        clause = Clause(piece.span)
        if piece.follows:
            clause = replace(clause, follows=piece.by, marks=(piece.led,))
        for mark in sorted(piece.marks, key=lambda mark: mark.kind in (BARE, LASTING)):
            placed = self._placed(clause, mark, piece)
            if placed is None and self._is_its_length(clause, mark, piece, chained, alone):
                placed = replace(clause, length=mark.length)
            if placed is not None:
                clause = replace(placed, marks=(*clause.marks, mark.span))
        return clause

    def _placed(self, clause: Clause, mark: TimeMark, piece: _Piece) -> Clause | None:
        if mark.kind in (AT, FROM):
            return replace(clause, start=mark.start, keeps=mark.kind == FROM)
        if mark.kind == WITHIN:
            return replace(clause, start=mark.start, end=mark.end)
        lasts = any(one.kind in (BARE, LASTING) for one in piece.marks)
        bounded = self._kinds(piece) & {"refused", "only", "silence"} or lasts
        if mark.kind == UNTIL or (mark.kind == BEFORE and bounded):
            return replace(clause, end=mark.end, limits=True)
        return None

    def _is_its_length(
        self, clause: Clause, mark: TimeMark, piece: _Piece, chained: bool, alone: bool
    ) -> bool:
        """Tell whether a length is the clause's; else it may be the whole track's."""
        kinds = self._kinds(piece)
        if mark.length is None or not kinds & _TELLING:
            return False
        in_bars = mark.length.bars is not None
        if mark.kind == BARE:
            if in_bars and "thing" in kinds and any(m.kind == BEFORE for m in piece.marks):
                return True  # "before the last chorus the bass stops 4 bars"
            return chained and (in_bars or "genre" not in kinds or self._genres > 1)
        alone_only = in_bars and not alone and {"only", "thing"} <= kinds
        return mark.kind == LASTING and (chained or clause.is_placed or alone_only)


def _leads_on(pieces: Sequence[_Piece], number: int) -> bool:
    """Tell whether "then" comes next, or lengths in a row up to one: "8 bars A, 8 bars B, then"."""
    if number + 1 >= len(pieces):
        return False
    if pieces[number + 1].follows:
        return True
    return _in_a_row(pieces, number + 1) and _leads_on(pieces, number + 1)


def _in_a_row(pieces: Sequence[_Piece], number: int) -> bool:
    """Tell whether a piece and the one before it each say how many bars they last."""
    return number > 0 and all(
        any(mark.length is not None and mark.length.bars is not None for mark in piece.marks)
        for piece in pieces[number - 1 : number + 1]
    )


def _is_position(mark: TimeMark) -> bool:
    return mark.kind in (AT, FROM, UNTIL, WITHIN)
