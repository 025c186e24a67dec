"""Plans of one territory that time its candidates once, as the app does."""

import functools

from geo.siting.plan import plan
from geo.siting.problem import siting_problem


@functools.cache
def _of_communes(parts, exclude, rule, kinds):
    return siting_problem(parts, None, exclude, rule=rule, kinds=kinds)


def timed_once(parts, candidates, exclude, *, rule, kinds):
    """Return `siting_problem`, remembered where its candidates are communes."""
    if candidates is not None:
        return siting_problem(parts, candidates, exclude, rule=rule, kinds=kinds)
    return _of_communes(parts, frozenset(exclude), rule, frozenset(kinds))


plan_timed_once = functools.partial(plan, prepare=timed_once)
