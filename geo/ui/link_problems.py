"""What is said of a link that holds choices which do not exist: one sentence, in the words of the screens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.french import UNIT_SPACE, quoted
from geo.kinds import KINDS, SITE_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

#: What is expected of a choice among a few, where they are not told one by one.
A_CHOICE: Final = "un des choix de la page"
#: What is expected after the code of a commune: else its commune is the start.
LOCALITY_EXPECTED: Final = "le nom d'un hameau ou d'une station connus de cette commune"
KINDS_EXPECTED: Final = ", ".join(KINDS[kind].plural for kind in SITE_KINDS)
_LONGEST_SHOWN: Final = 30
_MOST_SHOWN: Final = 3


def problem_text(choice: str, value: str, expected: str) -> str:
    """Return what is wrong with one choice of the address: what the screens call it, what was found and expected.

    >>> problem_text("seuil en voiture", "abc", "de 5 à 60, de 5 en 5").replace(UNIT_SPACE, " ")
    'seuil en voiture, « abc » (attendu : de 5 à 60, de 5 en 5)'
    """
    shown = value if len(value) <= _LONGEST_SHOWN else f"{value[:_LONGEST_SHOWN]}…"
    return f"{choice}, {quoted(shown)} (attendu{UNIT_SPACE}: {expected})"


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
