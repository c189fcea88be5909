"""What a prompt asks for, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from src.music.model.accounts import ReportedWords, UnderstoodWords
from src.music.model.part_request import PartRequest
from src.music.prompt.length import Length
from src.music.prompt.timing.endings import EndingRequest
from src.music.prompt.timing.form_words import FormRequest
from src.music.prompt.timing.moments import Moment


@dataclass(frozen=True)
class SectionRequest:
    """What is asked of all sections of a kind (intro, groove, build, drop, break, outro).

    factor: times as long; length: exactly so long; energy: added to the usual
    only: nothing plays there but what is wanted
    """

    kind: str
    factor: float = 1.0
    length: Length | None = None
    energy: float = 0.0
    removed: bool = False
    only: bool = False
    requested: tuple[PartRequest, ...] = ()
    excluded: tuple[str, ...] = ()
    feel: str = ""


@dataclass(frozen=True)
class ClauseRequest:
    """What is asked of a part of the track: of a block, or from or up to a moment.

    start, end, length: when it holds; None where it is not said
    follows: THEN, BECOMES, HEADED or "", see ``clauses.Clause``
    keeps, limits: see there; restricts: what it requests plays at no other time
    section, title: kind and name of a section that it calls for; "" for none
    only: nothing plays there but what is requested; full: everything does; silent: nothing
    enters, leaves: whether it speaks of a part that comes in, or goes
    genre, style, moods: of its own; empty leaves it to the track
    text: as it was written
    """

    text: str
    start: Moment | None = None
    end: Moment | None = None
    length: Length | None = None
    follows: str = ""
    keeps: bool = False
    limits: bool = False
    restricts: bool = False
    section: str = ""
    title: str = ""
    requested: tuple[PartRequest, ...] = ()
    excluded: tuple[str, ...] = ()
    only: bool = False
    full: bool = False
    silent: bool = False
    enters: bool = False
    leaves: bool = False
    genre: str = ""
    style: str = ""
    moods: tuple[str, ...] = ()


@dataclass(frozen=True)
class PromptIntent:
    """A prompt, understood. What it does not say is None or empty.

    bpm_range: where the prompt names a range; bpm is then its middle
    tempo_feel, length_feel: -1 slow or short, 1 fast or long
    key: as the house writes it; pitch, minor: where only one of them is named
    excluded: refused categories; excluded_words: refused sounds that are no whole category
    softer: categories asked to be less, in dB
    refused_genres, avoided_moods: "not techno", "not too dark"
    clauses: what is asked of parts of the track; form, ending: as they are named
    fills: False where fills are refused
    occasions: what it is for, when it is from, what it should call up
    suggested_bpm, suggested_genre: what suits them, where the prompt names neither
    suits_genre: whether that tempo is a genre's that has no grammar of its own
    metre: time signature; feel: "half-time" or "double-time"; swing: as GenreGrammar has it
    scale: a mode or scale besides minor and major; chords, progression: in order
    patterns: category -> name of the step pattern that it plays
    understood: which words made which field; reported: which have no effect, and why
    unknown: words that nobody understood, and that may be names of sounds in the library
    notes: what could not be granted and why, in English
    """

    prompt: str
    language: str = "en"
    bpm: float | None = None
    bpm_range: tuple[float, float] | None = None
    tempo_feel: float = 0.0
    key: str | None = None
    pitch: int | None = None
    minor: bool | None = None
    genre: str | None = None
    style: str = ""
    refused_genres: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    avoided_moods: tuple[str, ...] = ()
    requested: tuple[PartRequest, ...] = ()
    only_requested: bool = False
    excluded: tuple[str, ...] = ()
    excluded_words: tuple[str, ...] = ()
    softer: tuple[tuple[str, float], ...] = ()
    length: Length | None = None
    length_feel: float = 0.0
    sections: tuple[SectionRequest, ...] = ()
    clauses: tuple[ClauseRequest, ...] = ()
    form: FormRequest = FormRequest()  # noqa: RUF009
    ending: EndingRequest | None = None
    fills: bool | None = None
    occasions: tuple[str, ...] = ()
    suggested_bpm: float | None = None
    suggested_genre: str | None = None
    suits_genre: bool = False
    metre: str | None = None
    feel: str | None = None
    swing: float | None = None
    scale: str | None = None
    chords: tuple[str, ...] = ()
    progression: tuple[str, ...] = ()
    patterns: Mapping[str, str] = field(default_factory=dict)
    understood: tuple[UnderstoodWords, ...] = ()
    reported: tuple[ReportedWords, ...] = ()
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())

    @property
    def half_time(self) -> bool:
        """Whether the drums play at half the pace."""
        return self.feel == "half-time"

    def within(self, kind: str) -> "PromptIntent":
        """Return the intent as it holds in sections of a kind, which may have their own feel."""
        feel = self.section(kind).feel
        return replace(self, feel=feel) if feel else self

    def section(self, kind: str) -> SectionRequest:
        """Return what is asked of sections of a kind; an empty request where nothing is."""
        return next(
            (request for request in self.sections if request.kind == kind), SectionRequest(kind)
        )
