"""The sites of an answer as a list that anyone can read without the map: our own small component.

The list is HTML written here, every text escaped. The component keeps the focus and the opened
timetables when the list changes, and hands the answer to the map of the same name (`find_map`).
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
from geo.answers.nearest import (
    address_text,
    asked_sentence,
    detail_texts,
    kind_words,
    list_title,
    other_modes_sentence,
    saved_sentence,
    trip_sentence,
)
from geo.french import dialled, is_email
from geo.sources.http_client import host_of
from geo.ui.components.leaflet_map import component_text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from geo.finder.answer import Answer, SiteAnswer
    from geo.finder.opening_times import DayLine, OpeningStatus
    from geo.finder.route_service import AskedRoutes

#: State of opening -> sign before its words. The sign and the words differ, not only the colour.
_SIGNS: Final = {"open": "✓", "published": "!", "closed": "✕", "unknown": "?"}


def found_sites(
    answer: Answer | None,
    chosen: str | None,
    map_answer: dict[str, Any],
    *,
    name: str,
    on_choose: Callable[[str], None],
    asked: AskedRoutes | None = None,
    for_taxes: bool = False,
) -> None:
    """Show the list.

    `answer`: The answer, `None` where there is none yet: the list is then empty. `chosen`: Facility id of the site that
    the road on the map leads to, `None` for none. `asked`: What the route service told of this answer, if it was asked.
    `for_taxes`: Whether the visitor comes for taxes: the tax office is then a choice, not a comparison.
    """
    key = f"{name}_sites"

    def choose() -> None:
        site = st.session_state[key].site
        if isinstance(site, str):
            on_choose(site)

    device = st.context.headers.get("User-Agent", "")
    html = "" if answer is None else sites_html(answer, chosen, user_agent=device, asked=asked, for_taxes=for_taxes)
    _component()(
        key=key,
        data={"name": name, "html": html, "answer": map_answer},
        on_site_change=choose,
    )


def sites_html(
    answer: Answer,
    chosen: str | None,
    *,
    user_agent: str = "",
    asked: AskedRoutes | None = None,
    for_taxes: bool = False,
) -> str:
    """Return the sites, the buses and the tax office as HTML, headings of levels 2 and 3.

    `user_agent`: What the browser says of itself, for the link to a map application.
    """
    parts = []
    shown = _Shown(answer.at.date(), chosen, user_agent, asked)
    if answer.sites:
        cards = [_card(site, shown, number) for number, site in enumerate(answer.sites, 1)]
        parts.append(f"<h2>{list_title(answer)}</h2><ol>{''.join(cards)}</ol>")
    if answer.buses:
        cards = [_card(bus, shown) for bus in answer.buses]
        parts.append(
            "<h2>Bus France services</h2><p class='about'>Un bus change de lieu chaque jour : téléphonez pour "
            f"connaître sa tournée.</p><ul>{''.join(cards)}</ul>"
        )
    if answer.tax_office is not None:
        saved = saved_sentence(answer)
        gain = f"<p class='about'>{saved}</p>" if saved else ""
        title = "Autre choix : le service des impôts" if for_taxes else "Pour comparer : le service des impôts"
        parts.append(f"<h2>{title}</h2>{gain}<ul>{_card(answer.tax_office, shown)}</ul>")
    return "".join(parts)


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


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the cards of an answer share."""

    today: dt.date
    chosen: str | None
    user_agent: str
    asked: AskedRoutes | None


def _card(site: SiteAnswer, shown: _Shown, number: int | None = None) -> str:
    identifier = escape(site.facility_id)
    is_chosen = number is not None and site.facility_id == shown.chosen
    told = "" if shown.asked is None else asked_sentence(site, shown.asked)
    badge = f'<span class="number" aria-hidden="true">{number}</span>' if number is not None else ""
    lines = [
        f"<h3>{badge}{escape(site.name)}</h3>",
        f'<p class="trip">{escape(trip_sentence(site))}</p>',
        *([f'<p class="modes">{escape(modes)}</p>'] if (modes := other_modes_sentence(site)) else []),
        *([f'<p class="asked">{escape(told)}</p>'] if told else []),
        _status_html(site.status),
        *(f'<p class="warning">{escape(warning)}</p>' for warning in site.warnings),
        f"<p>{escape(' · '.join(kind_words(site)))}</p>",
        f"<p>{escape(address_text(site))}</p>",
        f'<ul class="contacts">{contacts_html(site)}</ul>',
        directions_html(site, shown.user_agent),
    ]
    lines += [f'<p class="detail">{label} : {escape(text)}</p>' for label, text in detail_texts(site)]
    lines.append(f'<p class="list-date">{escape(list_date(site.list_vintage))}</p>')
    if any(line.intervals is not None for line in site.week):
        week = _week_html(site, shown.today)
        lines.append(f'<details id="week-{identifier}"><summary>Horaires de la semaine</summary>{week}</details>')
    if number is not None:
        lines.append(
            f'<button type="button" id="choose-{identifier}" data-choose="{identifier}">'
            f"{'✓ Site choisi' if is_chosen else 'Choisir ce site'}"
            f'<span class="hidden"> : {escape(site.name)}</span></button>'
        )
    marked = f' data-site="{identifier}"' if number is not None else ""
    return f'<li class="card{" chosen" if is_chosen else ""}"{marked}>{"".join(lines)}</li>'


def directions_html(site: SiteAnswer, user_agent: str = "") -> str:
    """Return the links to the way to a site in a map application, and that they leave this one."""
    first, *others = directions_to(site, user_agent)
    towards = f'<span class="hidden"> vers {escape(site.name)}</span>'
    more = "".join(f" (ou {_leaving(other.address, f'{other.opens}{towards}')})" for other in others)
    return (
        f'<p class="directions">{_leaving(first.address, f"Itinéraire{towards}")} : ouvre {escape(first.opens)}, '
        f"hors de cette application{more}</p>"
    )


def _leaving(address: str, html: str) -> str:
    """Return a link to another application; the page stays open behind one of the web."""
    apart = ' target="_blank" rel="noopener noreferrer"' if address.startswith("https:") else ""
    return f'<a href="{escape(address)}"{apart}>{html}</a>'


def _status_html(status: OpeningStatus) -> str:
    return (
        f'<p class="status {status.state}"><span class="sign" aria-hidden="true">{_SIGNS[status.state]}</span>'
        f"{escape(status.sentence)}</p>"
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
