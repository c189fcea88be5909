"""What a plan names that is not known: reported to the user, and how it is played instead."""

from collections.abc import Iterator

from src.core.errors import InvalidInputError
from src.music.genre.genres import genre_grammar
from src.music.genre.grammar_files import GENRES
from src.music.genre.patterns import pattern_for, pattern_names
from src.music.model.plan import POSITIONS, ArrangementPlan


def warnings_of(plan: ArrangementPlan) -> tuple[str, ...]:
    """Write a sentence for each genre and step pattern of a plan that does not exist."""
    return tuple(dict.fromkeys((*_genre(plan), *_patterns(plan))))


def _genre(plan: ArrangementPlan) -> Iterator[str]:
    if not _known(plan.genre):
        yield (
            f"there is no genre {plan.genre!r}: the track is played like the default;"
            f" known are {', '.join(GENRES)}"
        )


def _patterns(plan: ArrangementPlan) -> Iterator[str]:
    genre = plan.genre if _known(plan.genre) else "default"
    metre = plan.time_signature
    for section in plan.structure:
        for query in section.stem_queries:
            name, category = query.pattern, query.category
            if name is None or name in POSITIONS:
                continue
            try:
                pattern_for(genre, category, section.energy, name=name, metre=metre)
            except InvalidInputError:
                known = ", ".join(pattern_names(genre, category, metre=metre))
                yield (
                    f"there is no pattern {name!r} for {category} in {genre}: the usual one"
                    f" plays; known are {known}"
                )


def _known(genre: str) -> bool:
    try:
        genre_grammar(genre)
    except InvalidInputError:
        return False
    return True
