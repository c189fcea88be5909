from src.music.genre.genres import Phrasing
from src.music.model.part_request import PartRequest
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.music.model.timeline import timeline
from src.music.scoring.phrasing import phrase_starts, rest_for_change, rests_of

PHRASING = Phrasing(
    bars=8,
    enters=("kick", "hihat", "bass", "lead"),
    rests=("hihat", "lead"),
    rolls=(),
    gap_beats=2.0,
)


def times(*sections):
    plans = tuple(SectionPlan(name, bars, energy=energy) for name, bars, energy in sections)
    return timeline(ArrangementPlan(120.0, "C", plans))


def requests(*categories, sections=(0,)):
    return [
        PartRequest(name, name, queries=tuple((number, StemQuery(name)) for number in sections))
        for name in categories
    ]


def rests(who, sections, phrasing=PHRASING, seed=1):
    seeds = [f"{seed}:{number}" for number in range(len(sections))]
    return rests_of(who, sections, phrasing, beats_per_bar=4, seeds=seeds)


def test_an_intro_fills_up_phrase_by_phrase():
    found = rests(requests("lead", "bass", "kick", "hihat"), times(("Intro", 16, 0.3)))

    assert found["kick"] == found["hihat"] == []
    assert found["bass"] == found["lead"] == [(0.0, 32.0)]


def test_an_outro_empties_in_the_opposite_order():
    found = rests(requests("lead", "bass", "kick", "hihat"), times(("Outro", 16, 0.3)))

    assert found["kick"] == found["hihat"] == []
    assert found["bass"] == found["lead"] == [(32.0, 64.0)]


def test_in_a_drop_only_ornaments_rest_and_all_play_its_last_phrase():
    for seed in range(20):
        who = requests("kick", "bass", "hihat", "lead")
        found = rests(who, times(("Drop", 32, 0.9)), seed=seed)
        assert found["kick"] == found["bass"] == []
        holes = found["hihat"] + found["lead"]
        assert len(holes) == 3
        assert all(end <= 96.0 for _, end in holes)


def test_a_part_that_is_alone_never_rests():
    for name in ("Intro", "Drop", "Outro", "Breakdown"):
        assert rests(requests("lead"), times((name, 32, 0.5)))["lead"] == []


def test_a_trio_stays_a_trio_in_a_groove():
    found = rests(requests("kick", "hihat", "lead"), times(("Groove", 32, 0.5)))

    assert all(holes == [] for holes in found.values())


def test_before_a_drop_the_beat_stops_and_the_atmosphere_goes_on():
    sections = times(("Build", 8, 0.6), ("Drop", 8, 0.9))
    found = rests(requests("kick", "atmo", sections=(0, 1)), sections)

    assert found["kick"] == [(30.0, 32.0)]
    assert found["atmo"] == []


def test_before_anything_else_nothing_stops():
    sections = times(("Build", 8, 0.6), ("Groove", 8, 0.6))

    assert rests(requests("kick", "atmo", sections=(0, 1)), sections)["kick"] == []


def test_the_same_seed_gives_the_same_rests():
    who, sections = requests("kick", "bass", "hihat", "lead"), times(("Drop", 32, 0.9))

    assert rests(who, sections, seed=3) == rests(who, sections, seed=3)
    assert len({str(rests(who, sections, seed=seed)) for seed in range(8)}) > 1


def test_phrases_cover_a_section_and_short_intros_are_halved():
    drop, intro, odd = times(("Drop", 8, 0.9), ("Intro", 8, 0.2), ("Drop", 20, 0.9))

    assert phrase_starts(drop, PHRASING, 4) == [0.0]
    assert phrase_starts(intro, PHRASING, 4) == [32.0, 48.0]
    assert phrase_starts(odd, PHRASING, 4) == [64.0, 96.0, 128.0]


def test_a_change_rests_within_its_block_and_spares_the_ground_first():
    who = requests("kick", "bass", "lead")
    for attempt in range(9):
        change = rest_for_change(
            who,
            (64.0, 128.0),
            attempt=attempt,
            beats_per_bar=4,
            rests={player.name: [] for player in who},
            seed=0,
        )
        assert change is not None
        name, (start, end) = change
        assert name == "lead"
        assert 64.0 <= start < end <= 128.0


def test_nobody_can_rest_where_nobody_plays():
    assert rest_for_change([], (0.0, 64.0), attempt=0, beats_per_bar=4, rests={}, seed=0) is None
