"""Who handles a procedure and where; for taxes, the site or the tax office, with what is not known of that one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.answers.site_words import trip_words
from geo.finder.procedures import operators
from geo.french import estimated_minutes
from geo.sources.embedded import OFFICES_MISSING, ONLY_BUSINESSES, TAX_OFFICES_VINTAGE, TO_VERIFY

if TYPE_CHECKING:
    import datetime as dt

    from geo.finder.answer import Answer, SiteAnswer
    from geo.finder.procedures import Procedure

#: Key of the operator that tax offices belong to.
_TAXES: Final = "dgfip"
#: What is said of a tax office of the embedded list that names no service for individuals there: short, for the answer
#: and the first number to call are to stay in the first screen of a phone.
_OLD_AND_INCOMPLETE: Final = f"liste de {TAX_OFFICES_VINTAGE[-4:]}, incomplète : un autre peut être plus proche"
_FOR_INDIVIDUALS: Final = "à vérifier avant d'y aller : reçoit-il les particuliers ?"


def procedure_sentence(procedure: Procedure, answer: Answer | None, on: dt.date) -> str:
    """Return who handles a procedure and where; for taxes, the first site or the tax office, whose card says the rest.

    `on`: The day whose operators are represented in the sites.
    """
    operator = next((one.name for one in operators(on) if one.key == procedure.operator), None)
    who = operator or procedure.label
    office = None if answer is None else answer.tax_office
    if answer is None or office is None or not is_for_taxes(procedure):
        return f"{who} : {procedure.where_handled}."
    minutes = office.travel_time_min
    trip = "" if minutes is None else f", {estimated_minutes(minutes) if office.estimated else trip_words(minutes)}"
    comment = office.details.get("comment") or ""
    if is_known_for_firms_alone(office):
        place, choice = f"{office.name}{trip} ({_OLD_AND_INCOMPLETE}), {_FOR_INDIVIDUALS}", ""
    else:
        place, choice = f"{office.name}{trip}{_doubts(comment)}.", ", au choix"
    return f"{who}{choice} : {answer.sites[0].name}, ou {place}" if answer.sites else f"{who} : {place}"


def is_known_for_firms_alone(office: SiteAnswer) -> bool:
    """Tell whether the list names no service for individuals at a tax office."""
    return ONLY_BUSINESSES in (office.details.get("comment") or "")


def _doubts(comment: str) -> str:
    """Return in a few words what the remark of a tax office doubts, empty where it doubts nothing."""
    said = (
        (comment.lower().startswith(TO_VERIFY), TO_VERIFY),
        (OFFICES_MISSING in comment, "liste incomplète : un autre centre peut être plus proche"),
    )
    doubts = " ; ".join(words for known, words in said if known)
    return doubts and f" ({doubts})"


def is_for_taxes(procedure: Procedure | None) -> bool:
    """Tell whether a procedure is also handled at the tax office."""
    return procedure is not None and procedure.operator == _TAXES
