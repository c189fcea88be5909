"""Cutting a prompt: which words belong to a part of the track, and which to all of it."""

import pytest

from src.music.prompt.intent import ClauseRequest
from src.music.prompt.length import Length
from src.music.prompt.timing.moments import MIDDLE, START, Moment
from src.music.prompt.understanding import understand_prompt


def clauses(prompt: str) -> tuple[ClauseRequest, ...]:
    return understand_prompt(prompt).clauses


def names(clause: ClauseRequest) -> list[str]:
    return [requested.name for requested in clause.requested]


@pytest.mark.parametrize(
    "prompt",
    [
        "techno for 3 minutes", "piano for 2 minutes", "techno, a long build up and then a drop",
        "no drums, then a kick", "8 bars", "house with piano and strings, 4 minutes",
        "without the kick in the breakdown, techno", "12 bar blues", "fade out over 10 seconds",
    ],
)  # fmt: skip
def test_a_prompt_about_the_whole_track_has_no_clauses(prompt: str) -> None:
    assert clauses(prompt) == ()


@pytest.mark.parametrize(
    "prompt", ["pads only for 8 bars, then kick", "nur Pads für 8 Takte, dann Kick",
               "только пэды 8 тактов, потом бочка"],
)  # fmt: skip
def test_then_orders_two_clauses_and_their_length_is_not_the_tracks(prompt: str) -> None:
    intent = understand_prompt(prompt)
    first, second = intent.clauses
    assert (names(first), first.only, first.length) == (["pad"], True, Length(bars=8.0))
    assert (names(second), second.only, second.follows) == (["kick"], False, "then")
    assert intent.length is None
    assert not intent.only_requested
    assert intent.requested == ()


def test_the_length_of_the_track_stays_where_a_clause_has_its_own() -> None:
    intent = understand_prompt("die ersten 8 Takte nur Pad, dann Kick, 4 Minuten")
    assert intent.length == Length(seconds=240.0)
    assert [clause.start for clause in intent.clauses] == [START, None]


def test_a_length_outside_a_row_is_the_tracks_and_within_one_the_clauses() -> None:
    intent = understand_prompt("64 bars techno, bass at bar 17")
    assert intent.length == Length(bars=64.0)
    assert [clause.length for clause in intent.clauses] == [None]
    intent = understand_prompt("2 minutes ambient, then techno")
    assert intent.length is None
    assert [clause.length for clause in intent.clauses] == [Length(seconds=120.0), None]


def test_a_lone_time_takes_the_words_behind_it() -> None:
    (clause,) = clauses("house, in the middle, only piano")
    assert ((clause.start, clause.end), names(clause), clause.only) == (MIDDLE, ["piano"], True)
    (clause,) = clauses("house, in the middle the strings come in")
    assert (clause.start, clause.end) == (Moment(share=0.5), None)


def test_a_lone_time_before_a_change_is_its_time() -> None:
    reggae, rock = clauses("halfway through switch to reggae, then back to rock")
    assert (reggae.start, reggae.genre, rock.genre) == (Moment(share=0.5), "reggae", "rock")


def test_a_list_goes_on_behind_commas() -> None:
    intent = understand_prompt("the first 8 bars only kick, bass and pads, house, 124 bpm")
    assert names(intent.clauses[0]) == ["kick", "bass", "pad"]
    assert (intent.genre, intent.bpm, intent.only_requested) == ("house", 124.0, False)


def test_and_divides_what_has_a_time_from_the_rest() -> None:
    kick, bass = clauses("trance, kick at bar 9 and bass at bar 17")
    assert (names(kick), names(bass)) == (["kick"], ["bass"])
    intent = understand_prompt("house with a long intro and vocals from the drop on")
    assert [names(clause) for clause in intent.clauses] == [["vocal"]]
    assert intent.section("intro").factor > 1.0


def test_entries_exits_and_refusals_are_told_apart() -> None:
    (enters,) = clauses("house, vocals come in after 30 seconds")
    (leaves,) = clauses("house, halfway the drums stop")
    (refused,) = clauses("no snare until the drop, house")
    assert (enters.enters, enters.leaves) == (True, False)
    assert (leaves.enters, leaves.leaves) == (False, True)
    assert (refused.excluded, refused.requested, refused.limits) == (("snare",), (), True)
    assert refused.end == Moment(section="drop")


def test_a_clause_without_a_subject_speaks_of_the_one_before() -> None:
    out, back = clauses("techno, the drums drop out at 1:00, come back at bar 49")
    assert (names(out), out.leaves, out.section) == (["drums"], True, "")
    assert (names(back), back.enters) == (["drums"], True)


def test_only_beside_a_time_restricts_and_beside_a_sound_lets_it_play_alone() -> None:
    for prompt in ("house, piano only in the second half", "House, Klavier nur im zweiten Drop"):
        (restricted,) = clauses(prompt)
        assert (restricted.restricts, restricted.only) == (True, False)
    for prompt in ("house, only piano in the second half", "pads only for the first 8 bars, house"):
        (alone,) = clauses(prompt)
        assert (alone.restricts, alone.only) == (False, True)


def test_everything_that_stops_but_one_leaves_it_alone() -> None:
    for prompt in (
        "house, in the middle everything stops except the organ",
        "In der Mitte setzt alles aus bis auf die Orgel",
    ):
        (clause,) = clauses(prompt)
        assert (names(clause), clause.only, clause.excluded) == (["organ"], True, ())


