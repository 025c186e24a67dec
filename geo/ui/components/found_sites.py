"""The sites of an answer as lists that anyone can read without the map: our own small component.

The first site comes alone, before the map on a phone; the others follow. The lists are HTML written here, every text
escaped. The component keeps the focus and the opened timetables when a list changes, and hands the answer to the map of
the same name (`find_map`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import streamlit as st

from geo.answers.directions import directions_to
from geo.answers.list_dates import list_date
from geo.answers.nearest import list_titles, saved_sentence
from geo.answers.procedure import is_known_for_firms_alone
from geo.answers.round_trips import trip_in_short, trip_titles
from geo.answers.round_trips import trip_sentence as round_trip_sentence
from geo.answers.site_words import (
    address_text,
    asked_sentence,
    detail_texts,
    kind_words,
    other_modes_sentence,
    site_trip,
    stop_lines,
    trip_sentence,
)
from geo.french import capital, dialled, is_email
from geo.network.modes import CAR
from geo.sources.http_client import host_of
from geo.ui.components.find_map import TAXES_SIGN
from geo.ui.components.leaflet_map import component_text
from geo.ui.session import change_state

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterator, Sequence

    from geo.answers.directions import Directions
    from geo.finder.answer import Answer, SiteAnswer
    from geo.finder.bus_passes import StopAnswer
    from geo.finder.opening_times import DayLine, OpeningStatus
    from geo.finder.route_service import AskedRoutes
    from geo.finder.site_trips import SiteTrip

#: State of opening -> sign before its words. The sign and the words differ, not only the colour.
_SIGNS: Final = {"open": "✓", "published": "!", "closed": "✕", "unknown": "?"}


def found_sites(html: str, part: str, *, name: str, answer: dict[str, Any] | None = None) -> None:
    """Show a part of the list.

    `html`: From `first_html` or `others_html`. `part`: What tells this part from others. `answer`: What the map draws
    (`geo.ui.components.find_map.map_answer`), given with one part.
    """
    key = f"{name}_sites_{part}"

    def choose() -> None:
        site = st.session_state[key].site
        if isinstance(site, str):
            change_state(site=site)

    _component()(key=key, data={"name": name, "html": html, "answer": answer}, on_site_change=choose)


@dataclass(frozen=True, slots=True)
class Shown:
    """What the cards of an answer share.

    `chosen`: Facility id of the site that the road on the map leads to, `None` for none. `user_agent`: What the browser
    says of itself, for the link to a map application. `asked`: What the route service told of this answer, if it was
    asked. `for_taxes`: Whether the visitor comes for taxes: the tax office is then a choice beside the first site, not
    a comparison. `compact`: Whether cards say the least, for a page inside another one. `trips`: Round trips by public
    transport to the sites, where these are what is asked for.
    """

    today: dt.date
    chosen: str | None = None
    user_agent: str = ""
    asked: AskedRoutes | None = None
    for_taxes: bool = False
    compact: bool = False
    trips: Sequence[SiteTrip] = ()

    @property
    def trip_of(self) -> dict[str, str]:
        """The round trip to each site in words, by `facility_id`."""
        words = trip_in_short if self.compact else round_trip_sentence
        return {one.facility_id: capital(words(one)) for one in self.trips}


def first_html(answer: Answer, shown: Shown) -> str:
    """Return the first site as HTML, headings of levels 2 and 3; beside it, for taxes, the tax office."""
    parts = []
    if answer.sites:
        parts.append(f"<h2>{_titles(answer, shown)[0]}</h2><ol>{_card(answer.sites[0], shown, 1)}</ol>")
    if shown.for_taxes and answer.tax_office is not None:
        choice = "à vérifier" if is_known_for_firms_alone(answer.tax_office) else "au choix"
        title = f"Ou, {choice} : le service des impôts" if answer.sites else "Le service des impôts"
        parts.append(f"<h2>{title}</h2><ul>{_card(answer.tax_office, shown, TAXES_SIGN)}</ul>")
    return _list_html(parts, shown)


def others_html(answer: Answer, shown: Shown) -> str:
    """Return the other sites as HTML, headings of levels 2 and 3; the buses and the tax office too unless compact."""
    parts = []
    if answer.sites[1:]:
        cards = [_card(site, shown, number) for number, site in enumerate(answer.sites[1:], 2)]
        parts.append(f"<h2>{_titles(answer, shown)[1]}</h2><ol>{''.join(cards)}</ol>")
    if shown.compact:
        return _list_html(parts, shown)
    if answer.stops:
        cards = [_stop_card(stop) for stop in answer.stops]
        parts.append(
            "<h2>Arrêts du bus France services</h2><p class='about'>Le bus n'est à son arrêt qu'à ces heures.</p>"
            f"<ul>{''.join(cards)}</ul>"
        )
    if answer.buses:
        cards = [_card(bus, shown) for bus in answer.buses]
        parts.append(
            "<h2>Bus France services</h2><p class='about'>Un bus change de lieu chaque jour : téléphonez pour "
            f"connaître {'le reste de ' if answer.stops else ''}sa tournée.</p><ul>{''.join(cards)}</ul>"
        )
    saved = saved_sentence(answer)
    gain = f"<p class='about'>{saved}</p>" if saved else ""
    if answer.tax_office is not None and not shown.for_taxes:
        cards = [_card(answer.tax_office, shown)]
        parts.append(f"<h2>Pour comparer : le service des impôts</h2>{gain}<ul>{''.join(cards)}</ul>")
    elif gain:
        parts.append(gain)
    return _list_html(parts, shown)


def _titles(answer: Answer, shown: Shown) -> tuple[str, str]:
    return trip_titles(shown.trips) if shown.trips else list_titles(answer)


def _list_html(parts: list[str], shown: Shown) -> str:
    return f'<div class="{"compact" if shown.compact else "full"}">{"".join(parts)}</div>' if parts else ""


def contacts_html(site: SiteAnswer) -> str:
    """Return the phone, e-mail and official page of a site as links, each only where it is what it should be."""
    links = []
    if site.phone is not None:
        links.append(_phone_html(site.phone))
    if site.email is not None:
        email = escape(site.email)
        links.append(f'<a href="mailto:{quote(site.email, safe="@")}">{email}</a>' if is_email(site.email) else email)
    if site.website is not None:
        host = host_of(site.website)
        shown = escape(site.website)
        links.append(
            f'<a href="{shown}" target="_blank" rel="noopener noreferrer">Page officielle ({escape(host)})</a>'
            if host
            else shown
        )
    return "".join(f"<li>{link}</li>" for link in links)


def _card(site: SiteAnswer, shown: Shown, number: int | str | None = None) -> str:
    identifier = escape(site.facility_id)
    is_chosen = number is not None and site.facility_id == shown.chosen
    told = "" if shown.asked is None else asked_sentence(site, shown.asked)
    badge = f'<span class="number" aria-hidden="true">{number}</span>' if number is not None else ""
    by_car = _trip_words(site, shown)
    trip = shown.trip_of.get(site.facility_id) if number is not None else None
    modes = (
        []
        if shown.compact
        else list(
            filter(
                None, [capital(by_car) if trip and site.travel_time_min is not None else "", other_modes_sentence(site)]
            )
        )
    )
    lines = [
        f"<h3>{badge}{escape(site.name)}</h3>",
        f'<p class="trip">{escape(trip or by_car)}</p>',
        *(f'<p class="modes">{escape(words)}</p>' for words in modes),
        *([f'<p class="asked">{escape(told)}</p>'] if told else []),
        _status_html(site.status),
        *(f'<p class="warning">{escape(warning)}</p>' for warning in site.warnings),
        *([] if shown.compact else [f"<p>{escape(' · '.join(kind_words(site)))}</p>"]),
        f"<p>{escape(address_text(site))}</p>",
    ]
    if shown.compact:
        remark = site.details.get("comment") if site.kind == "tax_office" else None  # of a list that is to be verified
        lines += [] if remark is None else [f'<p class="detail">{escape(remark)}</p>']
        phone = "" if site.phone is None else f"<li>{_phone_html(site.phone)}</li>"
        way, *_ = directions_to(site, shown.user_agent)
        lines.append(f'<ul class="contacts">{phone}<li>{_way_html(site, way)}</li></ul>')
    else:
        lines += [f'<ul class="contacts">{contacts_html(site)}</ul>', directions_html(site, shown.user_agent)]
        lines += _more_html(site, shown, is_chosen=is_chosen, numbered=isinstance(number, int))
    marked = f' data-site="{identifier}"' if number is not None else ""
    return f'<li class="card{" chosen" if is_chosen else ""}"{marked}>{"".join(lines)}</li>'


def _trip_words(site: SiteAnswer, shown: Shown) -> str:
    return site_trip(site) if shown.compact and site.travel_time_min is not None else trip_sentence(site)


def _more_html(site: SiteAnswer, shown: Shown, *, is_chosen: bool, numbered: bool) -> Iterator[str]:
    """Give what a card tells beside the way to reach a site: the list's own texts, the week, the choice of the site."""
    identifier = escape(site.facility_id)
    for label, text in detail_texts(site):
        if " ".join(text.split()).rstrip(" .;") not in (site.status.remark or ""):  # said already
            yield f'<p class="detail">{label} : {escape(text)}</p>'
    yield f'<p class="list-date">{escape(list_date(site.list_vintage))}</p>'
    if any(line.intervals is not None for line in site.week):
        week = _week_html(site, shown.today)
        yield f'<details id="week-{identifier}"><summary>Horaires de la semaine</summary>{week}</details>'
    if numbered:
        yield (
            f'<button type="button" id="choose-{identifier}" data-choose="{identifier}">'
            f"{'✓ Site choisi' if is_chosen else 'Choisir ce site'}"
            f'<span class="hidden"> : {escape(site.name)}</span></button>'
        )
        if is_chosen:
            on_map = "Son trajet est sur la carte, sa fiche" if site.mode == CAR and not shown.trips else "Sa fiche est"
            yield f'<p class="detail">{on_map} en bas de page.</p>'


