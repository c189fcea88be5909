from src.music.casting.cast_part import CastPart
from src.music.casting.fit import Fit
from src.music.model.part_request import PartRequest
from tests.music.cards import shot


def played_by(card) -> CastPart:
    return CastPart(PartRequest("bass 2", "bass"), card, Fit("steps"), 0.8, ())


def test_only_a_tonal_stem_with_a_root_can_play_degrees() -> None:
    assert played_by(shot("B", "bass", key="A")).tuned
    assert not played_by(shot("B", "bass")).tuned
    assert not played_by(shot("T", "tom", key="A")).tuned


def test_it_goes_by_the_name_of_what_was_wanted() -> None:
    assert played_by(shot("B", "bass")).name == "bass 2"
