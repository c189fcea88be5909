"""Words that describe the whole track: occasions, decades, pictures, tempo words, scales, rhythms.

Each takes one item and writes what it says into the contents of the prompt. What it refuses ("not
for kids", "no swing") is kept as the opposite where there is one, and as a mood to avoid otherwise.
"""

from collections.abc import Callable, Mapping

from src.music.model.part_request import PartRequest
from src.music.prompt.contents import InstrumentMention, PromptContents
from src.music.prompt.items import Item
from src.music.prompt.lexicon import prompt_lexicon
from src.words.spelling import words_of

_SWUNG = ("swing", "triplets")


def describe(item: Item, contents: PromptContents, *, refused: bool) -> bool:
    """Take an item that describes the track. Returns whether its kind is one of those."""
    take = _TAKERS.get(item.kind)
    if take is None:
        return False
    take(item, contents, refused)
    return True


def _occasion(item: Item, contents: PromptContents, refused: bool) -> None:
    """Take the moods of an occasion, a decade or a picture, and what suits it."""
    if refused:
        contents.avoided_moods += item.implies[:1]
        contents.understand(item.text, "excluded", ", ".join(item.implies[:1]))
        return
    contents.occasions.append(item.value)
    contents.implied_moods += item.implies
    contents.suggestions.append(item.suggests)
    if "plays" in item.suggests:
        contents.things.append(played(item.suggests["plays"], item.text))
    contents.understand(item.text, item.kind, item.value)


def play_suggested(item: Item, contents: PromptContents) -> None:
    """Ask for the instrument that the name of a genre says: "classical piano"."""
    if "plays" in item.suggests:
        contents.things.append(played(item.suggests["plays"], item.text))


def played(name: str, words: str, *, refused: bool = False) -> InstrumentMention:
    """Ask for an instrument by its name in the vocabulary."""
    (found, *_), _ = prompt_lexicon().find(words_of(name), 0)
    entry = found.entry
    request = PartRequest(name=entry.value, category=entry.category, text=entry.value)
    return InstrumentMention(
        request, refused=refused, part=entry.part, named=entry.named, words=words
    )


def _tempo_word(item: Item, contents: PromptContents, refused: bool) -> None:
    """Take the tempo that a word means; refused, the tempo goes away from it."""
    bpm = float(item.suggests["bpm"])
    if refused:
        contents.tempo_feel = -1.0 if bpm > _MIDDLE_BPM else 1.0
        contents.understand(item.text, "bpm", f"not {item.value}")
        return
    contents.tempo_word = bpm
    contents.understand(item.text, "bpm", f"{item.value}, {bpm:g}")


def _metre(item: Item, contents: PromptContents, refused: bool) -> None:
    if refused:
        contents.report("not_granted", item.text, what="the refusal of a metre")
        return
    contents.metre = contents.metre or item.value
    contents.understand(item.text, "metre", item.value)


def _scale(item: Item, contents: PromptContents, refused: bool) -> None:
    """Take a scale, and the mode that comes with it."""
    if refused:
        contents.report("not_granted", item.text, what="the refusal of a scale")
        return
    contents.scale = item.value
    if "mode" in item.suggests:
        contents.scale_minor = item.suggests["mode"] == "minor"
    contents.understand(item.text, "scale", item.value)


def _progression(item: Item, contents: PromptContents, refused: bool) -> None:
    if refused:
        contents.report("not_granted", item.text, what="the refusal of a progression")
        return
    contents.progression = tuple(item.value.split())
    contents.suggestions.append(item.suggests)
    contents.understand(item.text, "progression", item.value)


def _feel(item: Item, contents: PromptContents, refused: bool) -> None:
    """Take half time, double time, swing or straight time."""
    if "swing" in item.suggests:
        swings = (item.value in _SWUNG) != refused
        contents.swing = float(item.suggests["swing"]) if not refused else 0.0
        if not refused and "genre" in item.suggests:
            contents.suggestions.append({"genre": item.suggests["genre"]})
        contents.understand(item.text, "swing", f"{contents.swing:g}" if swings else "0")
        return
    contents.feel = None if refused else item.value
    contents.understand(item.text, "feel", f"not {item.value}" if refused else item.value)


def _rhythm(item: Item, contents: PromptContents, refused: bool) -> None:
    """Take a step pattern by name: of the instrument that follows, or of its usual player."""
    if refused:
        contents.report("not_granted", item.text, what="the refusal of a rhythm")
        return
    contents.rhythm = item.value
    if item.category:
        contents.patterns[item.category] = item.value
    contents.understand(item.text, "pattern", item.value)
    player = prompt_lexicon().word(item.text.split()[-1])
    if len(item.text.split()) > 1 and player and player[0].entry.kind == "instrument":
        contents.things.append(played(player[0].entry.name, ""))


def _technique(item: Item, contents: PromptContents, refused: bool) -> None:
    """Report a way to play that nothing in the house plays; its refusal is granted."""
    if refused:
        contents.understand(item.text, "nothing", f"no {item.value}")
        return
    contents.report("not_granted", item.text, what=item.value)


def _whole_length(item: Item, contents: PromptContents, refused: bool) -> None:
    """Take "radio edit" and "extended mix"."""
    contents.length_feel = 1.0 if (item.kind == "long_track") != refused else -1.0
    contents.understand(item.text, "structure", "longer" if contents.length_feel > 0 else "shorter")


def _slow_build(item: Item, contents: PromptContents, refused: bool) -> None:
    """Take a build-up that takes its time, or shall not."""
    contents.stretch("build", 1.0 / _LONG_BUILD if refused else _LONG_BUILD)
    contents.understand(item.text, "structure", "shorter build" if refused else "longer build")


def _mode(item: Item, contents: PromptContents, refused: bool) -> None:
    """Take major or minor without a tonic."""
    contents.minor = (item.kind == "minor") != refused
    contents.understand(item.text, "key", "minor" if contents.minor else "major")


def _fill(item: Item, contents: PromptContents, refused: bool) -> None:
    """Take fills, wanted or not."""
    contents.fills = not refused
    contents.understand(item.text, "fills", "yes" if contents.fills else "no")


def _nothing_else(item: Item, contents: PromptContents, _: bool) -> None:
    """Let what was asked for so far play alone."""
    contents.only_requested = any(not thing.refused for thing in contents.things)
    contents.only_words = item.text


def _unaccompanied(item: Item, contents: PromptContents, refused: bool) -> None:
    """Take "a cappella": voices alone, and what else is asked for by name."""
    request = PartRequest(item.value, item.value, text=item.value)
    contents.things.append(InstrumentMention(request, refused=refused, words=item.text))
    contents.only_requested = not refused
    contents.unaccompanied = "" if refused else item.text
    contents.only_words = item.text


_LONG_BUILD = 1.6
_MIDDLE_BPM = 110.0
_Taker = Callable[[Item, PromptContents, bool], None]
_TAKERS: Mapping[str, _Taker] = {
    "occasion": _occasion,
    "decade": _occasion,
    "picture": _occasion,
    "tempo_word": _tempo_word,
    "metre": _metre,
    "scale": _scale,
    "progression": _progression,
    "feel": _feel,
    "fade": _technique,
    "rhythm": _rhythm,
    "technique": _technique,
    "long_track": _whole_length,
    "short_track": _whole_length,
    "slow_build": _slow_build,
    "minor": _mode,
    "major": _mode,
    "fill": _fill,
    "nothing_else": _nothing_else,
    "unaccompanied": _unaccompanied,
}
