"""What is said of a link that holds choices which do not exist: one sentence, in the words of the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.french import UNIT_SPACE, quoted
from geo.kinds import KINDS, SITE_KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Name of a choice in the address -> what the screens call it.
CHOICES: Final[Mapping[str, str]] = {
    "territoire": "territoire",
    "ecran": "écran",
    "lieu": "commune de départ",
    "position": "point de départ",
    "quand": "jour et heure",
    "ouvert": "ouvert maintenant",
    "samedi": "ouvert le samedi",
    "soir": "ouvert le soir",
    "sans_rdv": "sans rendez-vous",
    "types": "types de lieux",
    "demarche": "démarche",
    "operateur": "venue de l'organisme",
    "site": "site choisi",
    "lieux": "lieux à atteindre",
    "seuil": "seuil en voiture",
    "bus": "compter les bus",
    "antennes": "compter les antennes",
    "regle": "règle des communes sous-desservies",
    "part": "part minimale d'habitants",
    "mode": "façon de s'y rendre",
    "jour": "jour de l'aller-retour",
    "commune": "commune à regarder",
    "vue": "question de Planifier",
    "but": "ce que vous visez",
    "limite": "ce que vous fixez",
    "labels": "nouveaux labels",
    "couvrir": "part à couvrir",
    "budget": "budget",
    "payeur": "qui paie",
    "cout": "coût d'un label",
    "aide": "aide de l'État",
    "poids_loin": "poids de l'éloignement",
    "poids_frr": "poids des communes FRR",
    "poids_qpv": "poids des quartiers prioritaires",
    "poids_65": "poids des 65 ans ou plus",
    "poids_pauvres": "poids des ménages pauvres",
    "poids_sans_voiture": "poids des ménages sans voiture",
    "sauf": "lieux écartés",
    "taille": "habitants d'une commune candidate",
    "partout": "toutes les communes",
    "arrets": "nombre d'arrêts de bus",
    "passage": "fréquence du bus",
    "petits_arrets": "petits arrêts du bus",
    "cout_passage": "coût d'un passage du bus",
    "fermer": "sites fermés à la fois",
    "agents": "agents par site",
    "avec_plan": "plan dans le rapport",
    "fichiers": "territoire de vos fichiers",
}
#: What is expected of a choice among a few, where they are not told one by one.
A_CHOICE: Final = "un des choix de la page"
#: What is expected after the code of a commune: else its commune is the start.
LOCALITY_EXPECTED: Final = "le nom d'un hameau ou d'une station connus de cette commune"
KINDS_EXPECTED: Final = ", ".join(KINDS[kind].plural for kind in SITE_KINDS)
_LONGEST_SHOWN: Final = 30
_MOST_SHOWN: Final = 3


def problem_text(name: str, value: str, expected: str) -> str:
    """Return what is wrong with one choice of the address: what it is about, what was found, what was expected.

    >>> problem_text("seuil", "abc", "de 5 à 60, de 5 en 5").replace(UNIT_SPACE, " ")
    'seuil en voiture, « abc » (attendu : de 5 à 60, de 5 en 5)'
    """
    shown = value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
    return f"{CHOICES[name]}, {quoted(shown)} (attendu{UNIT_SPACE}: {expected})"


def link_sentences(problems: Sequence[str]) -> list[str]:
    """Return the sentence that says what of the link was left out; none where nothing was.

    >>> link_sentences([])
    []
    >>> link_sentences(["seuil en voiture, « abc » (attendu : de 5 à 60, de 5 en 5)"])[0][:49].replace(UNIT_SPACE, " ")
    "Le lien contient un choix qui n'existe pas : seui"
    """
    if not problems:
        return []
    more = len(problems) - _MOST_SHOWN
    told = list(problems[:_MOST_SHOWN])
    if more > 0:
        told.append(f"et {more} {'autre' if more == 1 else 'autres'}")
    said = f"{UNIT_SPACE}; ".join(told)
    if len(problems) == 1:
        what, then = "un choix qui n'existe pas", "Il est retiré de l'adresse, et le choix habituel est employé"
    else:
        what = f"{len(problems)} choix qui n'existent pas"
        then = "Ils sont retirés de l'adresse, et les choix habituels sont employés"
    return [f"Le lien contient {what}{UNIT_SPACE}: {said}. {then}."]
