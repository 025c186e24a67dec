"""Keep the answer: a link to it, and a sheet of the chosen site to print or to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from geo.ui.components.browser_buttons import copy_link
from geo.ui.components.messages import show_notes

if TYPE_CHECKING:
    from geo.finder.answer import Answer, SiteAnswer
    from geo.territory import Territory


def keep_and_share(territory: Territory, answer: Answer, site: SiteAnswer | None, start: str) -> None:
    """Show the buttons; sheets are made when they are asked for.

    Parameters
    ----------
    territory, answer
        Where the sheet is about, and what was found.
    site
        Site of the sheet, `None` where no site was found.
    start
        Where the visitor starts from, in words that may be printed.
    """
    st.header("Garder et partager", anchor=False)
    with st.container(horizontal=True, gap="small"):
        if site is not None:
            stem = f"france-services-{site.facility_id}"

            def pdf() -> bytes:
                from geo.report.site_sheet import site_sheet_pdf  # noqa: PLC0415 - typst only when asked for

                return site_sheet_pdf(territory, site, answer, start)

            def text() -> str:
                from geo.report.site_sheet import site_sheet_text  # noqa: PLC0415

                return site_sheet_text(site, answer, start)

            st.download_button("Fiche à imprimer (PDF)", pdf, f"{stem}.pdf", "application/pdf", on_click="ignore")
            st.download_button("Fiche en texte", text, f"{stem}.txt", "text/plain", on_click="ignore")
        copy_link()
    about = [f"Les fiches sont celles de : {site.name}. Choisissez un autre site dans la liste."] if site else []
    show_notes(
        [
            *about,
            "Le lien garde vos choix et votre départ : une commune, ou un point arrondi à cent mètres. Jamais "
            "l'adresse que vous avez écrite.",
        ]
    )