def test_the_genre_that_no_clause_contradicts_is_the_tracks() -> None:
    one = understand_prompt("dark house with piano, then vocals")
    assert (one.genre, one.moods, one.clauses[0].genre) == ("house", ("dark",), "")
    two = understand_prompt("start as ambient, becomes techno at 2 minutes")
    assert (two.genre, [clause.genre for clause in two.clauses]) == (
        "techno",
        ["ambient", "techno"],
    )
    assert two.length is None


def test_a_row_that_begins_alone_grows_part_by_part() -> None:
    first, second, third = clauses("starts with piano, then drums, then everything")
    assert (names(first), first.only) == (["piano"], True)
    assert (names(second), second.only) == (["piano", "drums"], True)
    assert third.full


def test_silence_is_a_block_in_which_nothing_plays() -> None:
    (clause,) = clauses("house, silence for 2 bars before the drop")
    assert (clause.silent, clause.length, clause.end) == (
        True, Length(bars=2.0), Moment(section="drop"),
    )  # fmt: skip


def test_words_of_clauses_are_understood_or_told_like_all_others() -> None:
    intent = understand_prompt("techno, the xylofizz comes in at bar 17")
    assert "at bar 17" in {one.words for one in intent.understood}
    assert "xylofizz" in intent.unknown


@pytest.mark.parametrize(
    "prompt",
    [
        "8 bars piano, 8 bars bass, then both together",
        "acht Takte Klavier, acht Takte Bass, dann beides zusammen",
        "восемь тактов пианино, восемь тактов баса, потом вместе",
    ],
)
def test_lengths_in_a_row_up_to_then_follow_each_other(prompt: str) -> None:
    intent = understand_prompt(prompt)
    first, second, third = intent.clauses
    assert intent.length is None
    assert [clause.length for clause in intent.clauses] == [Length(bars=8), Length(bars=8), None]
    assert [names(first), names(second)] == [["piano"], ["bass"]]
    assert (names(third), third.only) == (["piano", "bass"], True)
    assert (second.follows, third.follows) == ("then", "then")


@pytest.mark.parametrize(
    "prompt",
    [
        "hip hop, the bass drops out for 4 bars before the last chorus",
        "Hip-Hop, vor dem letzten Refrain setzt der Bass vier Takte aus",
        "хип-хоп, перед последним припевом бас пропадает на четыре такта",
    ],
)
def test_who_drops_out_for_some_bars_is_refused_there(prompt: str) -> None:
    intent = understand_prompt(prompt)
    (clause,) = intent.clauses
    assert (clause.length, clause.excluded, names(clause)) == (Length(bars=4.0), ("bass",), [])
    assert clause.end == Moment(section="drop", number=-1)
    assert intent.length is None


@pytest.mark.parametrize(
    "prompt", ["the drums come in only from halfway", "Trommeln setzen erst ab der Hälfte ein",
               "барабаны вступают только с середины"],
)  # fmt: skip
def test_who_comes_in_only_from_halfway_does_not_play_alone(prompt: str) -> None:
    (clause,) = understand_prompt(prompt).clauses
    assert (names(clause), clause.enters, clause.only) == (["drums"], True, False)
    assert clause.start == Moment(share=0.5)


@pytest.mark.parametrize(
    "prompt", ["a jingle of ten seconds", "ein Jingle von zehn Sekunden", "джингл на десять секунд"]
)
def test_of_so_many_seconds_is_how_long(prompt: str) -> None:
    intent = understand_prompt(prompt)
    assert intent.clauses == ()
    assert intent.length == Length(seconds=10.0)


@pytest.mark.parametrize(
    "prompt",
    [
        "kick from the start, everything else from bar 17, techno",
        "Kick von Anfang an, alles andere ab Takt 17, Techno",
        "бочка с самого начала, все остальное с 17 такта, техно",
    ],
)
def test_who_is_there_from_the_start_is_alone_until_the_rest_comes(prompt: str) -> None:
    first, rest = clauses(prompt)
    assert (names(first), first.only, first.end) == (["kick"], True, Moment(bars=16.0))
    assert (rest.full, rest.start) == (True, Moment(bars=16.0))


def test_a_bare_number_goes_on_counting_in_bars() -> None:
    starts = [one.start for one in clauses("hats from bar 9, clap from 17, bass at 33, 128 bpm")]
    assert starts == [Moment(bars=8.0), Moment(bars=16.0), Moment(bars=32.0)]
    assert understand_prompt("bass from bar 17, at 128").bpm == 128.0


def test_pieces_that_say_how_long_they_last_follow_each_other() -> None:
    found = clauses("8 bars pads, 8 bars pads and bass, 16 bars everything")
    assert [one.length for one in found] == [Length(bars=8.0), Length(bars=8.0), Length(bars=16.0)]
    assert understand_prompt("piano, 8 bars pads, 8 bars bass").clauses == ()


def test_solo_at_the_start_plays_alone() -> None:
    first, *_ = clauses("start with solo piano, strings join after 16 bars")
    assert (names(first), first.only, first.genre) == (["piano"], True, "")


@pytest.mark.parametrize("prompt", ["until halfway only piano", "до середины только пианино"])
def test_until_halfway_is_the_first_half(prompt: str) -> None:
    (clause,) = clauses(prompt)
    assert (clause.start, clause.end, clause.only) == (START, Moment(share=0.5), True)
