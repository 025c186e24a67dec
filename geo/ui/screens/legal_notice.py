"""*Mentions légales*: who publishes, who hosts, what is kept of visitors, whose data; filled by the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.sources.vintages import dated
from geo.ui.components.leaflet_map import privacy_sentence
from geo.ui.components.sections import Section, given, show_sections

if TYPE_CHECKING:
    from collections.abc import Iterable

    from geo.settings import Settings
    from geo.sources.provenance import Provenance
    from geo.territory import Territory
    from geo.ui.state import AppState


def show(territory: Territory, _state: AppState, settings: Settings) -> None:
    """Draw the screen."""
    show_sections("Mentions légales", notice(settings, territory.manifest.sources))


def notice(settings: Settings, sources: Iterable[Provenance]) -> list[Section]:
    """Return the notice, section by section; what the operator did not give is told."""
    operator = settings.operator
    return [
        Section(
            "Éditeur",
            items=[
                f"Nom : {given(operator.name)}.",
                f"Adresse : {given(operator.address)}.",
                f"Contact : {given(operator.contact)}.",
                f"Directeur ou directrice de la publication : {given(operator.director)}.",
            ],
        ),
        Section("Hébergement", [f"{given(operator.host)}."]),
        Section(
            "Vie privée",
            [
                (
                    "Cette application n'a ni compte, ni publicité, ni mesure d'audience. Elle ne pose que les cookies "
                    "qui la font fonctionner : ils tiennent la visite ouverte et protègent l'envoi de fichiers."
                ),
                privacy_sentence(settings),
                (
                    "Les traces techniques que garde le serveur, et combien de temps, relèvent de l'éditeur et de "
                    "l'hébergeur. Pour vos droits sur vos données : l'éditeur, puis la CNIL (https://www.cnil.fr)."
                ),
            ],
        ),
        Section(
            "Données",
            ["Les données officielles gardent la licence de leurs producteurs :"],
            [
                f"{source.dataset} ({dated(source.vintage)}) : {source.licence or 'licence non précisée'}."
                for source in sources
            ],
        ),
        Section(
            "Responsabilité",
            ["Les temps de trajet sont calculés, et les listes peuvent avoir changé : téléphonez avant de partir."],
        ),
    ]
