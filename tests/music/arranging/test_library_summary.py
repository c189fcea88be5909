"""What a library holds, in numbers."""

from typing import Any

from src.music.arranging.library_summary import (
    KitSummary,
    LibrarySummary,
    StemGroup,
    summarise_library,
)


def group(kit: str | None = None, **values: Any) -> StemGroup:
    facts = {"category": "synth", "is_loop": True, "bpm": None, "key": None, **values}
    return StemGroup(kit, **facts)


def test_kit_takes_the_tempo_and_key_of_most_of_its_loops() -> None:
    summary = summarise_library(
        [
            group("One", bpm=124.0, key="Fm", stems=2, bpm_weight=2.0, key_weight=2.0),
            group("One", bpm=62.0, key="Ab"),
            group("One", is_loop=False, category="kick"),
        ]
    )
    assert summary.kits == (KitSummary(124.0, "Fm", 3.0),)
    assert summary.counts == {"synth": 3, "kick": 1}


def test_sure_values_outweigh_unsure_ones() -> None:
    summary = summarise_library(
        [
            group("One", bpm=90.0, stems=2, bpm_weight=0.2),
            group("One", bpm=174.0, bpm_weight=0.9),
        ]
    )
    assert summary.kits[0].bpm == 174.0


def test_drums_have_no_say_in_the_key() -> None:
    summary = summarise_library([group("One", category="drums", key="C", bpm=120.0)])
    assert summary.kits[0].key is None


def test_order_of_stems_is_no_matter() -> None:
    groups = [group(f"kit {i % 3}", bpm=120.0 + i % 2, key="Am") for i in range(12)]
    assert summarise_library(groups) == summarise_library(reversed(groups))


def test_half_and_double_tempos_count() -> None:
    library = LibrarySummary({}, (KitSummary(87.0, None, 5), KitSummary(174.0, None, 2)))
    assert library.tempos(160, 180) == {174.0: 7}
    assert library.tempos(100, 120) == {}


def test_a_key_is_supported_by_what_can_be_brought_into_it() -> None:
    library = LibrarySummary({}, (KitSummary(120.0, "Am", 10),))
    support = [library.key_support(key, 120.0) for key in ("Am", "C", "Bm", "Em", "Ebm")]
    assert support == sorted(support, reverse=True)
    assert support[0] == 10.0
    assert support[1] > 9.0  # the relative has the same tones
    assert support[-1] < 5.0


def test_a_kit_supports_less_the_more_it_must_be_stretched() -> None:
    library = LibrarySummary({}, (KitSummary(120.0, "Am", 10),))
    support = [library.key_support("Am", bpm) for bpm in (120.0, 240.0, 125.0, 135.0, 160.0)]
    assert support == sorted(support, reverse=True)
    assert support[0] == support[1]


def test_empty_library_supports_nothing() -> None:
    assert summarise_library([]) == LibrarySummary({}, ())
    assert LibrarySummary().tempos(60, 200) == {}
    assert LibrarySummary().keys == {}
