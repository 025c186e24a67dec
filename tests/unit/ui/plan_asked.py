"""A usual question about a plan, for tests to change."""

from geo.siting.candidates import CandidateRule
from geo.siting.costs import Costs
from geo.siting.criteria import Weights
from geo.ui.plan_question import PlanQuestion

ASKED = PlanQuestion(
    identity="one",
    model="coverage",
    labels=2,
    threshold_min=20.0,
    min_share=None,
    weights=Weights(),
    costs=Costs(),
    budget_eur=None,
    payer="all",
    exclude=(),
    rule=CandidateRule(),
    stops=None,
    kinds=frozenset({"main"}),
    files=(None, None, None),
)
