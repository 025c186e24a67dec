"""*Accessibilité*: the statement that French law asks for, on the model of the RGAA, filled by the settings.

What the project itself tested is told as such: it is no audit, and without one the statement says "non conforme".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from geo.ui.components.sections import NOT_GIVEN, Section, given, show_sections

if TYPE_CHECKING:
    from geo.settings import Operator, Settings
    from geo.territory import Territory
    from geo.ui.state import AppState

_WHOLE: Final = 100
_HALF: Final = 50

_TESTED: Final = (
    (
        "Règles automatiques d'axe-core sur chaque écran, à 1 280 et à 390 pixels, listes, calendrier et fenêtres "
        "d'options ouverts : aucun défaut critique, sérieux ou modéré. Ces règles ne couvrent qu'une partie du RGAA."
    ),
    "Clavier seul, dans Chromium : menus, recherche, options, calendrier, cartes, choix d'une commune.",
    "Arbre d'accessibilité de Chromium, lu pour trois visites : chercher un site, choisir un jour, voir une commune.",
)
_UNTESTED: Final = (
    "Lecteurs d'écran (NVDA, JAWS, VoiceOver, TalkBack), loupes et commande vocale.",
    "Essais par des personnes handicapées.",
    "Documents PDF : balisés par construction, sans contrôle par un outil de vérification.",
)
_FAULTS: Final = (
    (
        "Les tableaux que l'on trie sont dessinés : un lecteur d'écran n'en lit que les lignes affichées. Le même "
        "tableau s'enregistre en CSV."
    ),
    "Les cartes demandent de voir les couleurs et les formes. Les mêmes résultats sont dans les phrases et les listes.",
    (
        "Le calendrier et les listes viennent d'une bibliothèque (Streamlit) : ses textes anglais sont remplacés "
        "par du français après leur affichage."
    ),
    "Sans JavaScript, rien ne s'affiche, sauf une phrase en anglais.",
)
_APPEAL: Final = (
    "Écrire au Défenseur des droits : https://formulaire.defenseurdesdroits.fr/",
    "Joindre son délégué dans votre département : https://www.defenseurdesdroits.fr/carte-des-delegues",
    "Lui écrire sans timbre : Défenseur des droits, Libre réponse 71120, 75342 Paris CEDEX 07.",
)


def show(_territory: Territory, _state: AppState, settings: Settings) -> None:
    """Draw the screen."""
    show_sections("Déclaration d'accessibilité", statement(settings.operator))


def statement(operator: Operator) -> list[Section]:
    """Return the statement, section by section; what the operator did not give is told."""
    who = operator.name or f"L'exploitant de ce site ({NOT_GIVEN})"
    return [
        Section(
            "Engagement",
            [
                (
                    f"{who} s'engage à rendre ce service accessible, selon l'article 47 de la loi n° 2005-102 du 11 "
                    "février 2005. Cette déclaration porte sur l'application Maillage, telle qu'elle est installée ici."
                )
            ],
        ),
        Section("État de conformité", [conformity(operator)]),
        Section("Ce qui a été essayé, par les auteurs de l'application", items=_TESTED),
        Section("Ce qui ne l'a pas été", items=_UNTESTED),
        Section("Ce qui n'est pas accessible", items=_FAULTS),
        Section(
            "Technologies et outils",
            ["HTML, CSS, JavaScript, WAI-ARIA, SVG et WebGL. Essais dans Chromium, avec axe-core."],
        ),
        Section(
            "Signaler un obstacle",
            [
                (
                    "Une page ne vous est pas accessible ? Dites-le : on vous répondra, et on vous donnera ce que vous "
                    f"cherchez d'une autre façon. Qui prévenir : {given(operator.accessibility_contact)}."
                )
            ],
        ),
        Section(
            "Si vous n'avez pas de réponse",
            ["Vous avez signalé un obstacle et n'avez pas eu de réponse satisfaisante : vous pouvez"],
            _APPEAL,
        ),
    ]


def conformity(operator: Operator) -> str:
    """Return how far the application meets the RGAA by the audit that the operator gives.

    >>> from geo.settings import Operator
    >>> conformity(Operator(audit="Exemple, mars 2026", audit_rate="72"))[:68]
    'Cette application est partiellement conforme au RGAA, version 4.1.2 '
    """
    rate = int(operator.audit_rate) if re.fullmatch(r"\d{1,3}", operator.audit_rate, re.ASCII) else None
    if rate is None or rate > _WHOLE or not operator.audit:
        wrong = (
            f" Le taux « {operator.audit_rate} » n'est pas retenu : il faut un nombre entier de 0 à 100, et l'audit "
            "dont il vient."
        )
        return (
            "Cette application est non conforme au RGAA, version 4.1.2 (référentiel général d'amélioration de "
            f"l'accessibilité) : aucun audit n'est connu ({NOT_GIVEN}).{wrong if operator.audit_rate else ''}"
        )
    degree = "totalement" if rate == _WHOLE else "partiellement" if rate >= _HALF else "non"
    return (
        f"Cette application est {degree} conforme au RGAA, version 4.1.2 (référentiel général d'amélioration de "
        f"l'accessibilité) : {rate} % des critères sont respectés. Audit : {operator.audit}."
    )
