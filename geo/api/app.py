"""The addresses that are answered, described by OpenAPI, and what is said where a question is not understood."""

from __future__ import annotations

import importlib.metadata
import re
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Annotated, Any, Final

from anyio.to_thread import current_default_thread_limiter
from fastapi import FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette import status
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from geo.api.gate import FAILED, encoded, problem
from geo.api.page import page
from geo.api.queries import CoverageQuery, NearQuery, parameters, require_once
from geo.api.schemas import COVERAGE, HEALTH, NEAREST, PLAN, PROBLEM
from geo.api.service import HomonymsError
from geo.errors import MaillageError, UnknownPlaceError
from geo.french import format_number

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from geo.api.service import Service

#: Questions that are computed at once; the others wait.
_AT_ONCE: Final = 4
_SHOWN: Final = 40
_ABOUT: Final = (
    "Réponses de maillage en lecture seule, les mêmes que celles de la ligne de commande avec --json. Là où un temps "
    "est estimé, « estimated » vaut true ; les sources et leurs dates sont dites dans chaque réponse, sauf la "
    "liste de facilities=tax-offices, qui n'a que ses lignes. Rien n'est enregistré de ce qui est demandé."
)
#: An option of the command line in a sentence: its parameter has no hyphens before it.
_OPTION: Final = re.compile(rf"(?<![\w-])--(?=(?:{'|'.join(sorted(parameters(), key=len, reverse=True))})\b)")


def make_app(service: Service) -> FastAPI:
    """Return the application, without what `geo.api.gate` puts in front of it."""
    app = FastAPI(
        title="maillage",
        version=importlib.metadata.version("maillage"),
        description=_ABOUT,
        docs_url=None,  # these pages load their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_few_threads,
    )
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _nothing_there)
    app.add_exception_handler(MaillageError, _refused)
    app.add_exception_handler(Exception, _failed)

    @app.get(
        "/nearest",
        summary="Les sites proches d'un lieu, ouverts quand, joints comment (maillage nearest --json)",
        responses=_responses(NEAREST, 300, 404, 422, 429),
        response_class=Response,
    )
    def nearest(request: Request, query: Annotated[NearQuery, Query()]) -> Response:
        require_once(name for name, _ in request.query_params.multi_items())
        return _json(service.near(query))

    @app.get(
        "/coverage",
        summary="Qui est assez près, quelles communes sont sous-desservies (maillage diagnose --json)",
        responses=_responses(COVERAGE, 422, 429),
        response_class=Response,
    )
    def coverage(request: Request, query: Annotated[CoverageQuery, Query()]) -> Response:
        require_once(name for name, _ in request.query_params.multi_items())
        return _json(service.coverage(query))

    @app.get(
        "/plan",
        summary="Le plan publié ici, calculé auparavant (maillage plan --json)",
        responses=_responses(PLAN, 404, 422, 429),
        response_class=Response,
    )
    def plan() -> Response:
        if service.plan is None:
            sentence = "Aucun plan n'est publié ici. Qui sert cette interface en donne un avec --plan."
            return _json_bytes(problem(sentence), status.HTTP_404_NOT_FOUND)
        return _json_bytes(service.plan)

    @app.get("/health", summary="Si le serveur répond", responses=_responses(HEALTH), response_class=Response)
    async def health() -> Response:
        return _json({"status": "ok", "territory": service.territory.name, "version": app.version})

    @app.get("/", include_in_schema=False)
    async def home() -> HTMLResponse:
        return HTMLResponse(page(app.openapi()))

    return app


@asynccontextmanager
async def _few_threads(_: FastAPI) -> AsyncIterator[None]:
    current_default_thread_limiter().total_tokens = _AT_ONCE
    yield


def _json(value: object) -> Response:
    return _json_bytes(encoded(value))


def _json_bytes(content: bytes, code: int = status.HTTP_200_OK) -> Response:
    return Response(content, code, media_type="application/json")