def _stop_card(stop: StopAnswer) -> str:
    """Return a stop of a bus as a card: where, how far, when, which bus."""
    name, trip, when, *bus = stop_lines(stop)
    sign = _SIGNS["open" if stop.is_there else "closed"]
    state = "open" if stop.is_there else "closed"
    lines = [
        f"<h3>{escape(name)}</h3>",
        f'<p class="trip">{escape(trip)}</p>',
        f'<p class="status {state}"><span class="sign" aria-hidden="true">{sign}</span>{escape(when)}</p>',
        *(f"<p>{escape(line)}</p>" for line in bus),
    ]
    return f'<li class="card">{"".join(lines)}</li>'


def directions_html(site: SiteAnswer, user_agent: str = "") -> str:
    """Return the links to the way to a site in map applications, and which these are."""
    first, *others = directions_to(site, user_agent)
    towards = f'<span class="hidden"> vers {escape(site.name)}</span>'
    more = "".join(_leaving(other.address, f"ou {other.opens}{towards}") for other in others)
    return f'<p class="directions">{_way_html(site, first)} <span>dans {escape(first.opens)}</span> {more}</p>'


def _way_html(site: SiteAnswer, way: Directions) -> str:
    return _leaving(way.address, f'Itinéraire<span class="hidden"> vers {escape(site.name)}</span>')


