"""Prompts in three languages, and what must be understood of them."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src.core.errors import InvalidInputError
from src.music.model.plan import MAX_TEXT
from src.music.prompt.intent import PromptIntent
from src.music.prompt.understanding import understand_prompt
from src.music.theory.library import DRUM_CATEGORIES

DRUMS = set(DRUM_CATEGORIES)

# What is given must be understood exactly; what is not given is not looked at, but for
# "excluded" and "requested", which must then be empty.
PROMPTS: list[tuple[str, dict[str, Any]]] = [
    # the seeds' own
    ("driving industrial techno 138 bpm",
     {"bpm": 138, "genre": "techno", "style": "industrial", "moods": {"driving", "industrial"}}),
    ("aggressiver düsterer Techno Track 135 bpm",
     {"bpm": 135, "genre": "techno", "moods": {"aggressive", "dark"}, "language": "de"}),
    # English
    ("house with piano, no vocals, 124",
     {"genre": "house", "bpm": 124, "requested": {"piano"}, "excluded": {"vocal"}}),
    ("without drums but with percussion",
     {"requested": {"percussion"},
      "excluded": {"kick", "snare", "clap", "hihat", "cymbal", "tom"}}),
    ("drum and bass 174 with female vocals",
     {"genre": "drum and bass", "bpm": 174, "requested": {"female vocal"}}),
    ("drums and bass, no synths",
     {"genre": None, "requested": {"drums", "bass"}, "excluded": {"synth", "lead", "pad"}}),
    ("drum & bass without bass", {"genre": "drum and bass", "excluded": {"bass"}}),
    ("no drum and bass, please, house",
     {"genre": "house", "refused_genres": {"drum and bass"}}),
    ("liquid dnb, soulful, rhodes",
     {"genre": "drum and bass", "style": "liquid", "requested": {"rhodes"}}),
    ("dark techno at 90", {"genre": "techno", "bpm": 90, "moods": {"dark"}}),
    ("techno from 1994 with 909 hats and an 808",
     {"bpm": None, "requested": {"hi-hat", "808 bass"}}),
    ("acid line from a 303, 130",
     {"bpm": 130, "requested": {"acid bass"}}),
    ("120-125 bpm deep house in C minor",
     {"bpm": 122, "bpm_range": (120, 125), "key": "Cm", "genre": "house", "style": "deep"}),
    ("between 170 and 176 bpm, jungle", {"bpm": 173, "style": "jungle"}),
    ("not without drums, house", {"genre": "house", "requested": {"drums"}}),
    ("don't forget the vocals, trance", {"genre": "trance", "requested": {"vocal"}}),
    ("everything except vocals, techno", {"genre": "techno", "excluded": {"vocal"}}),
    ("no drums except kick",
     {"requested": {"kick"}, "excluded": DRUMS - {"kick", "drums"}}),
    ("no bass-heavy stuff, ambient", {"genre": "ambient", "avoided": {"heavy"}}),
    ("bass-heavy dubstep", {"genre": "dubstep", "moods": {"heavy"}}),
    ("no bass drum", {"excluded": {"kick"}}),
    ("no distorted bass, techno", {"genre": "techno", "avoided": {"distorted"}}),
    ("not too dark, not too bright", {"moods": set(), "avoided": {"dark", "bright"}}),
    ("not only dark but also hypnotic techno", {"moods": {"dark", "hypnotic"}}),
    ("no vocals, driving bass", {"requested": {"bass"}, "excluded": {"vocal"}}),
    ("no vocals, drums or pads", {"excluded": {"vocal", "pad"} | DRUMS}),
    ("no vocals and a deep bass", {"requested": {"bass"}, "excluded": {"vocal"}}),
    ("house, no vocals, piano, strings",
     {"requested": {"piano", "strings"}, "excluded": {"vocal"}}),
    ("ambient without pads, keys, strings", {"excluded": {"pad", "keys", "strings"}}),
    ("I don't want any drums or hi-hats in this ambient track",
     {"genre": "ambient", "excluded": DRUMS}),
    ("house, but not deep house", {"genre": "house", "style": ""}),
    ("not house. techno.", {"genre": "techno", "refused_genres": {"house"}}),
    ("no piano but rhodes", {"requested": {"rhodes"}, "words": {"piano"}}),
    ("no open hats, house", {"genre": "house", "words": {"open hi-hat"}}),
    ("no kazoo please, house", {"genre": "house", "words": {"kazoo"}}),
    ("no annoying vocals", {"excluded": {"vocal"}}),
    ("vocal-free house", {"excluded": {"vocal"}}),
    ("drumless ambient", {"excluded": DRUMS}),
    ("instrumental hip hop, lofi",
     {"genre": "hip hop", "style": "lofi", "excluded": {"vocal"}}),
    ("Nothing with vocals please", {"excluded": {"vocal"}}),
    ("synthwave w/o vocals", {"genre": "synthwave", "excluded": {"vocal"}}),
    ("less drums, more bass", {"requested": {"bass"}, "softer": {"drums"}}),
    ("trap drums with ambient pads", {"genre": "trap", "requested": {"drums", "pad"}}),
    ("uplifting trance, 140, no breakdown",
     {"bpm": 140, "style": "uplifting", "removed": {"break"}}),
    ("trance with a long breakdown and no drums in the intro",
     {"genre": "trance", "longer": {"break"}, "section_excluded": {"intro": DRUMS}}),
    ("the intro should have no drums", {"section_excluded": {"intro": DRUMS}}),
    ("intro without drums, techno", {"section_excluded": {"intro": DRUMS}}),
    ("no vocals except in the breakdown",
     {"excluded": {"vocal"}, "section_requested": {"break": {"vocal"}}}),
    ("piano except in the intro",
     {"requested": {"piano"}, "section_excluded": {"intro": {"keys"}}}),
    ("no drums in the intro and the outro, house",
     {"section_excluded": {"intro": DRUMS, "outro": DRUMS}}),
    ("ambient without any rhythm or melody, just drones",
     {"excluded": DRUMS | {"lead"}, "requested": {"drone"}}),
    ("vocals only in the breakdown",
     {"excluded": {"vocal"}, "section_requested": {"break": {"vocal"}}}),
    ("nur im Refrain Schlagzeug und Bass",
     {"excluded": DRUMS | {"bass"}, "section_requested": {"drop": {"drums", "bass"}}}),
    ("бас только в припеве и в бридже",
     {"excluded": {"bass"}, "section_requested": {"drop": {"bass"}, "break": {"bass"}}}),
    ("no trumpets, leave them out, saxophone is fine",
     {"requested": {"saxophone"}, "words": {"trumpet"}}),
    ("ich mag keine Trompeten, bitte weglassen, Saxophon ist in Ordnung",
     {"requested": {"saxophone"}, "words": {"trumpet"}}),
    ("не люблю трубы, убери их, саксофон можно",
     {"requested": {"saxophone"}, "words": {"trumpet"}}),
    ("only piano in the intro", {"section_requested": {"intro": {"piano"}}, "only": {"intro"}}),
    ("starts quiet, then aggressive drop", {"quieter": {"intro"}, "louder": {"drop"}}),
    ("short intro and extended outro", {"shorter": {"intro"}, "longer": {"outro"}}),
    ("32-bar intro, 16 bar outro, house", {"genre": "house", "length_s": None}),
    ("fill every 8 bars, drop at 1:00", {"length_s": None, "fills": True}),
    ("a slow, sad piano piece in D minor, 2 minutes",
     {"tempo_feel": -1, "key": "Dm", "length_s": 120, "requested": {"piano"}}),
    ("key: F# minor, tempo: 132, length: 4:00, genre: house, no fx",
     {"key": "F#m", "bpm": 132, "length_s": 240, "genre": "house", "excluded": {"fx"}}),
    ("slow build, fast techno", {"tempo_feel": 1, "longer": {"build"}}),
    ("half-time drum and bass", {"genre": "drum and bass", "half_time": True}),
    ("psytrance in a minor key", {"style": "psy", "key": None, "minor": True}),
    ("8A, melodic techno, arps + pads, no claps",
     {"key": "Am", "style": "melodic", "requested": {"arpeggio", "pad"}, "excluded": {"clap"}}),
    ("hypnotc tecno with percusion",
     {"genre": "techno", "moods": {"hypnotic"}, "requested": {"percussion"}}),
    ("aggresive dubsteb", {"genre": "dubstep", "moods": {"aggressive"}}),
    ("string pads and piano chords", {"requested_categories": {"pad", "keys"}}),
    ("soundtrack with strings and brass, no percussion",
     {"genre": "orchestral", "style": "", "requested": {"strings", "brass"},
      "excluded": {"percussion"}}),
    ("no, I want drums", {"requested": {"drums"}}),
    ("less dark, more bass", {"avoided": {"dark"}, "moods": set(), "requested": {"bass"}}),
    ("creepy but not dark", {"avoided": {"dark"}, "moods": {"creepy", "eerie", "scary", "tense"}}),
    ("don't use any synths", {"excluded": {"synth", "lead", "pad"}}),
    ("no kick no snare, just flute",
     {"excluded": {"kick", "snare"}, "requested": {"flute"}, "only_requested": True}),
    ("nothing electronic, acoustic guitar only",
     {"excluded": {"synth", "lead", "pad"}, "requested": {"acoustic guitar"},
      "avoided": {"electronic"}}),
    ("house with off-beat hats", {"requested": {"hi-hat"}}),
    ("rather piano than guitar", {"requested": {"piano"}, "excluded": {"guitar"}}),
    ("faster than usual house", {"genre": "house", "tempo_feel": 1}),
    ("replace the guitar with a piano", {"requested": {"piano"}, "excluded": {"guitar"}}),
    ("piano, strings, nothing else", {"requested": {"piano", "strings"}, "only_requested": True}),
    ("a cappella", {"requested": {"vocal"}, "only_requested": True}),
    ("not only guitar", {"requested": {"guitar"}}),
    ("acid line, bass guitar solo",
     {"requested": {"acid bass", "bass guitar"}, "only_requested": False}),
    ("only drums and bass", {"only_requested": True, "requested": {"drums", "bass"}}),
    ("jazz rock", {"genre": "jazz"}),
    ("an opera", {"genre": "orchestral"}),
    # German
    ("ein düsterer Techno-Track in fis-moll, 3:30, ohne Gesang",
     {"genre": "techno", "key": "F#m", "length_s": 210, "moods": {"dark"},
      "excluded": {"vocal"}, "language": "de"}),
    ("techno ohne Hi-Hats und mit acid bass",
     {"excluded": {"hihat"}, "requested": {"acid bass"}}),
    ("nicht ohne Kick, Techno", {"requested": {"kick"}}),
    ("kein Kick", {"excluded": {"kick"}}),
    ("ohne Gesang, Kick und Hi-Hats", {"excluded": {"vocal", "kick", "hihat"}}),
    ("weder Gesang noch Drums, Ambient", {"genre": "ambient", "excluded": {"vocal"} | DRUMS}),
    ("Techno, Vocals nicht", {"genre": "techno", "excluded": {"vocal"}}),
    ("Gesang brauche ich nicht", {"excluded": {"vocal"}}),
    ("kein Ambient, sondern Trance", {"genre": "trance", "refused_genres": {"ambient"}}),
    ("Techno mit Bassdrum aber ohne Bass", {"requested": {"kick"}, "excluded": {"bass"}}),
    ("im Intro keine Drums, im Breakdown Streicher",
     {"section_excluded": {"intro": DRUMS}, "section_requested": {"break": {"strings"}}}),
    ("beginnt leise mit Streichern, endet laut",
     {"quieter": {"intro"}, "louder": {"outro"}, "section_requested": {"intro": {"strings"}}}),
    ("mach mir einen treibenden Techno-Track, der langsam anfängt und hart endet",
     {"genre": "techno", "moods": {"driving"}, "tempo_feel": 0, "quieter": {"intro"},
      "louder": {"outro"}}),
    ("kurzer Trap-Beat mit 808 und Glocken",
     {"genre": "trap", "length_feel": -1, "requested": {"808 bass", "bells"}}),
    ("hypnotischer Minimal-Techno, 125 bpm, kurzes Intro, kein Breakdown",
     {"style": "minimal", "bpm": 125, "shorter": {"intro"}, "removed": {"break"}}),
    ("um die 120 bpm, h-moll, 64 Takte", {"bpm": 120, "key": "Bm", "length_bars": 64}),
    ("Synthwave in B-Dur, 2 Minuten 30, mit Saxophon",
     {"key": "Bb", "length_s": 150, "requested": {"saxophone"}}),
    ("ein fröhlicher House-Track mit Klavier und Frauenstimme in F-Dur",
     {"key": "F", "moods": {"happy"}, "requested": {"piano", "female vocal"}}),
    ("Am Anfang leise, dann treibend", {"key": None, "moods": {"driving"}}),
    ("duesterer Ambient mit Flaechen",
     {"genre": "ambient", "moods": {"dark"}, "requested": {"pad"}}),
    ("nicht zu hell, lieber warm", {"avoided": {"bright"}, "moods": {"warm"}}),
    # Russian
    ("мрачное техно 138 бпм без вокала",
     {"genre": "techno", "bpm": 138, "moods": {"dark"}, "excluded": {"vocal"},
      "language": "ru"}),
    ("не без вокала, хаус", {"genre": "house", "requested": {"vocal"}}),
    ("ни вокала, ни барабанов, только пианино",
     {"excluded": {"vocal"} | DRUMS, "requested": {"piano"}, "only_requested": True}),
    ("без баса, но с перкуссией", {"excluded": {"bass"}, "requested": {"percussion"}}),
    ("вокал не нужен, транс", {"genre": "trance", "excluded": {"vocal"}}),
    ("сделай медленный грустный трек с пианино в ре миноре",
     {"tempo_feel": -1, "moods": {"sad"}, "key": "Dm", "requested": {"piano"}}),
    ("хочу быстрый драм-н-бейс с женским вокалом, 174 удара в минуту",
     {"genre": "drum and bass", "bpm": 174, "requested": {"female vocal"}}),
    ("длинный эмбиент без барабанов, с пианино и скрипкой, на 5 минут",
     {"genre": "ambient", "length_s": 300, "excluded": DRUMS, "requested": {"piano", "violin"}}),
    ("мрачный, но мелодичный транс; никаких ударных во вступлении",
     {"genre": "trance", "moods": {"dark", "melodic"}, "section_excluded": {"intro": DRUMS}}),
    ("громкий дроп, тихое вступление", {"louder": {"drop"}, "quieter": {"intro"}}),
    ("не слишком тёмный хаус, без женского вокала",
     {"genre": "house", "avoided": {"dark"}, "excluded": {"vocal"}}),
    ("трэп 140 с 808 басом и колокольчиками в до-диез миноре, три минуты",
     {"genre": "trap", "bpm": 140, "key": "C#m", "length_s": 180,
      "requested": {"808 bass", "bells"}}),
    ("в темпе 120, ля минор, без хай-хэтов",
     {"bpm": 120, "key": "Am", "excluded": {"hihat"}}),
]  # fmt: skip


def _seen(intent: PromptIntent) -> dict[str, Any]:
    """The intent in the words of the table."""
    requests = intent.sections
    length = intent.length
    return {
        **{
            name: getattr(intent, name)
            for name in (
                "bpm", "bpm_range", "key", "minor", "genre", "style", "tempo_feel",
                "length_feel", "half_time", "only_requested", "fills", "language",
            )
        },
        "moods": set(intent.moods),
        "avoided": set(intent.avoided_moods),
        "requested": {requested.name for requested in intent.requested},
        "requested_categories": {requested.category for requested in intent.requested},
        "excluded": set(intent.excluded),
        "words": set(intent.excluded_words),
        "softer": {category for category, _ in intent.softer},
        "refused_genres": set(intent.refused_genres),
        "length_s": length.seconds if length else None,
        "length_bars": length.bars if length else None,
        "removed": {request.kind for request in requests if request.removed},
        "longer": {request.kind for request in requests if request.factor > 1},
        "shorter": {request.kind for request in requests if request.factor < 1},
        "quieter": {request.kind for request in requests if request.energy < 0},
        "louder": {request.kind for request in requests if request.energy > 0},
        "only": {request.kind for request in requests if request.only},
        "section_excluded": {w.kind: set(w.excluded) for w in requests if w.excluded},
        "section_requested": {
            w.kind: {i.name for i in w.requested} for w in requests if w.requested
        },
    }  # fmt: skip


@pytest.mark.parametrize(("prompt", "expected"), PROMPTS, ids=[prompt for prompt, _ in PROMPTS])
def test_prompt_is_understood(prompt: str, expected: dict[str, Any]) -> None:
    intent = understand_prompt(prompt)
    seen = _seen(intent)
    requested = {name: value for name, value in expected.items() if name != "noted"}
    if "requested_categories" not in requested:
        requested.setdefault("requested", set())
    requested.setdefault("excluded", set())
    assert {name: seen[name] for name in requested} == requested
    assert expected.get("noted", "") in " ".join(intent.notes)


def test_table_has_three_languages() -> None:
    languages = [understand_prompt(prompt).language for prompt, _ in PROMPTS]
    assert len(languages) >= 90
    assert all(languages.count(language) >= 12 for language in ("en", "de", "ru"))


def test_moods_before_an_instrument_belong_to_it_alone() -> None:
    intent = understand_prompt("techno with dark pads and a warm analog bass")
    assert intent.moods == ()
    assert [(w.text, w.tags) for w in intent.requested] == [
        ("dark pad", ("dark",)),
        ("warm analog bass", ("warm", "analog")),
    ]


def test_section_lengths_are_kept_apart_from_the_tracks() -> None:
    intent = understand_prompt("house, 4 minutes, 32-bar intro, breakdown of 16 bars")
    assert intent.length is not None
    assert intent.length.seconds == 240
    lengths = {request.kind: request.length.bars for request in intent.sections if request.length}
    assert lengths == {"intro": 32, "break": 16}


def test_unknown_words_are_told() -> None:
    intent = understand_prompt("techno with a flurble and 5 gronks")
    assert {"flurble", "gronks"} <= set(intent.unknown)
    assert ("techno", "genre", "techno") in [(u.words, u.field, u.value) for u in intent.understood]
    assert [r.words for r in intent.reported if r.code == "not_understood"] == [*intent.unknown]


def test_changes_of_tempo_and_key_are_refused_with_a_reason() -> None:
    intent = understand_prompt("from 128 bpm in Am to 140 bpm in Cm")
    assert (intent.bpm, intent.key) == (128, "Am")
    reported = {report.code: report for report in intent.reported}
    assert "140" in reported["second_tempo"].words
    assert "Cm" in reported["second_key"].words


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("", "empty"),
        ("  \n ", "empty"),
        ("x" * (MAX_TEXT + 1), f"{MAX_TEXT} characters, got {MAX_TEXT + 1}"),
        ("techno 20 bpm", "30 to 300 BPM, got 20"),
        ("техно 900 бпм", "30 to 300 BPM, got 900"),
        ("techno, tempo 1000", "got 1000"),
        ("techno -5 bpm", "got -5"),
        ("techno, 0 minutes", "length must be more than nothing"),
    ],
)
def test_impossible_values_are_refused_with_value_and_rule(prompt: str, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        understand_prompt(prompt)


@given(st.text(min_size=1, max_size=200))
def test_any_text_is_read_or_refused_by_name(text: str) -> None:
    try:
        intent = understand_prompt(text)
    except InvalidInputError:
        return
    assert intent == understand_prompt(text)
    assert not {requested.category for requested in intent.requested} & set(intent.excluded)


VOCABULARY = (
    "no without ohne без with mit и and or but, drums bass vocals hi-hats piano dark techno house "
    "intro in the breakdown long kein nicht only except . 124 bpm 3 minutes Am acid 808"
)
WORDS = st.sampled_from(VOCABULARY.split())


@given(st.lists(WORDS, min_size=1, max_size=25))
def test_wanted_and_refused_never_overlap(words: list[str]) -> None:
    try:
        intent = understand_prompt(" ".join(words))
    except InvalidInputError:
        return
    assert not {requested.category for requested in intent.requested} & set(intent.excluded)
    for request in intent.sections:
        assert not {requested.category for requested in request.requested} & set(request.excluded)


def test_a_usual_prompt_takes_less_than_five_milliseconds() -> None:
    prompts = [prompt for prompt, _ in PROMPTS]
    for prompt in prompts:
        understand_prompt(prompt)
    start = time.process_time()
    for prompt in prompts:
        understand_prompt(prompt)
    assert (time.process_time() - start) / len(prompts) < 0.005
