"""What is asked of a territory, as one value: threshold, list of places, rule and kinds, with defaults and bounds."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final, Literal

from geo.errors import ParameterError
from geo.french import format_number, format_share, minutes_text, within_text
from geo.kinds import COUNTED_KINDS, SITES, list_name

#: Minutes by car: 30 is the State's access target (2019), 20 the finer one that the Cour des comptes used in its report
#: of September 2024.
DEFAULT_THRESHOLD_MIN: Final = 20.0
#: Both, where two are shown.
DEFAULT_THRESHOLDS_MIN: Final = (DEFAULT_THRESHOLD_MIN, 30.0)
#: Thresholds (min) outside of this are taken for a mistake.
THRESHOLD_BOUNDS_MIN: Final = (1.0, 240.0)
#: Minutes (60 microseconds) within which a time is at the threshold, whatever the rounding of sums.
AT_THRESHOLD_MIN: Final = 1e-6
#: Euros a year of one site: mean cost in 2020, and flat aid of the State quoted in 2023 (Cour des comptes; ANCT).
DEFAULT_COST_EUR: Final = 110_000.0
DEFAULT_AID_EUR: Final = 35_000.0
#: Labels of a plan where neither a number nor a budget is given.
DEFAULT_LABELS: Final = 5
#: Residents that a commune which may get a label has at least; fewer where nothing else is near.
DEFAULT_LEAST_RESIDENTS: Final = 1_000
#: Share of the residents of a commune for the rule by share.
DEFAULT_MIN_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class CoverageRule:
    """When a commune is under-served.

    `kind` ``"mean_time"``: its residents' mean time is over the threshold. ``"share"``: less than
    `min_share` (0 to 1) of its residents are within the threshold.
    """

    kind: Literal["mean_time", "share"] = "mean_time"
    min_share: float = DEFAULT_MIN_SHARE

    def __post_init__(self) -> None:
        """Raise `ParameterError` for a rule that does not exist."""
        if self.kind not in {"mean_time", "share"} or not 0 < self.min_share <= 1:
            msg = (
                f"Règle « {self.kind} » (part {format_number(self.min_share)}) inconnue. Règles possibles : "
                f"mean-time (temps moyen), ou share (part des habitants) avec une part de 0 à 1."
            )
            raise ParameterError(msg)

    def in_short(self, threshold_min: float) -> str:
        """Return what makes a commune under-served, for a legend.

        >>> CoverageRule().in_short(20).replace("\u202f", " ").replace("\u00a0", " ")
        'temps moyen de plus de 20 min'
        """
        if self.kind == "mean_time":
            return f"temps moyen de plus de {minutes_text(threshold_min)}"
        return f"moins de {format_share(self.min_share)} des habitants {within_text(threshold_min)}"

    def in_french(self, threshold_min: float) -> str:
        """Return the rule as a sentence.

        >>> CoverageRule().in_french(20).replace("\u202f", " ").replace("\u00a0", " ")
        'Une commune est sous-desservie si le temps moyen de ses habitants dépasse 20 min.'
        """
        if self.kind == "mean_time":
            condition = f"le temps moyen de ses habitants dépasse {minutes_text(threshold_min)}"
        else:
            condition = f"moins de {format_share(self.min_share)} de ses habitants sont {within_text(threshold_min)}"
        return f"Une commune est sous-desservie si {condition}."


def check_threshold(threshold_min: float) -> None:
    """Raise `ParameterError` for a threshold outside `THRESHOLD_BOUNDS_MIN`."""
    low, high = THRESHOLD_BOUNDS_MIN
    if not low <= threshold_min <= high:
        msg = (
            f"Seuil de {format_number(threshold_min)} min refusé : un seuil de {low:g} à {high:g} minutes est attendu."
        )
        raise ParameterError(msg)


def counted_kinds(*, buses: bool = False, antennes: bool = True) -> frozenset[str]:
    """Return the kinds that count where buses and antennes are each asked for or not."""
    chosen = set(COUNTED_KINDS) - {"antenne", "bus"}
    return frozenset(chosen | ({"bus"} if buses else set()) | ({"antenne"} if antennes else set()))


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a territory.

    Attributes
    ----------
    threshold_min
        Minutes by car, 1 to 240; a resident at exactly the threshold is within it.
    facilities
        List of places: ``"sites"``, ``"tax_offices"`` or another list of the territory.
    rule
        When a commune is under-served.
    kinds
        Kinds of place that count as an offer (`geo.kinds.KINDS`); the others are drawn and not counted.

    Raises
    ------
    ParameterError
        Threshold out of bounds.

    Examples
    --------
    >>> Question(30).rule.kind
    'mean_time'
    """

    threshold_min: float = DEFAULT_THRESHOLD_MIN
    facilities: str = SITES
    rule: CoverageRule = field(default_factory=CoverageRule)
    kinds: frozenset[str] = COUNTED_KINDS

    def __post_init__(self) -> None:
        """Raise `ParameterError` for a threshold out of bounds."""
        check_threshold(self.threshold_min)

    @property
    def rule_in_short(self) -> str:
        """What makes a commune under-served, for a legend."""
        return self.rule.in_short(self.threshold_min)

    @property
    def rule_in_french(self) -> str:
        """What makes a commune under-served, as a sentence."""
        return self.rule.in_french(self.threshold_min)

    @property
    def compared_thresholds_min(self) -> tuple[float, ...]:
        """Thresholds (min) at which before and after are compared: its own, then the usual ones."""
        return tuple(dict.fromkeys((self.threshold_min, *DEFAULT_THRESHOLDS_MIN)))

    def at(self, threshold_min: float) -> Question:
        """Return the same question at another threshold (min)."""
        return replace(self, threshold_min=threshold_min)


def worded_question(
    threshold: float, facilities: str, rule: str, min_share: float, *, buses: bool, antennes: bool
) -> Question:
    """Return the question that options ask: minutes, a list and a rule with hyphens, kinds that are named or not.

    Raises
    ------
    ParameterError
        Threshold out of bounds, or no such rule.

    Examples
    --------
    >>> worded_question(30, "tax-offices", "mean-time", 0.5, buses=False, antennes=True).facilities
    'tax_offices'
    """
    chosen = CoverageRule(rule.replace("-", "_"), min_share)  # type: ignore[arg-type] # unknown: refused in French
    return Question(threshold, list_name(facilities), chosen, counted_kinds(buses=buses, antennes=antennes))