def _leaving(address: str, html: str) -> str:
    """Return a link to another application; the page stays open behind one of the web."""
    apart = ' target="_blank" rel="noopener noreferrer"' if address.startswith("https:") else ""
    return f'<a href="{escape(address)}"{apart}>{html}</a>'


def _status_html(status: OpeningStatus) -> str:
    remark = "" if status.remark is None else f'<p class="remark">Le site précise : {escape(status.remark)}</p>'
    return (
        f'<p class="status {status.state}"><span class="sign" aria-hidden="true">{_SIGNS[status.state]}</span>'
        f"{escape(status.in_short)}</p>{remark}"
    )


def _week_html(site: SiteAnswer, today: Any) -> str:
    rows = "".join(_day_html(line, is_today=line.date == today) for line in site.week)
    return f'<table><caption class="hidden">Horaires de {escape(site.name)}</caption><tbody>{rows}</tbody></table>'


def _day_html(line: DayLine, *, is_today: bool) -> str:
    details = [f"fermé le {line.date:%d/%m} : {line.holiday}"] if line.holiday else []
    details += line.permanences
    more = "".join(f"<br><small>{escape(text)}</small>" for text in details)
    current = ' class="today" aria-current="date"' if is_today else ""
    return f'<tr{current}><th scope="row">{escape(line.day)}</th><td>{escape(line.text)}{more}</td></tr>'


def _phone_html(phone: str) -> str:
    number = dialled(phone)
    if number is None:
        return escape(phone)
    return f'<a href="tel:{number}"><span class="hidden">Téléphone : </span>{escape(phone)}</a>'


@cache
def _component() -> Callable[..., Any]:
    """Register the component, once for the process."""
    return st.components.v2.component(
        "maillage_found_sites",
        html='<div class="sites"></div>',
        css=component_text("found_sites.css"),
        js=component_text("found_sites.js"),
    )
