"""One site on one sheet: a page to print and the same in plain text, for somebody who comes without a screen."""

from __future__ import annotations

import re
import textwrap
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.answers.directions import web_directions
from geo.answers.list_dates import list_date, old_list_sentence
from geo.answers.nearest import stand_in_sentence
from geo.answers.origin import sources_sentence
from geo.answers.site_words import detail_texts, distance_text, other_modes_sentence, site_trip
from geo.french import DRIVING_ONLY, UNIT_SPACE, day_text, dialled, is_email
from geo.kinds import KINDS
from geo.maps.static_route import draw_route
from geo.network.modes import MODES
from geo.report.fitting import cut
from geo.report.typesetting import typeset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.finder.answer import Route, SiteAnswer
    from geo.finder.found_place import FoundPlace
    from geo.territory import Territory

_OFFICIAL_ONLY: Final = (
    "Les démarches administratives sont gratuites. Des sites privés qui imitent les sites officiels les font payer : "
    "un site de l'État se termine par .gouv.fr. En cas de doute, demandez au site France services."
)
_BUS: Final = "bus"
_MAP_IN: Final = (84 / 25.4, 72 / 25.4)
#: Longest texts that a page has room for, in characters; the rest is cut and shown to be.
_LONGEST: Final = {"title": 140, "line": 180, "details": 700, "visits": 160, "sentence": 420, "trip": 300}
_TEXT_WIDTH: Final = 76
_WEB: Final = re.compile(r"https?://[^\s<>\"'\\]+")
_DIRECTIONS: Final = (
    "le nord", "le nord-est", "l'est", "le sud-est", "le sud", "le sud-ouest", "l'ouest", "le nord-ouest"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Entry:
    """One way to reach a site: what it is called, what is shown, where it links to."""

    label: str
    text: str
    link: str | None = None
    strong: bool = False


def site_sheet_pdf(
    territory: Territory,
    site: SiteAnswer,
    *,
    origin: FoundPlace | None = None,
    route: Route | None = None,
    without_car: Sequence[str] = (),
) -> bytes:
    """Make the sheet of a site as a PDF of exactly one A4 page, tagged for screen readers (PDF/UA-1).

    Parameters
    ----------
    territory
        Study area that the answer was found in; its date is that of the document.
    origin
        Where the visitor starts from. A commune or a postcode is named; an address or a position is not written.
    route
        The way from there, from `geo.finder.answer.route_to`; without it the map shows the site alone.
    without_car
        The round trip by public transport, in sentences (`geo.answers.round_trips.kept_trip_lines`).

    Returns
    -------
    The same bytes for the same inputs. Nothing is written to a disk. Texts too long for a page are cut, visibly.
    """
    sheet = _sheet(territory, site, origin, route, without_car)
    way = np.array([[site.lon, site.lat]]) if route is None else route.coordinates
    made_on = territory.manifest.built_on
    picture = draw_route(territory, way, kind=site.kind, size_in=_MAP_IN)
    return typeset("site_sheet", sheet, {"map.svg": picture}, made_on)


def site_sheet_text(
    territory: Territory,
    site: SiteAnswer,
    *,
    origin: FoundPlace | None = None,
    route: Route | None = None,
    without_car: Sequence[str] = (),
) -> str:
    """Return the sheet of a site as plain text, lines of at most 76 characters; parameters as in `site_sheet_pdf`."""
    sheet = _sheet(territory, site, origin, route, without_car)
    lines = [sheet["kind"].upper(), *_wrapped(sheet["title"]), *_wrapped(sheet["subtitle"]), ""]
    for entry in sheet["contact"]:
        lines += _wrapped(f"{entry['label']} : {entry['text']}")
    lines += ["", "COMMENT Y ALLER", *(line for sentence in sheet["way"] for line in _wrapped(sentence))]
    lines += ["", sheet["week_title"].upper()]
    for day, hours, *visits in sheet["week"]:
        seen = f" ; {visits[0]}" if visits and visits[0] else ""
        lines += _wrapped(f"{day + ' ':.<10} {hours}{seen}", "           ")
    titles = ("À SAVOIR AVANT DE VENIR", "PRÉCISIONS DU SITE", "ATTENTION AUX SITES PAYANTS", "SOURCES")
    for title, part in zip(titles, ("warnings", "details", "official", "foot"), strict=True):
        if sheet[part]:
            lines += ["", title, *(line for sentence in sheet[part] for line in _wrapped(sentence))]
    return "\n".join(lines) + "\n"


def _sheet(
    territory: Territory,
    site: SiteAnswer,
    origin: FoundPlace | None,
    route: Route | None,
    without_car: Sequence[str],
) -> dict[str, Any]:
    """Return all that a sheet says, as plain values; texts are on one line and cut to what a page can hold."""
    title = _line(site.name, "title")
    visits = any(day.permanences for day in site.week)
    away = _line(stand_in_sentence(origin, estimated=site.estimated), "sentence")
    modes = other_modes_sentence(site)
    start = _line(origin.label) if origin is not None and origin.kind in {"commune", "postcode"} else None
    return {
        "title": title,
        "kind": KINDS[site.kind].label,
        "subtitle": f"Rattachée à : {_line(site.main_site, 'title')}" if site.main_site else "",
        "contact": [asdict(entry) for entry in _contact(site)],
        "way": [
            *_way(site, start, route),
            *filter(None, [modes and f"{modes}.", away]),
            *(_line(sentence, "trip") for sentence in without_car),
        ],
        "map": True,
        "map_alt": _described_map(site, title, start, route),
        "legend": _legend(territory, route),
        "week_title": f"Horaires {_week_of(site)}",
        "week_header": ["Jour", "Heures d'ouverture", *(["Permanences"] if visits else [])],
        "visits": visits,
        "week": [
            [day.day.capitalize(), _line(day.text), *([_line(" ; ".join(day.permanences), "visits")] if visits else [])]
            for day in site.week
        ],
        "warnings": [
            _line(warning, "sentence")
            for warning in (*site.warnings, old_list_sentence(site.list_vintage, territory.manifest.built_on))
            if warning
        ],
        "details": [_line(f"{label} : {text}", "details") for label, text in detail_texts(site)],
        "official": [_OFFICIAL_ONLY],
        "foot": _foot(territory, site),
    }


def _contact(site: SiteAnswer) -> list[_Entry]:
    town = UNIT_SPACE.join(filter(None, (_line(site.postcode), _line(site.commune_name))))
    address = ", ".join(filter(None, (_line(site.address), town)))
    entries = [_Entry("Adresse", address or "non connue")]
    if site.phone:
        phone = _line(site.phone)
        number = dialled(phone)
        entries.append(_Entry("Téléphone", phone, f"tel:{number}" if number else None, strong=True))
    if site.email:
        email = _line(site.email)
        entries.append(_Entry("Courriel", email, f"mailto:{email}" if is_email(email) else None))
    if site.website:
        website = _line(site.website)
        entries.append(_Entry("Site internet", website, website if _WEB.fullmatch(website) else None))
    if not (site.phone or site.email):
        entries.append(_Entry("Téléphone et courriel", "non connus"))
    asked = {
        True: "sur rendez-vous : appelez avant de venir",
        False: "sans rendez-vous",
        None: "à demander par téléphone",
    }
    some = "sur rendez-vous à certaines heures : voir la semaine"
    entries.append(_Entry("Accueil", some if site.some_appointment else asked[site.appointment]))
    way = web_directions(site)
    entries.append(_Entry(f"Itinéraire (ouvre {way.opens})", way.address.removeprefix("https://www."), way.address))
    return entries


def _way(site: SiteAnswer, start: str | None, route: Route | None) -> list[str]:
    """Return how long and how far the way is, in words."""
    if route is not None:
        site = replace(site, travel_time_min=route.travel_time_min, distance_km=route.distance_km)
    whence = f"Depuis {start}" if start else "Depuis votre point de départ"
    if site.travel_time_min is None:
        return ["Le temps de trajet n'est pas connu."]
    base = ", jusqu'à la base du bus" if site.kind == _BUS else ""
    about = "" if site.estimated else "environ "
    return [f"{whence} : {about}{site_trip(site)} {MODES[site.mode]}{base}."]


def _described_map(site: SiteAnswer, title: str, start: str | None, route: Route | None) -> str:
    """Return the map in words."""
    if route is None:
        return f"Carte : position de « {title} »{f' à {_line(site.commune_name)}' if site.commune_name else ''}."
    (lon, lat), (to_lon, to_lat) = route.coordinates[0], route.coordinates[-1]
    bearing = np.degrees(np.arctan2((to_lon - lon) * np.cos(np.radians(lat)), to_lat - lat))
    direction = _DIRECTIONS[round(float(bearing) / 45) % len(_DIRECTIONS)]
    return (
        f"Carte du trajet de {start or 'votre point de départ'} à « {title} », vers {direction} : "
        f"{distance_text(route.distance_km)} par la route."
    )


def _legend(territory: Territory, route: Route | None) -> str:
    if route is None:
        return "Le nord est en haut."
    drawn = " Trajet approché, en tirets." if territory.network.source.approximate else ""
    return f"Le nord est en haut.{drawn}"


def _week_of(site: SiteAnswer) -> str:
    """Return which week the hours are told for: its holidays are said."""
    if not site.week:
        return "d'ouverture"
    days = sorted(day.date for day in site.week)
    first, last = days[0], days[-1]
    begins = str(first.day) if (first.day > 1 and first.month == last.month) else day_text(first)
    return f"du {begins} au {day_text(last)} {last.year}"


def _foot(territory: Territory, site: SiteAnswer) -> list[str]:
    """Return what is approximate, the sources and their dates."""
    warning = (
        f"{list_date(site.list_vintage)}. {DRIVING_ONLY} Vérifiez les horaires par téléphone avant de vous déplacer."
    )
    approximate = territory.network.source.notes if territory.network.source.approximate else ()
    sources = f"{sources_sentence(territory.manifest)} Routes : {territory.network.source.name}."
    return [*(_line(text, "sentence") for text in approximate), warning, _line(sources, "details")]


def _line(text: str | None, room: str = "line") -> str:
    return cut(text or "", _LONGEST[room])


def _wrapped(text: str, hanging: str = "") -> list[str]:
    return textwrap.wrap(text, _TEXT_WIDTH, subsequent_indent=hanging)
