"""Reading a sentence from left to right: what is wanted, what is refused, and where.

A refusal ("no", "ohne", "без") holds until something ends it: the end of the clause, "but",
"with", an adjective or article after "and", or a comma that does not belong to a list.
"""

from dataclasses import replace

from src.music.prompt import item_kinds as kinds
from src.music.prompt.contents import (
    Description,
    InstrumentMention,
    PromptContents,
    joined_thing,
    mention_of,
)
from src.music.prompt.descriptions import describe, play_suggested, played
from src.music.prompt.items import (
    THINGS,
    Item,
    feel_section,
    list_goes_on,
    next_item,
    previous_item,
    section_beside,
    speaks_of_track,
    stands_in,
    text_behind,
)
from src.music.prompt.word_order import count_things_before, in_reading_order

_SHIFT = 0.15
_LONG, _SHORT = 1.6, 0.5


class PromptReader:
    """Reads the items of one prompt into the contents of the prompt."""

    def __init__(self, items: list[Item], *, language: str = "en") -> None:
        self.items = in_reading_order(items)
        self.item, self.index = Item("break", "", ""), 0
        self.found = PromptContents(language=language)
        self.section = ""
        self._refusing = self._fresh = self._strong = self._listing = False
        self._with = self._only = self._less = self._replacing = self._skip_thing = (
            self._instead
        ) = False
        self._denial = ""
        self._words: list[str] = []
        self._written: list[str] = []
        self._tags: list[str] = []
        self._gain_db = 0.0
        self._clause: list[int] = []
        self._moved: list[int] = []

    def read(self) -> PromptContents:
        """Read everything."""
        for index, item in enumerate(self.items):
            self.item, self.index = item, index
            if self._replacing and not self._fresh and item.text.casefold() in kinds.INSTEAD:
                self._end_refusal()
            if not self._describes():
                getattr(self, f"on_{kinds.SHARED.get(item.kind, item.kind)}", self.on_nothing)()
            if item.kind not in kinds.KEEPS_WORDS:
                self._words, self._tags, self._written = [], [], []
        self.found.account_for_things()
        return self.found

    def _describes(self) -> bool:
        """Take words that describe the track; they use up a refusal as a mood does."""
        refused = self._refusing or self._less
        section = feel_section(self.items, self.index) or self.section
        if section and not refused and self.found.take_feel(self.item, section):
            return True
        item = replace(self.item, text=self._with_denial(self.item.text))
        if not describe(item, self.found, refused=refused):
            self._denial = item.text.removesuffix(self.item.text).strip()
            return False
        self._fresh = self._less = False
        self._refusing = self._refusing and self.item.kind not in kinds.ENDING
        return True

    def _took(self, made: str, value: str) -> None:
        self.found.understand(self._with_denial(self.item.text), made, value)

    def _with_denial(self, words: str) -> str:
        """Put the word that denied them before the first words that it denied."""
        denial, self._denial = self._denial, ""
        return f"{denial} {words}".strip()

    def on_nothing(self) -> None:
        """Pass over a word that only holds the sentence together."""

    def on_break(self) -> None:
        """End everything that was pending at the end of a clause."""
        self._refusing = self._fresh = self._with = self._only = self._skip_thing = False
        self._less, self._replacing, self.section, self._gain_db = False, False, "", 0.0
        self._clause, self._moved = [], []

    def on_comma(self) -> None:
        """End a refusal at a comma unless it stands in a list, and what is said of a section."""
        if previous_item(self.items, self.index, ()).kind in kinds.DENIALS:
            self._end_refusal()
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
        self._skip_thing = self._less = False

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
        self._less = self._skip_thing = False
        self._gain_db = 0.0
        self.section = ""
        self._clause = []

    def on_with(self) -> None:
        """ "With" turns to what is wanted, unless it was just denied; after a section, in it."""
        self._refusing = self._fresh
        self._with = True
        before = previous_item(self.items, self.index)
        if before.kind == "section":
            self.section = before.value

    def on_negator(self) -> None:
        """ "No" starts a refusal; at the end of a clause it refuses what was just named."""
        following = next_item(self.items, self.index)
        before = previous_item(self.items, self.index)
        ends_here = following.kind in ("break", "comma", "and", "but")
        if self._clause and (ends_here or self.item.kind == "post_negator"):
            if text_behind(self.items, self.index) in kinds.EVERY:
                self._took("nothing", "every so often, which is reported")
                return
            row = count_things_before(self.items, self.index)
            self.found.refuse(self._clause[-row:] if row else self._clause)
            self._clause = [] if ends_here else self._clause
            self._took("excluded", "what stands before")
            return
        if before.kind in ("negator", "forget") and self.item.kind == "without" and self._fresh:
            self._refusing = self._fresh = False
            self._denial = f"{self._denial} {self.item.text}"
            return
        if ends_here:
            self._took("nothing", "no")
            return
        if before.kind == "section":
            self.section = before.value
        self._refusing = self._fresh = True
        self._strong = self.item.kind == "without"
        self._instead = self.item.text.casefold() in kinds.INSTEAD_OF
        self._denial = self.item.text
        self._clause = []

    def on_replace(self) -> None:
        """ "Replace the guitar with a piano" refuses what stands before "with", "durch", "на"."""
        self.on_negator()
        self._replacing = True

    def on_than(self) -> None:
        """ "Rather piano than guitar" refuses the guitar; "faster than usual" nothing."""
        said = {item.text.casefold() for item in self.items[: self.index]}
        if said & kinds.PREFERRED:
            self._refusing = self._fresh = True
            self._denial = self.item.text
            self._clause = []

    def on_forget(self) -> None:
        """ "Don't forget" wants, "forget" refuses."""
        self._refusing = self._fresh = not self._refusing
        self._denial = f"{self._denial} {self.item.text}".strip()
        self._strong = False

    def on_except(self) -> None:
        """ "Except" turns a refusal into a request, and back."""
        self._refusing = self._fresh = not self._refusing
        self._denial = self.item.text
        self._strong = True

    def on_free(self) -> None:
        """ "Vocal-free" refuses what was just named; elsewhere the word says nothing."""
        if previous_item(self.items, self.index, ()).kind in THINGS and self._clause:
            self.found.turn(self._clause[-1], f" {self.item.text}")

    def on_only(self) -> None:
        """ "Only piano", or "piano only", refuses all the rest."""
        following = next_item(self.items, self.index, kinds.BEFORE_THING)
        self._only = following.kind in THINGS and not (self._refusing and self._fresh)
        self.found.only_words = self.item.text
        ends_here = next_item(self.items, self.index, ("filler",)).kind in kinds.ENDS
        if ends_here and self._clause and not self._refusing:
            self.found.only_requested = previous_item(self.items, self.index).kind in THINGS
        if not (self._only or self.found.only_requested):
            self._took("nothing", "only")
        self._refusing = self._fresh = False

    def on_not_only(self) -> None:
        """ "Not only guitar" asks for the guitar, and for others as well."""
        self._denial = self.item.text

    def on_more(self) -> None:
        """Louder; it ends a refusal that was already used."""
        if self._refusing and not self._fresh:
            self._refusing = False
        self._gain_db, self._less = (0.0 if self._refusing else 2.0), False
        self._denial = f"{self._denial} {self.item.text}".strip()

    def on_level(self) -> None:
        """Read "guitar louder", "turn down the drums".

        It is said of what stands before it in its clause, else of what follows; of nothing it says
        how the track is.
        """
        louder = self.item.value == "louder"
        following = next_item(self.items, self.index, (*kinds.DESCRIBING, "filler", "article"))
        if self._clause and following.kind not in THINGS:
            gain_db = 2.0 if louder else -4.0
            self.found.describe(self._clause[-1], self.item.text, gain_db=gain_db)
        elif following.kind in THINGS:
            self._gain_db, self._denial = (2.0 if louder else -4.0), self.item.text
        else:
            self.found.moods.append("powerful" if louder else "quiet")
            self._took("moods", self.found.moods[-1])

    def on_less(self) -> None:
        """Softer, but not refused; of a mood, less is away from it."""
        self._refusing = self._fresh = False
        self._gain_db, self._less = -4.0, True
        self._denial = self.item.text

    def on_mood(self) -> None:
        """Take a mood of the track, of the instrument that follows, or of a section."""
        following = next_item(self.items, self.index, (*kinds.DESCRIBING, "filler", "and"))
        belongs = following.kind in ("instrument", "group")
        if self._refusing and self._fresh and following.kind == "section":
            self._took("excluded", f"such {following.value}")
            return
        if self._refusing or self.item.denied or (self._less and not belongs):
            self._avoid_mood(belongs=belongs and self._refusing)
        elif self._is_about_section():
            loud = self.item.value in kinds.LOUD_MOODS
            self.found.shift_energy(self._section_at(), _SHIFT if loud else -_SHIFT)
            self._took("energy", f"{self._section_at()} {'louder' if loud else 'quieter'}")
        else:
            self._words.append(self.item.value)
            self._tags.append(self.item.value)
            self._written.append(self.item.text)
            if not (belongs and (self._with or self.found.things or self.section)):
                self.found.moods.append(self.item.value)
                self.found.implied_moods += self.item.implies
                self._took("moods", ", ".join((self.item.value, *self.item.implies)))

    def _avoid_mood(self, *, belongs: bool) -> None:
        """Aim away from a mood; what is only "electronic" leaves out the synthesizers, too."""
        self.found.avoided_moods.append(self.item.value)
        if self.item.value in kinds.REFUSES_CATEGORIES:
            self.found.excluded_categories += kinds.REFUSES_CATEGORIES[self.item.value]
        self._took("excluded", self.item.value)
        self._skip_thing = belongs
        self._fresh = self._less = False

    def on_qualifier(self) -> None:
        """Describes the instrument that follows; without one, the whole track."""
        self._words.append(self.item.value)
        self._written.append(self.item.text)
        following = next_item(self.items, self.index, (*kinds.DESCRIBING, "filler", "and"))
        if following.kind in ("instrument", "group", "source", "unknown"):
            return
        if self.item.value in kinds.VOICES:
            words = self._with_denial(self.item.text)
            self.found.things.append(
                played(f"{self.item.value} vocal", words, refused=self._refusing)
            )
            self._fresh = False
            return
        if self._refusing:
            self.found.avoided_moods.append(self.item.value)
            self._took("excluded", self.item.value)
        elif previous_item(self.items, self.index, ()).kind != "instrument":
            self.found.moods.append(self.item.value)
            self._took("moods", self.item.value)
        elif self._clause:
            self.found.describe(self._clause[-1], self.item.text)

    def on_loud(self) -> None:
        """Take a loud section or a loud instrument."""
        about = self._section_at()
        self._took("energy", "quieter" if self._refusing else "louder")
        if about:
            self.found.shift_energy(about, -_SHIFT if self._refusing else _SHIFT)
            self._end_refusal()
        elif next_item(self.items, self.index).kind in ("break", "comma") and not self._clause:
            self.found.moods.append("quiet" if self._refusing else "powerful")
            self._end_refusal()
        else:
            self._gain_db = -3.0 if self._refusing else 2.0

    def on_slow(self) -> None:
        """Slow or fast: the tempo, or how a section goes, or only an instrument."""
        sign = -1.0 if (self.item.kind == "slow") != (self._refusing or self._less) else 1.0
        following = next_item(self.items, self.index)
        about = "" if following.kind == "section" else self._section_at()
        if about:
            self.found.shift_energy(about, sign * _SHIFT)
        elif following.kind == "section":
            self.found.stretch(following.value, _LONG if sign < 0 else _SHORT)
        elif following.kind in ("instrument", "group") and not (
            speaks_of_track(self.items, self.index, following) or self._is_first()
        ):
            self._words.append(self.item.kind)
            self._written.append(self.item.text)
            return
        else:
            self.found.lean(sign, self.item.text)
        self._took("bpm", "faster" if sign > 0 else "slower")
        self._refusing = self._fresh = self._less = False

    def on_long(self) -> None:
        """Long or short: a section, the whole track, or only an instrument."""
        is_long = (self.item.kind == "long") != self._refusing
        near = next_item(self.items, self.index, ("filler",))
        before = previous_item(self.items, self.index, ("filler",))
        if near.kind == "section":
            self.found.stretch(near.value, _LONG if is_long else _SHORT)
        elif near.kind in ("instrument", "group"):
            self._words.append(self.item.kind)
            self._written.append(self.item.text)
            return
        elif before.kind == "section":
            self.found.stretch(before.value, _LONG if is_long else _SHORT)
        else:
            self.found.length_feel = 1.0 if is_long else -1.0
        self._took("structure", "longer" if is_long else "shorter")
        self._refusing = self._fresh = False

    def on_genre(self) -> None:
        """Take a genre; right before an instrument it may only describe that."""
        genre, _, style = self.item.value.partition("/")
        following = next_item(self.items, self.index, ("filler",))
        listed = previous_item(self.items, self.index).kind in ("or", "and")
        if self._refusing and (self._fresh or listed):
            self.found.refused_genres.append(self.item.value if style else genre)
            self._took("excluded", f"{style} {genre}".strip())
            self._fresh = False
        elif following.kind in ("instrument", "group"):
            self.found.asides.append((genre, style))
            self._words.append(style or genre)
            self._took("genre", f"{style} {genre}".strip())
        else:
            self.found.genres.append((genre, style))
            play_suggested(self.item, self.found)
            self._took("genre", f"{style} {genre}".strip())

    def on_foreign_genre(self) -> None:
        """Note a genre without a grammar, unless it only describes an instrument."""
        if next_item(self.items, self.index, ()).kind in ("instrument", "group"):
            self._words.append(self.item.text.casefold())
            self._written.append(self.item.text)
        elif not self._refusing:
            self.found.note_foreign_genre(self.item)
            play_suggested(self.item, self.found)
            self._took("genre", self.item.english)
        else:
            self._took("excluded", self.item.text.casefold())
            self._fresh = False

    def on_section(self) -> None:
        """Take a section: refused, or the one that words refer to."""
        placed = stands_in(self.items, self.index)
        before = previous_item(self.items, self.index).kind
        removed = self._refusing and self._fresh and not placed and not self._clause
        self._took("structure", f"no {self.item.value}" if removed else self.item.value)
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
            self.found.place(self._moved, self.item.value)
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
        self._took("structure", self.section)
        self._end_refusal()

    def on_thing(self) -> None:
        """Take an instrument, asked for or refused."""
        if self._skip_thing:
            self._skip_thing = False
            self._took("excluded", f"such {self.item.value}")
            return
        before = previous_item(self.items, self.index, kinds.BEFORE_THING)
        if self._instead and self._refusing and before.kind in THINGS:
            self._end_refusal()  # "instead of the piano an organ"
        thing = self._thing()
        self._moved, self._fresh = [], False
        if thing is None:
            return
        if self.item.suggests and not thing.refused:
            self.found.suggestions.append(self.item.suggests)
        self._clause.append(len(self.found.things))
        self.found.things.append(thing)
        if self._only and thing.section:
            self.found.keep_only(thing.section)
        self.found.only_requested |= self._only and not thing.section

    def on_unknown(self) -> None:
        """Note a word that means nothing here; a refused one is kept as a word to avoid."""
        following = next_item(self.items, self.index, ("filler", *kinds.DESCRIBING))
        directly = next_item(self.items, self.index, ())
        if not kinds.SAYS_SOMETHING.search(self.item.text):
            return
        if not (self._refusing and self._fresh):
            self.found.note_unknown(self.items, self.index)
        if self._refusing and self._fresh and following.kind in (*THINGS, "unknown"):
            self.found.note_unknown(self.items, self.index)
            return
        if directly.kind == "instrument" and not self._refusing:
            self._words.append(self.item.value)
            return
        if self._refusing and self._fresh:
            self.found.excluded_words.append(self.item.value)
            self._took("excluded", self.item.value)
        self._fresh = False
        self._refusing = self._refusing and directly.kind == "or"

    def on_solo(self) -> None:
        """ "Solo piano" plays alone; a "guitar solo" is a guitar in front of the others."""
        if previous_item(self.items, self.index, ()).kind in THINGS and self._clause:
            louder = max(self.found.things[self._clause[-1]].request.gain_db, 2.0)
            self.found.describe(self._clause[-1], self.item.text, gain_db=louder)
            return
        self.on_only()
        if not self._only:
            self._took("requested", "solo")

    def _thing(self) -> InstrumentMention | None:
        """Read the instrument as described; None where it completes the one before."""
        item = self.item
        before = previous_item(self.items, self.index, ())
        if item.kind == before.kind == "instrument" and self._clause:
            joined = joined_thing(self.found.things[self._clause[-1]], item.value)
            if joined is not None:
                self.found.things[self._clause[-1]] = joined
                self.found.describe(self._clause[-1], item.text)
                return None
        described = Description(tuple(self._words), tuple(self._tags), self._gain_db, self.section)
        words = self._with_denial(" ".join([*dict.fromkeys(self._written), item.text]))
        return mention_of(item, described, words, refused=self._refusing)

    def _is_first(self) -> bool:
        return not (self.found.things or self.found.genres or self._with)

    def _end_refusal(self) -> None:
        self._refusing = self._fresh = False

    def _is_about_section(self) -> bool:
        about = self._section_at()
        return bool(about) and self.item.value in (*kinds.QUIET_MOODS, *kinds.LOUD_MOODS)

    def _section_at(self) -> str:
        """Find the section that a word describes: the one in question, or its neighbour."""
        return section_beside(self.items, self.index) or self.section
