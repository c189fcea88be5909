"""Answers with the fields that a client wants: ``fields=id,name`` or ``fields=stem.id,score``."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, get_args

from fastapi import Depends, Query, Request
from pydantic import BaseModel

from src.core.errors import InvalidInputError
from src.schemas.common import Text

PARAMETER = "fields"
ROWS = ("items", "hits")
"""What the list of a page is called; fields are those of its members."""

Tree = dict[str, "Tree"]
"""Which fields, and which within them; an empty one takes everything."""


def chosen_fields(
    request: Request,
    fields: Annotated[
        Text | None,
        Query(
            max_length=500,
            description="Only these fields of each item, with commas between them; "
            "a dot leads into one. Left out: all",
        ),
    ] = None,
) -> None:
    """Raise InvalidInputError for a field that the answer does not have."""
    if fields is None:
        return
    model = request.scope["route"].response_model
    rows = next((model.model_fields[one] for one in ROWS if one in model.model_fields), None)
    _check(tree_of(fields), _model(model if rows is None else rows.annotation), "")


FIELDS = Depends(chosen_fields)


def tree_of(fields: str) -> Tree:
    """Read "stem.id,score"."""
    tree: Tree = {}
    for path in fields.split(","):
        inside = tree
        for name in path.strip().split("."):
            inside = inside.setdefault(name, {})
    return tree


def narrowed(answer: Any, fields: str) -> Any:
    """Keep these fields of an answer, or of each member of its page. The page itself stays."""
    tree = tree_of(fields)
    if isinstance(answer, Mapping):
        rows = next((one for one in ROWS if isinstance(answer.get(one), list)), None)
        if rows is not None:
            return {**answer, rows: [_kept(one, tree) for one in answer[rows]]}
    return _kept(answer, tree)


def _kept(value: Any, tree: Tree) -> Any:
    if isinstance(value, list):
        return [_kept(one, tree) for one in value]
    if not tree or not isinstance(value, Mapping):
        return value
    return {name: _kept(one, tree[name]) for name, one in value.items() if name in tree}


def _check(tree: Tree, model: type[BaseModel] | None, path: str) -> None:
    known: Iterable[str] = () if model is None else model.model_fields
    for name, inside in tree.items():
        if model is None or name not in model.model_fields:
            there = ", ".join(known) or "no fields in it"
            raise InvalidInputError(
                f"fields must be some of {there}, got {path + name!r}", code="unknown_field"
            )
        if inside:
            _check(inside, _model(model.model_fields[name].annotation), f"{path}{name}.")


def _model(annotation: Any) -> type[BaseModel] | None:
    """Find the model in a type such as ``list[Model] | None``; None where there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_model(one) for one in get_args(annotation))
    return next((one for one in found if one is not None), None)
