"""Which step pattern a genre plays on a category at an energy."""

from src.core.errors import InvalidInputError
from src.music.genre.genres import genre_grammar
from src.music.genre.steps import Pattern, Step, degree_semitones, swung

__all__ = [
    "Pattern",
    "Step",
    "degree_semitones",
    "fill_for",
    "fills_for",
    "pattern_for",
    "pattern_names",
    "patterns_for",
    "swung",
]


def pattern_for(genre: str, category: str, energy: float, *, name: str | None = None) -> Pattern:
    """Choose the pattern of a category: the named one, else the busiest that the energy allows.

    genre: a genre, or a style such as "industrial techno"
    energy: 0..1, of the section

    Positions are straight; ``swung`` moves them. Raises InvalidInputError for an unknown
    genre, category or name.
    """
    if name is None:
        return patterns_for(genre, category, energy)[0]
    known = _all_patterns(genre, category)
    for pattern in known:
        if pattern.name == name:
            return pattern
    raise InvalidInputError(
        f"patterns of {category} in {genre} are {', '.join(p.name for p in known)}, got {name!r}"
    )


def pattern_names(genre: str, category: str) -> tuple[str, ...]:
    """List all patterns of a category that a plan can name."""
    return tuple(pattern.name for pattern in _all_patterns(genre, category))


def patterns_for(genre: str, category: str, energy: float) -> tuple[Pattern, ...]:
    """List the fitting pattern first, then the others that the energy allows, busiest first.

    The further ones serve for variation. Below the lowest threshold the calmest is given.
    """
    usual = _usual_patterns(genre, category)
    allowed = [pattern for pattern in usual if pattern.energy <= energy]
    return tuple(sorted(allowed, key=lambda pattern: -pattern.energy)) or usual[:1]


def fills_for(genre: str, category: str) -> tuple[Pattern, ...]:
    """One-bar fills of a category; empty where the category goes on as before."""
    return genre_grammar(genre).fills.get(category, ())


def fill_for(genre: str, category: str, *, variant: int = 0) -> Pattern | None:
    """Choose one of the fills, ``variant`` counting round; None where the category goes on."""
    fills = fills_for(genre, category)
    return fills[variant % len(fills)] if fills else None


def _usual_patterns(genre: str, category: str) -> tuple[Pattern, ...]:
    usual = genre_grammar(genre).patterns.get(category)
    if not usual:
        raise InvalidInputError(f"{genre} has no patterns for the category {category!r}")
    return usual


def _all_patterns(genre: str, category: str) -> tuple[Pattern, ...]:
    """By name: the genre's own, those of its styles, then the default's."""
    grammar = genre_grammar(genre)
    found = list(_usual_patterns(genre, category) + grammar.named_patterns.get(category, ()))
    for style in grammar.styles:
        styled = genre_grammar(grammar.name, style.name)
        found += styled.patterns.get(category, ()) + styled.named_patterns.get(category, ())
    default = genre_grammar("default")
    found += default.patterns.get(category, ()) + default.named_patterns.get(category, ())
    return tuple({pattern.name: pattern for pattern in reversed(found)}.values())
