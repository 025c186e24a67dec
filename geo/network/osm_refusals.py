"""Why OpenStreetMap data cannot be read, in French: what osmium says, answers of Overpass, names of another kind."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from geo.errors import SourceError
from geo.french import visible

if TYPE_CHECKING:
    from pathlib import Path

_HEAD_BYTES: Final = 1 << 16
_TAIL_BYTES: Final = 1 << 12
_LONGEST_SHOWN: Final = 160
_ELEMENTS: Final = re.compile(rb'"elements"\s*:\s*\[')
_TEXT: Final = rb'("(?:[^"\\]|\\.)*")'
#: The remark is beside the elements: the last value of the answer, or before them.
_LAST_REMARK: Final = re.compile(rb'"remark"\s*:\s*' + _TEXT + rb"\s*\}\s*\Z", re.DOTALL)
_FIRST_REMARK: Final = re.compile(rb'"remark"\s*:\s*' + _TEXT, re.DOTALL)
#: What osmium says begins or contains -> what is wrong.
_WHY: Final = (
    (re.compile(r"coordinate|invalid location"), "position d'un nœud illisible ou hors de la Terre"),
    (re.compile(r"illegal id|illegal ref"), "identifiant illisible"),
    (re.compile(r"illegal (?:version|changeset|user id|uid)|timestamp"), "version ou date d'un objet illisible"),
    (re.compile(r"file with version|missing version"), "version d'OpenStreetMap XML autre que 0.6"),
    (re.compile(r"line 1, column 0: no element found"), "fichier vide"),
    (re.compile(r"Unknown (?:top-level )?element"), "XML d'une autre sorte"),
    (re.compile(r"XML parsing error"), "XML mal formé ou coupé avant sa fin"),
    (re.compile(r"PBF error|unexpected EOF|protozero|blob", re.IGNORECASE), "données abîmées ou coupées avant la fin"),
)
#: How extracts begin: in PBF, behind four bytes of length; in XML, behind comments.
_PBF: Final = b"\x0a\x09OSMHeader"
_OSM_XML: Final = re.compile(rb"[^<]*(?:<[?!][^>]*>\s*)*<(?:osm|osmChange)\b")
_XML_LINE: Final = re.compile(r"XML parsing error at line (\d+)")


def why_unreadable(said: str) -> str:
    """Return in French, as words to put between brackets, what osmium says of a file.

    >>> why_unreadable("XML parsing error at line 12, column 3: not well-formed (invalid token)")
    'XML mal formé ou coupé avant sa fin, ligne 12'
    >>> why_unreadable("something never seen before")
    "contenu abîmé ou d'une autre sorte"
    """
    why = next((words for pattern, words in _WHY if pattern.search(said)), "contenu abîmé ou d'une autre sorte")
    line = _XML_LINE.search(said)
    return why if line is None or why == "fichier vide" else f"{why}, ligne {line[1]}"


def unreadable(name: str, said: str) -> SourceError:
    """Return the error of a file that osmium does not read, from its name and what osmium says of it.

    >>> str(unreadable("rues.osm.pbf", "unexpected EOF"))[:94]
    "« rues.osm.pbf » n'est pas un extrait OpenStreetMap lisible (données abîmées ou coupées avant "
    """
    if said == "history":
        return SourceError(
            f"« {name} » est un historique : il contient les versions passées des routes. "
            f"Un extrait à une seule date est attendu (osmium time-filter en tire un)."
        )
    if "inside <member>" in said:
        return SourceError(
            f"« {name} » contient des relations avec leur tracé (Overpass, « out geom; »), qui ne se lisent pas. "
            f"Des routes seules sont attendues : demandez way[highway] sans les relations."
        )
    return SourceError(
        f"« {name} » n'est pas un extrait OpenStreetMap lisible ({why_unreadable(said)}). "
        f"Un fichier .osm.pbf ou .osm complet est attendu : téléchargez-le de nouveau."
    )


def nodes_without_numbers(path: Path, way: int) -> SourceError:
    """Return the error of a file of which a way has nodes without ``ref``.

    >>> from pathlib import Path
    >>> str(nodes_without_numbers(Path("rues.osm"), 13))[:64]
    '« rues.osm » : la route 13 a des nœuds sans identifiant (<nd> sa'
    """
    return SourceError(
        f"« {path.name} » : la route {way} a des nœuds sans identifiant (<nd> sans ref), qui ne disent pas où "
        f"les routes se rejoignent. Avec Overpass, demandez « out body geom; » ou « (._;>;); out body; »."
    )


def gave_up(path: Path, remark: str) -> SourceError:
    """Return the error of an answer of Overpass in XML that ends with a remark: the service stopped before the end.

    >>> from pathlib import Path
    >>> str(gave_up(Path("rues.osm"), " runtime error: Query timed out "))[:77]
    "« rues.osm » est une réponse incomplète d'Overpass, qui y dit : « runtime err"
    """
    said = visible(" ".join(remark.split()))[:_LONGEST_SHOWN]
    return SourceError(
        f"« {path.name} » est une réponse incomplète d'Overpass, qui y dit : « {said} ». Refaites la demande, sur une "
        f"zone plus petite ou avec un délai plus long ([timeout:...])."
    )


def refuse_unnamed_extract(path: Path) -> None:
    """Raise `SourceError` where a file that its name does not tell to be an OpenStreetMap extract is one."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_TAIL_BYTES)
    except OSError:
        return  # its reader tells why
    in_pbf = head[4:].startswith(_PBF)
    if in_pbf or _OSM_XML.match(head.replace(b"\x00", b"")):
        kind, ending = ("PBF", ".osm.pbf") if in_pbf else ("XML", ".osm")
        msg = (
            f"« {path.name} » est un extrait OpenStreetMap ({kind}) que son nom ne dit pas. "
            f"Renommez-le pour qu'il finisse en {ending}."
        )
        raise SourceError(msg)


def refuse_overpass_json(path: Path) -> None:
    """Raise `SourceError` where a file is an answer of Overpass in JSON, with its remark where it gave up."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
            size = stream.seek(0, 2)
            stream.seek(max(size - _TAIL_BYTES, 0))
            tail = stream.read()
    except OSError:
        return  # its reader tells why
    elements = _ELEMENTS.search(head)
    if elements is None or b'"features"' in head[: elements.start()]:
        return  # GeoJSON may have a column of that name
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return
    remark = _LAST_REMARK.search(tail) or _FIRST_REMARK.search(head[: elements.start()])
    said = "" if remark is None else visible(_decoded(remark[1])).strip()[:_LONGEST_SHOWN]
    gave_up = f" Overpass y dit : « {said} » ; elle est donc incomplète." if said else ""
    msg = (
        f"« {path.name} » est une réponse d'Overpass en JSON, qui ne se lit pas : demandez [out:xml] à la place de "
        f"[out:json], et nommez le fichier en .osm.{gave_up}"
    )
    raise SourceError(msg)


def _decoded(text: bytes) -> str:
    shown = text.decode("utf-8", "replace")
    try:
        return str(json.loads(shown, strict=False))
    except ValueError:
        return shown.strip('"')
