"""In which state the library is: the same state gives the same tracks."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from src.db.models import CollectedStem, StemChange
from src.db.rows.active_model import active_model


def library_state(session: Session, collections: Sequence[str] = ()) -> str:
    """Write down what a track depends on beside its plan, as a text that can be compared.

    It names the newest change of any stem or vector, the model that is searched by, and what
    lies in these collections.
    """
    newest = session.scalar(select(func.max(StemChange.seq))) or 0
    collected = session.execute(
        select(CollectedStem.collection_id, CollectedStem.stem_id)
        .where(CollectedStem.collection_id.in_(collections))
        .order_by(CollectedStem.collection_id, CollectedStem.stem_id)
    )
    inside = ",".join(f"{row[0]}/{row[1]}" for row in collected) if collections else ""
    return f"{newest} {active_model(session)} {inside}"
