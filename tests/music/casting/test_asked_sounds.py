"""The sound that a prompt names is preferred to others of its category."""

from src.music.casting.asked_sounds import is_called, named_sounds, names_if_any
from src.music.casting.casting import cast_plan
from src.music.casting.matching import StemCandidate
from src.music.model.accounts import RequestedSound
from src.music.model.plan import ArrangementPlan, SectionPlan, StemQuery
from src.words.file_names import names_of_files
from tests.music.cards import loop

QUERY = StemQuery("guitar", text="ukulele")
UKULELE = RequestedSound("ukulele", "guitar", "ukulele")


def _plan(*requested: RequestedSound) -> ArrangementPlan:
    return ArrangementPlan(120.0, "Am", (SectionPlan("Verse", 8, (QUERY,)),), requested=requested)


def _cast(plan: ArrangementPlan, *names: str) -> str:
    cards = [loop(name, "guitar", bpm=120.0, key="Am") for name in names]
    similar = [StemCandidate(card, 0.9 - 0.5 * (n > 0)) for n, card in enumerate(cards)]
    pool = {query: similar if query == QUERY else [] for query in (QUERY,)}
    return cast_plan(plan, pool, seed=1).parts[0].card.name


def test_the_file_that_is_called_so_plays_though_another_is_nearer_in_meaning() -> None:
    assert _cast(_plan(), "Jazz Chords", "Ukulele Strum") == "Jazz Chords"
    assert _cast(_plan(UKULELE), "Jazz Chords", "Ukulele Strum") == "Ukulele Strum"


def test_where_no_file_is_called_so_another_plays_as_well_as_before() -> None:
    assert _cast(_plan(UKULELE), "Jazz Chords", "Blues Lick") == "Jazz Chords"
    cards = [loop("Jazz Chords", "guitar")]
    assert names_if_any(cards, names_of_files("ukulele")) == ()


def test_plain_categories_and_what_there_shall_be_less_of_are_no_named_sounds() -> None:
    plain = RequestedSound("guitar", "guitar", "guitar")
    less = RequestedSound("banjo", "guitar", "banjo", -4.0)
    assert set(named_sounds(_plan(plain, less, UKULELE))) == {"ukulele"}


def test_a_stem_is_called_by_its_folder_too() -> None:
    card = loop("Strum 01", "guitar", original_file="Folk/Ukulele/strum01.wav")
    assert is_called(card, names_of_files("ukulele"))
    assert not is_called(loop("Strum 01", "guitar"), names_of_files("ukulele"))
