import pytest

from src.music.casting.fit import Target
from src.music.casting.matching import CastingContext, StemCandidate, believed_key, match_stem
from src.music.model.part_request import PartRequest
from src.music.model.plan import SECTION_END, SECTION_START
from src.music.theory.chords import HeardChord, parse_chord
from tests.music.cards import loop, shot

TARGET = Target(138.0, "Am")


def weigh(card, category, *, similarity=0.7, context=None, **requested):
    request = PartRequest(category, category, **requested)
    part = match_stem(StemCandidate(card, similarity), request, TARGET, context or CastingContext())
    return 0.0 if part is None else part.score


def test_the_right_category_beats_a_stand_in():
    assert weigh(shot("a", "clap"), "clap") > weigh(shot("b", "snare"), "clap") > 0.3


def test_what_cannot_stand_in_is_refused():
    assert weigh(loop("a", "pad"), "kick") == 0.0


def test_a_loop_near_the_tempo_beats_one_far_off():
    scores = [weigh(loop("a", "drums", bpm=bpm), "drums") for bpm in (138, 132, 120, 110)]

    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 1.2 * scores[2]


def test_a_loop_in_key_beats_one_that_must_be_shifted_and_one_that_clashes():
    scores = [weigh(loop("a", "bass", key=key), "bass") for key in ("Am", "Bbm")]

    assert scores[0] > scores[1]


def test_a_key_counts_as_much_as_it_is_sure():
    sure, half, guess = (
        weigh(loop("a", "bass", key="Am", confidence={"key": confidence}), "bass")
        for confidence in (1.0, 0.5, 0.0)
    )

    assert sure > half > guess == weigh(loop("a", "bass"), "bass")


def test_the_key_of_drums_does_not_matter():
    assert weigh(loop("a", "drums", key="Ebm"), "drums") == weigh(loop("a", "drums"), "drums")


def test_tags_that_apply_and_words_in_the_name_raise_the_meaning():
    plain = weigh(loop("loop", "bass"), "bass", tags=("dark",))
    tagged = weigh(loop("loop", "bass", tags={"dark": 0.9}), "bass", tags=("dark",))
    named = weigh(loop("dark loop", "bass"), "bass", tags=("dark",))

    assert named >= tagged > plain


def test_the_stem_of_another_role_is_not_liked_twice():
    context = CastingContext(used=frozenset({"a"}))

    assert weigh(loop("a", "synth"), "synth", context=context) < 0.8 * weigh(
        loop("a", "synth"), "synth"
    )


def test_stems_of_the_backbone_come_first():
    context = CastingContext(backbone="kit1")

    inside = weigh(loop("a", "bass", kit_id="kit1"), "bass", context=context)
    assert inside > weigh(loop("a", "bass", kit_id="kit2"), "bass", context=context)


def test_a_good_rating_helps_and_a_bad_one_hurts():
    bad, none, good = (weigh(loop("a", "bass", user_rating=r), "bass") for r in (1, None, 5))

    assert bad < none < good


def test_a_refused_category_is_never_matched():
    refusing = CastingContext(excluded=("hihat",))

    assert weigh(loop("a", "hihat"), "percussion", context=refusing) == 0.0


def test_a_stem_whose_name_tells_of_something_refused_falls_behind():
    refusing = CastingContext(excluded=("hihat",))
    named = weigh(loop("Shaker and Hats", "percussion"), "percussion", context=refusing)

    assert named < 0.8 * weigh(loop("Shaker", "percussion"), "percussion", context=refusing)


def test_a_riser_ends_a_section_and_an_impact_starts_one():
    riser, impact = shot("Dark Riser", "fx", duration_s=4), shot("Impact 2", "fx", duration_s=2)

    ending = [weigh(card, "fx", position=SECTION_END) for card in (riser, impact)]
    starting = [weigh(card, "fx", position=SECTION_START) for card in (riser, impact)]
    assert ending[0] > 1.5 * ending[1]
    assert starting[1] > 1.5 * starting[0]


