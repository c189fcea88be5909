"""From what a request says of many stems to what the database is asked."""

from src.db.crud import StemFilter
from src.db.rows.stem_edits import Selection
from src.schemas.stem_edits import StemFilterBody, StemSelection
from src.schemas.stem_filters import limits_of


def selection_of(said: StemSelection) -> Selection:
    """Read which stems a request means."""
    if said.ids is not None:
        return Selection(ids=tuple(said.ids))
    return Selection(requested=StemFilter() if said.filter is None else _filter_of(said.filter))


def _filter_of(said: StemFilterBody) -> StemFilter:
    categories = said.category or ()
    return StemFilter(
        categories=(categories,) if isinstance(categories, str) else tuple(categories),
        key=said.key,
        compatible=said.compatible,
        licence=said.licence,
        collection=said.collection,
        is_loop=said.is_loop,
        kit=said.kit,
        tag=said.tag,
        chords=said.chords,
        text=said.q,
        missing=said.missing,
        **limits_of(said),
    )
