import random

from src.music.casting.backbone import choose_backbone, kit_keys_of
from src.music.casting.fit import Target
from src.music.casting.matching import CastingContext, StemCandidate
from src.music.casting.requests import library_queries, part_requests
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from tests.music.cards import loop, pool_of, shot

PLAN = ArrangementPlan(
    138.0,
    "Am",
    (SectionPlan("A", 8, tuple(StemQuery(c) for c in ("kick", "clap", "bass", "synth"))),),
)


def kit(name, *, bpm=138.0, key="Am"):
    return [
        shot(f"{name} Kick", "kick", kit_id=name),
        loop(f"{name} Bass", "bass", bpm=bpm, key=key, kit_id=name),
        loop(f"{name} Synth", "synth", bpm=bpm, key=key, kit_id=name),
    ]


def chosen(cards, seed=0):
    pool = pool_of(cards, library_queries(PLAN))
    return choose_backbone(
        part_requests(PLAN),
        pool,
        Target(138.0, "Am"),
        CastingContext(kit_keys=kit_keys_of(pool)),
        rng=random.Random(seed),
    )


def test_the_kit_near_the_tempo_carries_the_track():
    assert chosen(kit("near") + kit("far", bpm=120.0)) == "near"


def test_a_folder_of_single_hits_is_no_kit():
    hits = [shot(f"{c}", c, kit_id="hits", key="A") for c in ("kick", "clap", "bass", "synth")]

    assert chosen(hits) is None
    assert chosen(hits + kit("real")) == "real"


def test_kits_that_fit_alike_are_chosen_by_the_seed():
    cards = kit("one") + kit("two")

    assert {chosen(cards, seed) for seed in range(20)} == {"one", "two"}
    assert chosen(cards, 3) == chosen(cards, 3)


def test_without_kits_there_is_no_backbone():
    assert chosen([loop("B", "bass"), loop("S", "synth"), shot("K", "kick")]) is None


def test_a_kit_has_the_key_on_which_most_of_its_loops_agree():
    keys = [("Am", 0.9), ("Am", 0.8), ("F", 0.4)]
    cards = [
        loop(f"{number}", "synth", key=key, kit_id="k", confidence={"key": sure})
        for number, (key, sure) in enumerate(keys)
    ]

    found = [StemCandidate(card, 0.5) for card in cards]
    pool = dict.fromkeys(library_queries(PLAN), found)
    assert kit_keys_of(pool) == {"k": "Am"}


def test_a_kit_whose_loops_disagree_has_no_key():
    cards = [
        loop(f"{key}", "synth", key=key, kit_id="k", confidence={"key": 0.5})
        for key in ("Am", "Ebm", "F#", "D")
    ]

    assert kit_keys_of(pool_of(cards, library_queries(PLAN))) == {}
