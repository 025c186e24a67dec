"""What labels cost, and how many a budget pays for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

from geo.errors import ParameterError
from geo.french import format_number
from geo.question import DEFAULT_AID_EUR, DEFAULT_COST_EUR

#: Hours a week that a label demands.
LEAST_HOURS_A_WEEK: Final = 24
_WEEKS_A_YEAR: Final = 52
_MONTHS: Final = 12

#: Whose budget it is: the whole cost, the State's aid, or what is left to the bearer (commune, association...).
Payer = Literal["all", "state", "bearer"]


@dataclass(frozen=True, slots=True)
class Costs:
    """Euros a year for one label: `cost_eur` in all, of which the State pays `aid_eur`.

    `pass_eur`: Euros of one half-day of a bus at a stop, vehicle and way included; `None`: not given, and none is
    published.
    """

    cost_eur: float = DEFAULT_COST_EUR
    aid_eur: float = DEFAULT_AID_EUR
    pass_eur: float | None = None

    def __post_init__(self) -> None:
        """Raise `ParameterError` for amounts that make no sense."""
        if not (math.isfinite(self.cost_eur) and self.cost_eur > 0 and 0 <= self.aid_eur <= self.cost_eur):
            msg = (
                f"Coût de {format_number(self.cost_eur)} € et aide de {format_number(self.aid_eur)} € refusés : "
                "un coût positif et une aide de "
                f"0 au coût sont attendus, en euros par an et par site."
            )
            raise ParameterError(msg)
        if self.pass_eur is not None and not (math.isfinite(self.pass_eur) and self.pass_eur >= 0):
            msg = (
                f"Coût d'un arrêt de bus de {format_number(self.pass_eur)} € refusé : un montant positif, en euros par "
                f"passage d'une demi-journée, est attendu."
            )
            raise ParameterError(msg)

    def paid_by(self, payer: Payer) -> float:
        """Return the euros a year that one label costs a payer; raise `ParameterError` for another."""
        shares = {"all": self.cost_eur, "state": self.aid_eur, "bearer": self.cost_eur - self.aid_eur}
        if payer not in shares:
            msg = f"Financeur « {payer} » inconnu. Financeurs possibles : {', '.join(shares)}."
            raise ParameterError(msg)
        return shares[payer]

    def labels_for(self, budget_eur: float, payer: Payer = "all") -> int:
        """Return how many labels a yearly budget pays for.

        Raises
        ------
        ParameterError
            The budget is negative or not a number, or the payer pays nothing for a label.
        """
        price = self.paid_by(payer)
        if not (math.isfinite(budget_eur) and budget_eur >= 0):
            msg = f"Budget de {format_number(budget_eur)} € refusé : 0 ou plus, en euros par an, est attendu."
            raise ParameterError(msg)
        if price <= 0:
            msg = "Budget sans objet : ce financeur ne paie rien par label. Changez le coût, l'aide ou le financeur."
            raise ParameterError(msg)
        return int((budget_eur + 0.005) // price)

    def stop_eur(self, hours_a_month: float) -> float:
        """Return the euros a year of a bus that stops so many hours a month, at the cost of an hour of a site.

        No cost of a bus is published: an hour is taken to cost what it does in a site that opens the 24 hours a week
        that a label demands. The vehicle, and the way between two stops, come on top.

        Examples
        --------
        >>> round(Costs().stop_eur(3))
        3173
        """
        return self.cost_eur / (LEAST_HOURS_A_WEEK * _WEEKS_A_YEAR) * hours_a_month * _MONTHS