def _responses(schema: Mapping[str, Any], *failures: int) -> dict[int | str, dict[str, Any]]:
    """Return the answers of an address as OpenAPI describes them: its own, then its failures."""
    described: dict[int | str, dict[str, Any]] = {200: {"description": "La réponse", **_content(schema)}}
    return described | {code: {"description": _MEANT[code], **_content(PROBLEM)} for code in failures}


_MEANT: Final = {
    300: "Plusieurs communes portent ce nom : elles sont dans « places »",
    404: "Rien de ce nom",
    422: "Demande mal formée",
    429: "Trop de demandes : attendre autant de secondes que le dit Retry-After",
}


def _content(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


#: What pydantic tells of the bounds of a parameter.
_BOUNDS: Final = frozenset({"ge", "gt", "le", "lt", "max_length"})
#: Beginning of the type of a fault -> what is expected.
_EXPECTED: Final = {
    "float": "un nombre est attendu",
    "finite": "un nombre est attendu",
    "int": "un nombre entier est attendu",
    "bool": "true ou false est attendu",
    "greater_than_equal": "un nombre de {ge} au moins est attendu",
    "greater_than": "un nombre au-dessus de {gt} est attendu",
    "less_than_equal": "un nombre de {le} au plus est attendu",
    "string_too_long": "{max_length} caractères au plus sont attendus",
    "too_long": "{max_length} valeurs au plus sont attendues",
    "": "cette valeur n'est pas attendue",
}


async def _refused(_: Request, error: Exception) -> Response:
    """Answer a question that makes no sense; names of options become those of parameters."""
    sentence = _OPTION.sub("", str(error))
    if isinstance(error, HomonymsError):
        places = [
            {"label": place.label, "commune_code": place.commune_code, "lon": place.lon, "lat": place.lat}
            for place in error.search.homonyms
        ]
        return _json_bytes(problem(sentence, places=places), status.HTTP_300_MULTIPLE_CHOICES)
    unknown = isinstance(error, UnknownPlaceError)
    code = status.HTTP_404_NOT_FOUND if unknown else status.HTTP_422_UNPROCESSABLE_CONTENT
    return _json_bytes(problem(sentence), code)


async def _nothing_there(_: Request, error: Exception) -> Response:
    """Answer an address that leads nowhere."""
    code = error.status_code if isinstance(error, HTTPException) else status.HTTP_404_NOT_FOUND
    return _json_bytes(problem("Rien n'est servi à cette adresse. Voyez / ou /openapi.json."), code)


async def _failed(_: Request, __: Exception) -> Response:
    """Answer an error that nobody expected; the gate logs it."""
    return _json_bytes(problem(FAILED), status.HTTP_500_INTERNAL_SERVER_ERROR)


async def _not_understood(_: Request, error: Exception) -> Response:
    """Answer parameters that cannot be read, all of them at once."""
    faults = error.errors() if isinstance(error, RequestValidationError) else ()
    sentence = " ; ".join(dict.fromkeys(_fault(fault) for fault in faults[:5]))
    return _json_bytes(problem(f"{sentence}."), status.HTTP_422_UNPROCESSABLE_CONTENT)


def _fault(fault: Mapping[str, Any]) -> str:
    """Return one fault of a parameter: what was found, what was expected."""
    name = str(next((part for part in fault["loc"][1:] if isinstance(part, str)), "?"))[:_SHOWN]
    if fault["type"] == "extra_forbidden":
        return f"Le paramètre « {name} » n'existe pas : ceux de cette adresse sont décrits dans /openapi.json"
    bounds = {key: format_number(value) for key, value in fault.get("ctx", {}).items() if key in _BOUNDS}
    expected = next((words for kind, words in _EXPECTED.items() if fault["type"].startswith(kind)), _EXPECTED[""])
    found = fault.get("input")
    shown = f" « {found[:_SHOWN]} »" if isinstance(found, str) else ""
    return f"{name}{shown} refusé : {expected.format(**bounds)}"