def test_an_unnamed_effect_is_judged_by_how_its_level_moves():
    rising = shot("FX 01", "fx", duration_s=4, features={"temporal_centroid": 0.8})
    falling = shot("FX 02", "fx", duration_s=4, features={"temporal_centroid": 0.2})

    assert weigh(rising, "fx", position=SECTION_END) > weigh(falling, "fx", position=SECTION_END)


def test_a_kit_knows_the_key_better_than_a_doubtful_stem():
    card = loop("a", "bass", key="E", kit_id="k", confidence={"key": 0.4})

    assert believed_key(card, {"k": "Am"}) == "Am"
    assert believed_key(card, {}) == "E"
    sure = loop("a", "bass", key="E", kit_id="k", confidence={"key": 1.0})
    assert believed_key(sure, {"k": "Am"}) == "E"


def test_every_criterion_has_a_score_and_a_sentence():
    match = match_stem(
        StemCandidate(loop("a", "bass", key="Dm"), 0.7),
        PartRequest("bass", "bass", ("dark",)),
        TARGET,
        CastingContext(),
    )

    assert match is not None
    assert {"meaning", "category", "tempo", "key", "quality", "role", "variety"} <= {
        reason.criterion for reason in match.reasons
    }
    assert all(0 <= reason.score <= 1 and reason.text for reason in match.reasons)
    assert match.score == pytest.approx(min(1.0, match.score))


def test_a_tonal_stem_of_unknown_key_loses_to_one_that_fits():
    known = weigh(loop("a", "lead", key="Am", confidence={"key": 0.6}), "lead")
    unknown = weigh(loop("a", "lead", chroma=(1 / 12,) * 12), "lead")
    toneless = weigh(loop("a", "lead", chroma=(0.01,) * 12), "lead")

    assert known > unknown
    assert toneless > unknown


def test_a_bass_out_of_key_is_worse_than_a_lead_out_of_key():
    bass, lead = (
        weigh(loop("a", kind, key="Em"), kind) / weigh(loop("a", kind, key="Am"), kind)
        for kind in ("bass", "lead")
    )

    assert bass < lead


def test_asked_chords_are_given_to_who_can_play_them():
    asked = CastingContext(chords_asked=True)
    request = PartRequest("keys", "keys")
    heard = (HeardChord(8.0, parse_chord("Am"), 0.9), HeardChord(8.0, parse_chord("F"), 0.9))
    shots = StemCandidate(shot("Piano", "keys", key="A", duration_s=1.0), 0.5)
    known = StemCandidate(loop("Known", "keys", key="Am", chords=heard), 0.5)
    unknown = StemCandidate(loop("Unknown", "keys", key="Am"), 0.5)

    def chords_of(candidate: StemCandidate) -> float:
        part = match_stem(candidate, request, TARGET, asked)
        return next(reason.score for reason in part.reasons if reason.criterion == "chords")

    assert chords_of(shots) > chords_of(known) > chords_of(unknown)
    part = match_stem(unknown, request, TARGET, CastingContext())
    assert "chords" not in {reason.criterion for reason in part.reasons}


def test_in_a_track_that_moves_a_loop_that_was_not_understood_comes_behind():
    moving = CastingContext(chords_move=True)
    unsure = (HeardChord(8.0, parse_chord("Am"), 0.2), HeardChord(8.0, parse_chord("F"), 0.2))
    sure = (HeardChord(8.0, parse_chord("Am"), 0.9), HeardChord(8.0, parse_chord("F"), 0.9))
    known, vague, unheard = (
        weigh(loop("L", "keys", key="Am", chords=chords), "keys", context=moving)
        for chords in (sure, unsure, None)
    )
    assert known > vague
    assert unheard == weigh(loop("L", "keys", key="Am"), "keys")
