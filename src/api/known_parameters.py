"""Refuses parameters that an endpoint does not have: a misspelt filter must not find everything."""

from difflib import get_close_matches

from fastapi import Depends, Request, params
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute


def refuse_unknown_parameters(request: Request) -> None:
    """Raise RequestValidationError that names each parameter of the address that nobody reads."""
    route = request.scope.get("route")
    given = dict.fromkeys(name for name, _ in request.query_params.multi_items())
    if not given or not isinstance(route, APIRoute):
        return
    known = _parameters(route)
    found = [
        {
            "type": "unknown_parameter",
            "loc": ("query", name),
            "msg": _rule(name, known),
            "input": request.query_params[name],
        }
        for name in given
        if name not in known
    ]
    if found:
        raise RequestValidationError(found)


def _parameters(route: APIRoute) -> tuple[str, ...]:
    fields = get_flat_params(route.dependant)
    return tuple(sorted({one.alias for one in fields if isinstance(one.field_info, params.Query)}))


def _rule(name: str, known: tuple[str, ...]) -> str:
    if not known:
        return "is not known here, where there are no parameters"
    close = get_close_matches(name, known, n=1)
    meant = f"did you mean {close[0]}? " if close else ""
    return f"is not known here: {meant}there are {', '.join(known)}"


KNOWN_PARAMETERS = Depends(refuse_unknown_parameters)
