from src.music.casting.made_marks import RISER
from src.music.model.palette import Palette
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.music.theory.library import StemCard
from src.services.search import SearchHit, SearchQuery
from src.services.tracks.candidates import PER_QUERY, find_candidates
from tests.music.cards import loop, shot


class Shelf:
    """Searches a list of cards by filters alone; the order of the list is the ranking."""

    def __init__(self, cards: list[StemCard]) -> None:
        self.cards = cards
        self.requested: list[SearchQuery] = []

    def search(self, query: SearchQuery) -> list[SearchHit]:
        self.requested.append(query)
        found = [card for card in self.cards if self._passes(card, query)]
        return [SearchHit(card, 0.5, 0.5, 0.0, ()) for card in found[: query.limit]]

    @staticmethod
    def _passes(card: StemCard, query: SearchQuery) -> bool:
        return (
            card.category == query.category
            and (query.is_loop is None or card.is_loop == query.is_loop)
            and (query.bpm_min is None or (card.bpm or 0.0) >= query.bpm_min)
            and (query.bpm_max is None or (card.bpm or 0.0) <= query.bpm_max)
            and (query.kit is None or card.kit_id == query.kit)
        )


def plan(*categories):
    queries = tuple(StemQuery(category) for category in categories)
    return ArrangementPlan(138.0, "Am", (SectionPlan("A", 8, queries),))


def ids(pool, category):
    return {
        item.card.id
        for wanted, items in pool.items()
        if wanted.category == category
        for item in items
    }


def test_each_wish_gets_stems_of_its_category_and_of_stand_ins():
    shelf = Shelf([loop("B", "bass"), loop("S", "synth"), shot("K", "kick")])

    pool = find_candidates(shelf, plan("bass"))

    assert ids(pool, "bass") == {"B"}
    assert ids(pool, "synth") == {"S"}
    assert ids(pool, "kick") == set()


def test_a_small_library_is_asked_once_per_wish():
    shelf = Shelf([loop("B", "bass")])

    pool = find_candidates(shelf, plan("bass"))

    assert len(shelf.requested) == len(pool)


def test_in_a_large_library_loops_near_the_tempo_are_found_behind_the_others():
    far = [loop(f"far{i:02d}", "bass", bpm=95.0) for i in range(PER_QUERY)]
    near = [loop("near", "bass", bpm=137.0), loop("half", "bass", bpm=69.0)]

    pool = find_candidates(Shelf(far + near), plan("bass"))

    assert {"near", "half"} <= ids(pool, "bass")


def test_in_a_large_library_the_stems_of_a_kit_are_found_together():
    crowd = [loop(f"b{i:02d}", "bass", bpm=95.0) for i in range(PER_QUERY)]
    kit = [shot("kit kick", "kick", kit_id="k"), loop("kit bass", "bass", bpm=100.0, kit_id="k")]

    pool = find_candidates(Shelf(crowd + kit), plan("kick", "bass"))

    assert "kit bass" in ids(pool, "bass")


def test_no_more_than_a_few_dozen_stems_are_held_for_a_wish():
    shelf = Shelf([loop(f"b{i:04d}", "bass", bpm=138.0) for i in range(2000)])

    pool = find_candidates(shelf, plan("bass"))

    assert max(len(items) for items in pool.values()) <= 4 * PER_QUERY


def test_our_own_riser_is_offered_for_a_section_to_rise_into_and_nowhere_else():
    rising = StemQuery("fx", ("rising",), text="riser sweep", pattern="section end")
    requested = ArrangementPlan(
        138.0, "Am", (SectionPlan("Build", 8, (rising, StemQuery("kick"))),)
    )

    pool = find_candidates(Shelf([shot("K", "kick")]), requested)

    assert ids(pool, "fx") == {RISER.id}
    assert ids(pool, "kick") == {"K"}


def test_with_a_palette_nothing_else_is_asked_for_and_nothing_of_our_own_offered():
    shelf = Shelf([shot("K", "kick")])
    rising = StemQuery("fx", ("rising",), text="riser sweep", pattern="section end")
    requested = ArrangementPlan(
        138.0, "Am", (SectionPlan("Build", 8, (rising, StemQuery("kick"))),),
        palette=Palette(("favourites",)),
    )  # fmt: skip

    pool = find_candidates(shelf, requested)

    assert shelf.requested
    assert all(query.palette == requested.palette for query in shelf.requested)
    assert ids(pool, "fx") == set()
    assert ids(pool, "kick") == {"K"}
