"""Keep the answer: a link to it, and a sheet of the chosen site to print or to read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.ui.components.browser_buttons import copy_link
from geo.ui.components.messages import show_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.finder.answer import Route, SiteAnswer
    from geo.finder.found_place import FoundPlace
    from geo.territory import Territory

_LINK: Final = (
    "Le lien garde vos choix et votre départ : une commune, un hameau connu, ou un point arrondi à cent mètres. Jamais "
    "l'adresse que vous avez écrite."
)


def keep_and_share(
    territory: Territory,
    site: SiteAnswer | None,
    origin: FoundPlace | None,
    route: Route | None,
    without_car: Sequence[str] = (),
) -> None:
    """Show the buttons; sheets are made when they are asked for.

    Parameters
    ----------
    site
        Site of the sheets, `None` where none was found.
    origin
        Where the visitor starts from: an address or a position is not printed.
    route
        The road to the site, `None` where no road leads there.
    without_car
        The round trip to it by public transport, in sentences.
    """
    st.header("Garder et partager", anchor=False)
    with st.container(horizontal=True, gap="small"):
        if site is not None:
            _sheets(territory, site, origin, route, without_car)
        copy_link()
    about = [f"Les fiches sont celles de : {site.name}. Choisissez un autre site dans la liste."] if site else []
    show_notes([*about, _LINK])


def _sheets(
    territory: Territory,
    site: SiteAnswer,
    origin: FoundPlace | None,
    route: Route | None,
    without_car: Sequence[str],
) -> None:
    def pdf() -> bytes:
        from geo.report.site_sheet import site_sheet_pdf  # noqa: PLC0415 - typst only when asked for

        return site_sheet_pdf(territory, site, origin=origin, route=route, without_car=without_car)

    def text() -> str:
        from geo.report.site_sheet import site_sheet_text  # noqa: PLC0415

        return site_sheet_text(territory, site, origin=origin, route=route, without_car=without_car)

    name = f"france-services-{re.sub(r'[^0-9A-Za-z_-]+', '-', site.facility_id)}"
    st.download_button("Fiche à imprimer (PDF)", pdf, f"{name}.pdf", "application/pdf", on_click="ignore")
    st.download_button("Fiche en texte", text, f"{name}.txt", "text/plain", on_click="ignore")
