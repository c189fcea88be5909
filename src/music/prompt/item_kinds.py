"""Kinds of items, and words among them, by which the reader of prompts tells them apart."""

import re

from src.words.spelling import PICTURES

QUIET_MOODS = ("soft", "calm", "minimal", "dreamy", "quiet", "gentle", "peaceful", "tender")
LOUD_MOODS = ("hard", "heavy", "aggressive", "energetic", "euphoric", "epic", "driving", "harsh",
               "powerful", "wild", "lively")  # fmt: skip
DESCRIBING = ("mood", "qualifier", "genre", "style", "foreign_genre", "slow", "fast", "long",
               "short")  # fmt: skip
BEFORE_THING = (*DESCRIBING, "filler", "article", "with")
ENDS = ("break", "comma", "but")
VERB_SECTIONS = {"start_verb": "intro", "end_verb": "outro"}
PREFERRED = frozenset({"rather", "prefer", "lieber", "eher", "лучше", "скорее"})
INSTEAD = ("with", "by", "for", "durch", "gegen", "mit", "на")
INSTEAD_OF = frozenset({"instead of", "in place of", "statt", "anstatt", "anstelle", "anstelle von",
                        "вместо", "взамен"})  # fmt: skip
"""Negators after which only the first thing is refused: "instead of the piano an organ"."""

EVERY = frozenset({"every", "each", "alle", "jede", "jeden", "jedes", "каждые", "каждый", "каждую"})
"""Words after which a place comes again and again, which nothing plays yet."""

VOICES = ("female", "male")
DENIALS = ("negator", "without", "forget", "except")
REFUSES_CATEGORIES = {"electronic": ("synth", "lead", "pad")}
KEEPS_WORDS = (*DESCRIBING, "and", "filler", "unknown", "more", "less")
SHARED = {
    "without": "negator",
    "post_negator": "negator",
    "fast": "slow",
    "short": "long",
    "style": "genre",
    "start_verb": "verb",
    "end_verb": "verb",
    "instrument": "thing",
    "group": "thing",
    "refusal": "thing",
}
"""Kinds of items that are read by the method of another kind."""

ENDING = ("minor", "major", "unaccompanied", "nothing_else")
"""Kinds of items after which a refusal is over."""

SAYS_SOMETHING = re.compile(rf"[^\W_]|{PICTURES}")
"""A letter, a figure or a picture sign ("🔥"): what is not understood and has one is told."""
