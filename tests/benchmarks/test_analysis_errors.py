import pytest

from benchmarks.analysis_errors import (
    key_mistake,
    mistakes,
    print_mistakes,
    root_mistake,
    tempo_mistake,
)
from benchmarks.analysis_figures import Answer
from tests.benchmarks.answers import answer, label

LOOP = label(is_loop="1", bpm="120")


@pytest.mark.parametrize(
    ("bpm", "kind"),
    [(120.2, None), (60.0, "half"), (240.0, "double"), (122.0, "within 4 %"),
     (80.0, "3:2 or 2:3"), (90.0, "4:3 or 3:4"), (105.0, "another tempo"), (None, "no tempo")],
)  # fmt: skip
def test_tempo_mistakes_are_named(bpm: float | None, kind: str | None) -> None:
    assert tempo_mistake(answer(LOOP, bpm=bpm)) == kind


def test_a_loop_taken_for_a_one_shot_is_another_mistake_than_a_file_not_read() -> None:
    assert tempo_mistake(answer(LOOP, is_loop=False)) == "taken for a one-shot"
    assert tempo_mistake(Answer(LOOP, "a.wav", None)) == "not read"


@pytest.mark.parametrize(
    ("heard", "kind"),
    [("Am", None), ("C", "relative"), ("A", "parallel (mode)"), ("Em", "a fifth above"),
     ("Dm", "a fifth below"), ("F#m", "another key"), (None, "no answer, taken for pad")],
)  # fmt: skip
def test_key_mistakes_are_named(heard: str | None, kind: str | None) -> None:
    said = label(is_loop="1", key="Am", key_evidence="given")
    assert key_mistake(answer(said, key=heard, category="pad")) == kind


def test_root_mistakes_are_named() -> None:
    said = label(is_loop="0", key="A", key_evidence="root-note")
    assert root_mistake(answer(said, key="A", is_loop=False)) is None
    assert root_mistake(answer(said, key="Bb", is_loop=False)) == "a semitone off"
    assert root_mistake(answer(said, is_loop=True)) == "no answer, taken for a loop"


def test_mistakes_are_grouped_with_truth_answer_and_confidence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    drum = label(relpath="kick.wav", category="kick", is_loop="0")
    found = mistakes(
        [
            answer(LOOP, bpm=60.0, confidence=0.7),
            answer(drum, category="tom", key="C", bpm=99.0, is_loop=True),
        ]
    )
    assert {(one.field, one.kind) for one in found} == {
        ("bpm", "half"),
        ("bpm", "one-shot given a tempo"),
        ("key", "drum given a key"),
        ("loop", "one-shot taken for a loop"),
        ("category", "kick heard as tom"),
    }
    print_mistakes(found)
    reported = capsys.readouterr().out
    assert "  half: 1\n    a/b.wav: truth 120.0, answer 60.0 (0.70)" in reported


def test_right_answers_are_no_mistakes() -> None:
    assert mistakes([answer(LOOP, bpm=120.0), answer(label(category="pad"), category="pad")]) == []
