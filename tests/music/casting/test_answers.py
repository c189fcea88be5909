"""Call and answer: two stems take turns, or one answers itself."""

from statistics import mean

from src.music.arranging.arrangement import arrange
from src.music.genre.genres import genre_grammar
from src.music.model.plan import StemQuery, plan_from_dict, plan_to_dict
from src.music.prompt.understanding import understand_prompt
from tests.music.cards import loop, shot
from tests.music.casting.test_casting import cast, plan, section
from tests.music.scoring.test_score_building import covered, score_of, track


def requested(category: str, *, bars: int = 16, turn: int = 2):
    return plan(section(StemQuery(category, count=2, answer_bars=turn), bars=bars))


def test_two_stems_take_turns_of_as_many_bars_as_the_plan_says() -> None:
    cards = [loop("L1", "lead", key="Am"), loop("L2", "lead", key="Am")]
    call, answer = score_of(requested("lead", bars=8, turn=2), cards).channels

    assert covered(call.clips) == [(0, 8), (16, 32)]
    assert covered(answer.clips) == [(8, 16), (24, 32)]


def test_a_long_section_ends_with_both() -> None:
    cards = [loop("L1", "lead", key="Am"), loop("L2", "lead", key="Am")]
    call, answer = score_of(requested("lead", bars=16, turn=4), cards).channels

    assert covered(call.clips)[-1][1] == covered(answer.clips)[-1][1] == 64


def test_two_basses_never_sound_at_once() -> None:
    cards = [loop("B1", "bass", key="Am"), loop("B2", "bass", key="Am")]
    score = score_of(requested("bass", bars=16, turn=2), cards)
    call, answer = (covered(item.clips) for item in score.channels)

    assert not [1 for a, b in call for c, d in answer if a.expected < d.expected - 0.1
                and c.expected < b.expected - 0.1]  # fmt: skip
    assert [item.high_pass_hz for item in score.channels] == [28, 28]


def test_a_tuned_shot_answers_itself_an_octave_away() -> None:
    score = score_of(requested("lead"), [shot("Pluck", "lead", key="A", duration_s=0.4)])
    call, answer = score.channels

    assert {n.stem_id for n in call.notes} == {n.stem_id for n in answer.notes}
    middles = [mean(n.semitones for n in notes) for notes in (call.notes, answer.notes)]
    assert abs(middles[0] - middles[1]) >= 8.0
    assert all(-26.0 <= n.semitones <= 26.0 for n in answer.notes)
    reported = [w for w in score.warnings if "answers itself an octave away" in w]
    assert len(reported) == 1
    reasons = [r.criterion for c in score.choices if c.part == "lead 2" for r in c.reasons]
    assert "answer" in reasons


def test_a_loop_answers_itself_with_its_second_half() -> None:
    lead = loop("L1", "lead", key="Am", bars=4.0)
    score = score_of(requested("lead"), [lead])
    call, answer = score.channels

    assert {clip.rotate_s for clip in call.clips} == {0.0}
    assert {round(clip.rotate_s, 4) for clip in answer.clips} == {round(lead.duration_s / 2, 4)}


def test_a_loop_of_one_bar_pauses_where_it_would_be_answered() -> None:
    score = score_of(requested("lead", bars=8, turn=2), [loop("L1", "lead", key="Am", bars=1.0)])

    assert covered(track(score, "lead").clips) == [(0, 8), (16, 32)]
    assert len(score.channels) == 1
    assert any("pauses where it would be answered" in warning for warning in score.warnings)


def test_without_turns_a_second_stem_is_only_missed() -> None:
    result = cast(plan(section(StemQuery("synth", count=2))), [loop("S", "synth", key="Am")])
    assert len(result.parts) == 1
    assert any("left out" in warning for warning in result.warnings)


def test_the_genre_says_where_roles_are_answered() -> None:
    rule = genre_grammar("dubstep").answers["bass"]
    plans = [arrange(understand_prompt("dubstep"), seed=seed) for seed in range(12)]
    counts = [
        {(s.section.split()[0], q.count, q.answer_bars) for s in p.structure
         for q in s.stem_queries if q.category == "bass"}
        for p in plans
    ]  # fmt: skip
    answered = [found for found in counts if any(count == 2 for _, count, _ in found)]

    assert 6 <= len(answered) < 12
    for found in answered:
        assert {bars for _, count, bars in found if count == 2} == {rule.bars}
        assert not any(count == 2 for name, count, _ in found if name in ("Intro", "Outro"))


def test_turns_survive_the_plans_json() -> None:
    assert plan_from_dict(plan_to_dict(requested("lead", turn=4))) == requested("lead", turn=4)
