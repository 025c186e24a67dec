"""What labels cost, and how many a budget pays for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from geo.errors import ParameterError
from geo.french import format_number
from geo.question import DEFAULT_AID_EUR, DEFAULT_COST_EUR

#: Whose budget it is: the whole cost, the State's aid, or what is left to the bearer (commune, association...).
Payer = Literal["all", "state", "bearer"]


@dataclass(frozen=True, slots=True)
class Costs:
    """Euros a year for one label: `cost_eur` in all, of which the State pays `aid_eur`."""

    cost_eur: float = DEFAULT_COST_EUR
    aid_eur: float = DEFAULT_AID_EUR

    def __post_init__(self) -> None:
        """Raise `ParameterError` for amounts that make no sense."""
        if not (math.isfinite(self.cost_eur) and self.cost_eur > 0 and 0 <= self.aid_eur <= self.cost_eur):
            msg = (
                f"Coût de {format_number(self.cost_eur)} € et aide de {format_number(self.aid_eur)} € refusés : "
                "un coût positif et une aide de "
                f"0 au coût sont attendus, en euros par an et par site."
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
            msg = f"Budget de {format_number(budget_eur)} € refusé : un montant positif, en euros par an, est attendu."
            raise ParameterError(msg)
        if price <= 0:
            msg = "Budget sans objet : ce financeur ne paie rien par label. Changez le coût, l'aide ou le financeur."
            raise ParameterError(msg)
        return int((budget_eur + 0.005) // price)
