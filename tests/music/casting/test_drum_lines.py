"""One drum line per drum."""

from dataclasses import replace

from src.music.model.accounts import RequestedSound
from tests.music.cards import loop, shot
from tests.music.casting.test_casting import cast, names, plan, section

CARDS = [
    loop("Beat", "drums"),
    shot("Snare", "snare"),
    shot("Clap", "clap"),
    shot("Kick", "kick"),
    shot("Crash", "cymbal", duration_s=1.8),
]


def test_a_programmed_backbeat_does_not_double_that_of_a_drum_loop():
    assert names(cast(plan(section("drums", "kick", "snare", "clap")), CARDS)) == {
        "drums": "Beat",
        "kick": "Kick",
    }


def test_where_the_loop_does_not_play_the_backbeat_does():
    result = cast(plan(section("drums", "snare"), section("snare")), CARDS)

    (snare,) = [part for part in result.parts if part.request.category == "snare"]
    assert snare.request.sections == {1}


def test_a_backbeat_that_was_asked_for_or_pinned_stays():
    asked = plan(section("drums", "clap"), requested=(RequestedSound("clap", "clap"),))
    assert "clap" in names(cast(asked, CARDS))
    pinned = replace(plan(section("drums", "clap")), pinned=(("clap", "Clap"),))
    assert "clap" in names(cast(pinned, CARDS))


def test_a_muted_loop_leaves_the_backbeat_alone():
    result = cast(plan(section("drums", "snare", muted=("drums",))), CARDS)
    assert "snare" in names(result)


def test_a_crash_is_no_hi_hat():
    crash, ride = CARDS[-1], shot("Short ride", "cymbal", duration_s=0.4)

    assert names(cast(plan(section("kick", "hihat")), [CARDS[3], crash])) == {"kick": "Kick"}
    assert names(cast(plan(section("kick", "hihat")), [CARDS[3], ride]))["hihat"] == "Short ride"
