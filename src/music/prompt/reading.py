"""Reading a sentence from left to right: what is wanted, what is refused, and where.

A refusal ("no", "ohne", "без") holds until something ends it: the end of the clause, "but",
"with", an adjective or article after "and", or a comma that does not belong to a list.
"""

from dataclasses import replace

from src.music.model.part_request import PartRequest
from src.music.prompt.contents import GROUPS, InstrumentMention, PromptContents, joined_thing
from src.music.prompt.items import THINGS, Item, list_goes_on, next_item, previous_item, stands_in

_QUIET_MOODS = ("soft", "calm", "minimal", "dreamy")
_LOUD_MOODS = ("hard", "heavy", "aggressive", "energetic", "euphoric", "epic", "driving", "harsh")
_SHIFT = 0.15
_LONG, _SHORT = 1.6, 0.5


class PromptReader:
    """Reads the items of one prompt into the contents of the prompt."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items
        self.item, self.index = Item("break", "", ""), 0
        self.found = PromptContents()
        self.section = ""
        self._refusing = self._fresh = self._strong = self._listing = False
        self._with = self._only = False
        self._words: list[str] = []
        self._tags: list[str] = []
        self._gain_db = 0.0
        self._skip_thing = False
        self._clause: list[int] = []
        self._moved: list[int] = []

    def read(self) -> PromptContents:
        """Read everything."""
        for index, item in enumerate(self.items):
            self.item, self.index = item, index
            getattr(self, f"on_{_SHARED.get(item.kind, item.kind)}", self.on_nothing)()
            if item.kind not in _SAYS_LITTLE and item.text:
                self.found.understood.append(item.text)
            if item.kind not in _KEEPS_WORDS:
                self._words, self._tags = [], []
        return self.found

    def on_nothing(self) -> None:
        """Pass over a word that only holds the sentence together."""

    def on_break(self) -> None:
        """End everything that was pending at the end of a clause."""
        self._refusing = self._fresh = self._with = self._only = self._skip_thing = False
        self.section = ""
        self._gain_db = 0.0
        self._clause, self._moved = [], []

    def on_comma(self) -> None:
        """End a refusal at a comma unless it stands in a list, and what is said of a section."""
        if self._refusing and not self._fresh:
            listed = next_item(self.items, self.index).kind in THINGS and self._listing
            self._refusing = self._listing = listed or list_goes_on(
                self.items, self.index, strong=self._strong
            )
        if not self._refusing:
            if previous_item(self.items, self.index).kind != "section":
                self.section = ""
            self._clause = []
        self._gain_db = 0.0
        self._skip_thing = False

    def on_or(self) -> None:
        """ "Or" stands before the last thing of a list."""
        self._listing = False

    def on_and(self) -> None:
        """ "And" goes on refusing only if a bare thing follows."""
        self._listing = False
        following = next_item(self.items, self.index, ("filler",))
        if self._refusing and not self._fresh:
            same = previous_item(self.items, self.index).kind == following.kind
            self._refusing = following.kind in THINGS or (same and following.kind == "mood")
        if following is not next_item(self.items, self.index, ()) and following.kind not in THINGS:
            self.section = ""
        self._gain_db = 0.0

    def on_but(self) -> None:
        """ "But" turns to what is wanted."""
        self._refusing = self._fresh = False
        self.section = ""
        self._clause = []

    def on_with(self) -> None:
        """ "With" turns to what is wanted; after a section's name, in that section."""
        self._refusing = self._fresh = False
        self._with = True
        before = previous_item(self.items, self.index)
        if before.kind == "section":
            self.section = before.value

    def on_negator(self) -> None:
        """ "No" starts a refusal; at the end of a clause it refuses what was just named."""
        following = next_item(self.items, self.index)
        before = previous_item(self.items, self.index)
        ends_here = following.kind in ("break", "comma", "and", "but")
        if self._clause and (ends_here or (self.item.kind, following.kind) == _OFF_IN_SECTION):
            for number in self._clause:
                self._turn(number)
            self._clause = [] if ends_here else self._clause
            return
        if before.kind in ("negator", "forget") and self.item.kind == "without" and self._fresh:
            self._refusing = self._fresh = False
            return
        if before.kind == "section":
            self.section = before.value
        self._refusing = self._fresh = True
        self._strong = self.item.kind == "without"
        self._clause = []

    def on_forget(self) -> None:
        """ "Don't forget" wants, "forget" refuses."""
        self._refusing = self._fresh = not self._refusing
        self._strong = False

    def on_except(self) -> None:
        """ "Except" turns a refusal into a request, and back."""
        self._refusing = self._fresh = not self._refusing
        self._strong = True

    def on_free(self) -> None:
        """ "Vocal-free" refuses what was just named; elsewhere the word says nothing."""
        if previous_item(self.items, self.index, ()).kind in THINGS and self._clause:
            self._turn(self._clause[-1])

    def on_only(self) -> None:
        """ "Only piano", or "piano only", refuses all the rest."""
        following = next_item(self.items, self.index, (*_DESCRIBING, "filler", "article", "with"))
        self._only = following.kind in THINGS and not self._refusing
        ends_here = next_item(self.items, self.index, ("filler",)).kind in _ENDS
        if ends_here and self._clause and not self._refusing:
            self.found.only_requested = previous_item(self.items, self.index).kind in THINGS
        self._refusing = self._fresh = False

    def on_more(self) -> None:
        """Louder; it ends a refusal that was already used."""
        if self._refusing and not self._fresh:
            self._refusing = False
        self._gain_db = 0.0 if self._refusing else 2.0

    def on_less(self) -> None:
        """Softer, but not refused."""
        self._refusing = self._fresh = False
        self._gain_db = -4.0

    def on_mood(self) -> None:
        """Take a mood of the track, of the instrument that follows, or of a section."""
        following = next_item(self.items, self.index, (*_DESCRIBING, "filler", "and"))
        belongs = following.kind in ("instrument", "group")
        if self._refusing:
            self.found.avoided_moods.append(self.item.value)
            self._skip_thing = belongs
            self._fresh = False
        elif self.item.denied:
            self.found.avoided_moods.append(self.item.value)
        elif self._is_about_section():
            loud = self.item.value in _LOUD_MOODS
            self.found.shift_energy(self._section_at(), _SHIFT if loud else -_SHIFT)
        else:
            self._words.append(self.item.value)
            self._tags.append(self.item.value)
            if not (belongs and (self._with or self.found.things or self.section)):
                self.found.moods.append(self.item.value)

    def on_qualifier(self) -> None:
        """Describes the instrument that follows."""
        self._words.append(self.item.value)

    def on_loud(self) -> None:
        """Take a loud section or a loud instrument."""
        about = self._section_at()
        if about:
            self.found.shift_energy(about, -_SHIFT if self._refusing else _SHIFT)
            self._end_refusal()
        else:
            self._gain_db = -3.0 if self._refusing else 2.0

    def on_slow(self) -> None:
        """Slow or fast: the tempo, or how a section goes, or only an instrument."""
        sign = -1.0 if (self.item.kind == "slow") != self._refusing else 1.0
        following = next_item(self.items, self.index)
        about = "" if following.kind == "section" else self._section_at()
        if about:
            self.found.shift_energy(about, sign * _SHIFT)
        elif following.kind == "section":
            self.found.stretch(following.value, _LONG if sign < 0 else _SHORT)
        elif following.kind in ("instrument", "group"):
            self._words.append(self.item.kind)
            return
        else:
            self.found.tempo_feel = sign
        self._refusing = self._fresh = False

    def on_long(self) -> None:
        """Long or short: a section, the whole track, or only an instrument."""
        is_long = (self.item.kind == "long") != self._refusing
        near = next_item(self.items, self.index, ("filler",))
        before = previous_item(self.items, self.index, ("filler",))
        if near.kind == "section":
            self.found.stretch(near.value, _LONG if is_long else _SHORT)
        elif near.kind in ("instrument", "group"):
            self._words.append(self.item.kind)
            return
        elif before.kind == "section":
            self.found.stretch(before.value, _LONG if is_long else _SHORT)
        else:
            self.found.length_feel = 1.0 if is_long else -1.0
        self._refusing = self._fresh = False

    def on_whole_length(self) -> None:
        """ "Radio edit", "extended mix"."""
        self.found.length_feel = 1.0 if (self.item.kind == "long_track") != self._refusing else -1.0

    def on_slow_build(self) -> None:
        """Take a build-up that takes its time."""
        self.found.stretch("build", _LONG)

    def on_half_time(self) -> None:
        """Drums at half the pace."""
        self.found.half_time = not self._refusing

    def on_double_time(self) -> None:
        """As fast as the genre goes."""
        self.found.tempo_feel = 1.0

    def on_mode(self) -> None:
        """Major or minor without a tonic."""
        self.found.minor = (self.item.kind == "minor") != self._refusing
        self._refusing = self._fresh = False

    def on_fill(self) -> None:
        """Fills, wanted or not."""
        self.found.fills = not self._refusing
        self._fresh = False

    def on_genre(self) -> None:
        """Take a genre; right before an instrument it may only describe that."""
        genre, _, style = self.item.value.partition("/")
        following = next_item(self.items, self.index, ("filler",))
        listed = previous_item(self.items, self.index).kind in ("or", "and")
        if self._refusing and (self._fresh or listed):
            self.found.refused_genres.append(self.item.value if style else genre)
            self._fresh = False
        elif following.kind in ("instrument", "group"):
            self.found.asides.append((genre, style))
            self._words.append(style or genre)
        else:
            self.found.genres.append((genre, style))

    def on_foreign_genre(self) -> None:
        """Note a genre without a grammar, unless it only describes an instrument."""
        if next_item(self.items, self.index, ("filler",)).kind in ("instrument", "group"):
            self._words.append(self.item.text.casefold())
        elif not self._refusing:
            self.found.foreign_genres.append(self.item.text.casefold())

    def on_section(self) -> None:
        """Take a section: refused, or the one that words refer to."""
        placed = stands_in(self.items, self.index)
        before = previous_item(self.items, self.index).kind
        if before in ("and", "or") and self._moved:
            again = [self.found.things[number] for number in self._moved]
            self.found.things += [replace(thing, section=self.item.value) for thing in again]
            return
        if before in ("after", "except") and self._clause:
            last = self.found.things[self._clause[-1]]
            refused = before == "after" or not last.refused
            self.found.things.append(replace(last, section=self.item.value, refused=refused))
            self._end_refusal()
            return
        if placed and self._clause:
            self._moved = self._clause if self._refusing else self._clause[-1:]
            for number in self._moved:
                self.found.things[number] = replace(
                    self.found.things[number], section=self.item.value
                )
            self._end_refusal()
            if self._only:
                self.found.keep_only(self.item.value)
                self.found.only_requested = self._only = False
        elif self._refusing and self._fresh and not placed:
            self.found.remove(self.item.value)
            self._fresh = False
        elif placed:
            self.section = self.item.value

    def on_verb(self) -> None:
        """ "Starts", "ends": what follows is said of the intro or the outro."""
        self.section = "intro" if self.item.kind == "start_verb" else "outro"
        self._end_refusal()

    def on_thing(self) -> None:
        """Take an instrument, asked for or refused."""
        if self._skip_thing:
            self._skip_thing = False
            return
        thing = self._thing()
        self._moved, self._fresh = [], False
        if thing is None:
            return
        self._clause.append(len(self.found.things))
        self.found.things.append(thing)
        if self._only and not thing.section:
            self.found.only_requested = True
        elif self._only:
            self.found.keep_only(thing.section)

    def on_unknown(self) -> None:
        """Note a word that means nothing here; a refused one is kept as a word to avoid."""
        if any(char.isalnum() for char in self.item.text):
            self.found.unknown.append(self.item.text)
        following = next_item(self.items, self.index, ("filler", *_DESCRIBING))
        directly = next_item(self.items, self.index, ())
        if self._refusing and self._fresh and following.kind in (*THINGS, "unknown"):
            return
        if directly.kind == "instrument" and not self._refusing:
            self._words.append(self.item.value)
            return
        if self._refusing and self._fresh:
            self.found.excluded_words.append(self.item.value)
        self._fresh = False
        self._refusing = self._refusing and directly.kind == "or"

    def _thing(self) -> InstrumentMention | None:
        """Read the instrument as described; None where it only completes the one before ("piano
        chords").
        """
        item = self.item
        before = previous_item(self.items, self.index, ())
        if item.kind == before.kind == "instrument" and self._clause:
            joined = joined_thing(self.found.things[self._clause[-1]], item.value)
            if joined is not None:
                self.found.things[self._clause[-1]] = joined
                return None
        return InstrumentMention(
            PartRequest(
                name=item.value,
                category=item.category or item.value,
                tags=tuple(dict.fromkeys(self._tags)),
                text=" ".join([*dict.fromkeys(self._words), item.value]),
                gain_db=self._gain_db,
            ),
            refused=self._refusing != (item.kind == "refusal"),
            part=item.part,
            named=item.named,
            group=item.value in GROUPS and item.kind != "instrument",
            section=self.section,
        )

    def _turn(self, number: int) -> None:
        thing = self.found.things[number]
        self.found.things[number] = replace(thing, refused=not thing.refused)

    def _end_refusal(self) -> None:
        self._refusing = self._fresh = False

    def _is_about_section(self) -> bool:
        about = self._section_at()
        return bool(about) and self.item.value in (*_QUIET_MOODS, *_LOUD_MOODS)

    def _section_at(self) -> str:
        """Find the section that a word describes: the one in question, or its neighbour."""
        following = next_item(self.items, self.index, ("filler",))
        if following.kind in _VERB_SECTIONS:
            return _VERB_SECTIONS[following.kind]
        if following.kind == "section":
            return following.value
        before = previous_item(self.items, self.index, ("filler",))
        if before.kind == "section" and following.kind in ("break", "comma", "and", "but"):
            return before.value
        return self.section


_DESCRIBING = ("mood", "qualifier", "genre", "style", "foreign_genre", "slow", "fast", "long",
               "short")  # fmt: skip
_ENDS = ("break", "comma", "but")
_VERB_SECTIONS = {"start_verb": "intro", "end_verb": "outro"}
_OFF_IN_SECTION = ("post_negator", "section")
_SAYS_LITTLE = (
    "unknown", "comma", "break", "colon", "filler", "in", "article", "and", "or", "with", "but",
    "whole",
)  # fmt: skip
_KEEPS_WORDS = (*_DESCRIBING, "and", "filler", "unknown")
_SHARED = {
    "without": "negator",
    "post_negator": "negator",
    "fast": "slow",
    "short": "long",
    "long_track": "whole_length",
    "short_track": "whole_length",
    "minor": "mode",
    "major": "mode",
    "style": "genre",
    "start_verb": "verb",
    "end_verb": "verb",
    "instrument": "thing",
    "group": "thing",
    "refusal": "thing",
}
"""Kinds of items that are read by the method of another kind."""
