"""What a visitor has chosen, as a typed value, and its form in the address of the page.

Pure functions: text from the address never reaches a screen unchecked, and a value that cannot be
used falls back to its default and says so. The address only holds what differs from the defaults.

It holds where the visitor starts from as the code of a commune, with the name of a known hamlet of
it, or as a position rounded to a hundred metres: never the words of an address, and not the house.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, cast, get_args

from geo.finder.procedures import procedures
from geo.kinds import SITE_KINDS
from geo.question import (
    DEFAULT_AID_EUR,
    DEFAULT_COST_EUR,
    DEFAULT_LABELS,
    DEFAULT_LEAST_RESIDENTS,
    CoverageRule,
    Question,
    counted_kinds,
)
from geo.ui.address_reader import AddressReader
from geo.ui.link_problems import problem_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Screen = Literal["trouver", "diagnostic", "planifier", "rapport", "methode", "accessibilite", "mentions"]
Rule = Literal["temps", "part"]
View = Literal["ouvrir", "scenario", "fragilite", "horaires", "impots", "marge"]
Aim = Literal["habitants", "tous", "trajet", "loin"]
Limit = Literal["labels", "budget"]
Payer = Literal["tout", "etat", "porteur"]
Passage = Literal["semaine", "mois"]
Mode = Literal["car", "walk", "bike", "transit"]

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
#: Screens in the order of the menu, with their French titles.
SCREENS: Final[dict[Screen, str]] = {
    "trouver": "Trouver",
    "diagnostic": "Diagnostic",
    "planifier": "Planifier",
    "rapport": "Rapport",
    "methode": "Données et méthode",
}
#: Screens that the foot of every screen leads to, with their French titles.
FOOT: Final[dict[Screen, str]] = {"accessibilite": "Accessibilité", "mentions": "Mentions légales"}

#: Bounds and step of the threshold, in minutes, and of the least share of residents, in percent.
THRESHOLDS_MIN: Final = (5, 60)
SHARES_PERCENT: Final = (5, 100)
STEP: Final = 5
#: Bounds of a plan: labels, share of residents to cover (percent), euros a year, weight of a criterion, agents a site.
LABELS: Final = (0, 50)
COVER_PERCENT: Final = (5, 100)
EUROS: Final = (0, 100_000_000)
WEIGHTS: Final = (0, 10)
AGENTS: Final = (1, 20)
LEAST_RESIDENTS: Final = (0, 50_000)
#: Stops of a bus beside a plan, and euros of one pass (0: not given).
STOPS: Final = (0, 50)
PASS_EUROS: Final = (0, 100_000)
#: Places that may be left out of a plan.
MOST_EXCLUDED: Final = 100
#: Days that may be asked about.
DAYS: Final = (dt.date(2020, 1, 1), dt.date(2099, 12, 31))
#: Decimals kept of the degrees of a position: about a hundred metres, a few seconds by car.
POSITION_DECIMALS: Final = 3

_TERRITORY: Final = re.compile(r"(?:\d{1,3}|2[ABab])(?:-(?:\d{2}|2[AB])\d{3})?|\d{9}", re.ASCII)
_SITE: Final = re.compile(r"[^\x00-\x1f\x7f]{1,80}")
_CLOSED: Final = re.compile(r"tous|type:[a-z]{1,20}|porteur:[^\x00-\x1f\x7f]{1,80}")


#: What is asked where the address says nothing.
_USUAL: Final = Question()


@dataclass(frozen=True, slots=True)
class AppState:
    """The choices of one visitor.

    `territory` is the code of a département, the SIREN of an intercommunality, or the code of one of the territories
    kept in the cache (`geo.territory.fetched.kept_territories`); `None`: what the app was opened on, all of France or a
    folder.

    For *Trouver*: `place` is the commune to start from, or a known hamlet of it
    (`geo.finder.found_place.FoundPlace.key`), `position` any other start
    (longitude, latitude; see `rounded_position`); at most one of the two is set. `at` is the moment
    asked about, civil time of the territory, `None` for now. `procedure` is a key of
    `geo.finder.procedures`, `site` the facility id of the site chosen in the answer.

    For *Diagnostic*: `facilities` is the name of a facility list; `rule` calls a commune under-served by
    its mean time (``temps``) or by the share of its residents within the threshold (``part``), at least
    `min_share_percent`; `mode` is the way there, by car, on foot, by bicycle or, where the territory has timetables,
    by public transport there and back on `day`, `None` for a usual day of them; `commune` is the INSEE code of the
    commune looked at, `None` for none.

    For *Planifier*: `view` is the question; the threshold and what is counted are those of *Diagnostic*. `aim` is what
    new labels are for, `limit` whether `labels` or `budget_eur` (euros a year, paid by `payer`) bounds them,
    `cover_percent` the share of residents that the aim ``tous`` is about, `weight_*` what a resident who meets a
    criterion counts for, `excluded` codes of places left out, `least_residents` how many a candidate commune has at
    least, `everywhere` whether it may be one where nobody goes yet, `stops` how many stops of a bus stand beside it (0:
    those of a territory that knows rounds), `stop_every` how often the bus comes, `stops_for_few` whether it may
    be for fewer residents than `geo.siting.bus_stops.LEAST_RESIDENTS`, `pass_eur` what one pass costs (0:
    not given); `closed` the sites closed at once: ``tous``,
    ``type:KIND`` or ``porteur:BEARER``, `None` for none; `agents`
    how many agents a site is taken to have.

    *Rapport* shares them; `report_plan`: the plan of *Planifier* is in it.

    `own_files`: they are about a territory made of the visitor's own files, which the address does not hold.
    """

    screen: Screen = "trouver"
    territory: str | None = None
    place: str | None = None
    position: tuple[float, float] | None = None
    at: dt.datetime | None = None
    open_then: bool = False
    saturday: bool = False
    evening: bool = False
    without_appointment: bool = False
    kinds: tuple[str, ...] = SITE_KINDS
    procedure: str | None = None
    with_operator: bool = False
    site: str | None = None
    facilities: str = _USUAL.facilities
    threshold_min: int = round(_USUAL.threshold_min)
    buses: bool = "bus" in _USUAL.kinds
    antennes: bool = "antenne" in _USUAL.kinds
    rule: Rule = "temps"
    min_share_percent: int = round(100 * _USUAL.rule.min_share)
    mode: Mode = "car"
    day: dt.date | None = None
    commune: str | None = None
    view: View = "ouvrir"
    aim: Aim = "habitants"
    limit: Limit = "labels"
    labels: int = DEFAULT_LABELS
    cover_percent: int = 100
    budget_eur: int = round(DEFAULT_LABELS * DEFAULT_COST_EUR)
    payer: Payer = "tout"
    cost_eur: int = round(DEFAULT_COST_EUR)
    aid_eur: int = round(DEFAULT_AID_EUR)
    weight_beyond: float = 1.0
    weight_frr: float = 1.0
    weight_qpv: float = 1.0
    weight_elderly: float = 1.0
    weight_poor: float = 1.0
    weight_carless: float = 1.0
    excluded: tuple[str, ...] = ()
    least_residents: int = DEFAULT_LEAST_RESIDENTS
    everywhere: bool = False
    stops: int = 0
    stop_every: Passage = "semaine"
    stops_for_few: bool = False
    pass_eur: int = 0
    closed: str | None = None
    agents: int = 2
    report_plan: bool = False
    own_files: bool = False

    @property
    def question(self) -> Question:
        """What *Diagnostic* and *Rapport* ask of the territory."""
        rule = CoverageRule("share", self.min_share_percent / 100) if self.rule == "part" else CoverageRule()
        kinds = counted_kinds(buses=self.buses, antennes=self.antennes)
        return Question(float(self.threshold_min), self.facilities, rule, kinds)

    @property
    def sites_question(self) -> Question:
        """What *Planifier* asks: about the sites, by mean time."""
        return Question(self.question.threshold_min, kinds=self.question.kinds)


def rounded_position(lon: float, lat: float) -> tuple[float, float]:
    """Return a position as choices hold it, to about a hundred metres."""
    # Adding 0 turns -0.0 into 0.0, which is written the same way again.
    return round(lon, POSITION_DECIMALS) + 0.0, round(lat, POSITION_DECIMALS) + 0.0


def parse_state(params: Mapping[str, str], facility_lists: Sequence[str]) -> tuple[AppState, list[str]]:
    """Read the choices in the address of the page.

    `params`: Parameters of the address, all text, from anyone. `facility_lists`: Names of the lists that the territory
    has; the first is the default.

    Returns
    -------
    The choices, and what is wrong with each value that was not understood (`geo.ui.link_problems.problem_text`).
    """
    default = _defaults(facility_lists)
    read = AddressReader(params, CHOICES)
    state = AppState(
        territory=_usual_code(read.text("territoire", _TERRITORY, "le code d'un département, comme 64")),
        screen=cast("Screen", read.choice("ecran", get_args(Screen), default.screen)),
        place=read.place("lieu"),
        position=None if (found := read.position("position")) is None else rounded_position(*found),
        at=read.moment("quand", DAYS),
        open_then=read.switch("ouvert", fallback=default.open_then),
        saturday=read.switch("samedi", fallback=default.saturday),
        evening=read.switch("soir", fallback=default.evening),
        without_appointment=read.switch("sans_rdv", fallback=default.without_appointment),
        kinds=read.several("types", SITE_KINDS),
        procedure=read.choice("demarche", [one.key for one in procedures()], None, "une démarche de la liste"),
        with_operator=read.switch("operateur", fallback=default.with_operator),
        site=read.text("site", _SITE, "l'identifiant d'un site"),
        facilities=read.choice("lieux", facility_lists, default.facilities),
        threshold_min=read.steps("seuil", THRESHOLDS_MIN, STEP, default.threshold_min),
        buses=read.switch("bus", fallback=default.buses),
        antennes=read.switch("antennes", fallback=default.antennes),
        rule=cast("Rule", read.choice("regle", get_args(Rule), default.rule)),
        min_share_percent=read.steps("part", SHARES_PERCENT, STEP, default.min_share_percent),
        mode=cast("Mode", read.choice("mode", get_args(Mode), default.mode)),
        day=read.day("jour", DAYS),
        commune=read.code("commune"),
        view=cast("View", read.choice("vue", get_args(View), default.view)),
        aim=cast("Aim", read.choice("but", get_args(Aim), default.aim)),
        limit=cast("Limit", read.choice("limite", get_args(Limit), default.limit)),
        labels=read.whole("labels", LABELS, default.labels),
        cover_percent=read.steps("couvrir", COVER_PERCENT, STEP, default.cover_percent),
        budget_eur=read.whole("budget", EUROS, default.budget_eur),
        payer=cast("Payer", read.choice("payeur", get_args(Payer), default.payer)),
        cost_eur=read.whole("cout", EUROS, default.cost_eur),
        aid_eur=read.whole("aide", EUROS, default.aid_eur),
        weight_beyond=read.weight("poids_loin", WEIGHTS, default.weight_beyond),
        weight_frr=read.weight("poids_frr", WEIGHTS, default.weight_frr),
        weight_qpv=read.weight("poids_qpv", WEIGHTS, default.weight_qpv),
        weight_elderly=read.weight("poids_65", WEIGHTS, default.weight_elderly),
        weight_poor=read.weight("poids_pauvres", WEIGHTS, default.weight_poor),
        weight_carless=read.weight("poids_sans_voiture", WEIGHTS, default.weight_carless),
        excluded=read.codes("sauf", MOST_EXCLUDED),
        least_residents=read.whole("taille", LEAST_RESIDENTS, default.least_residents),
        everywhere=read.switch("partout", fallback=default.everywhere),
        stops=read.whole("arrets", STOPS, default.stops),
        stop_every=cast("Passage", read.choice("passage", get_args(Passage), default.stop_every)),
        stops_for_few=read.switch("petits_arrets", fallback=default.stops_for_few),
        pass_eur=read.whole("cout_passage", PASS_EUROS, default.pass_eur),
        closed=read.text("fermer", _CLOSED, "« tous », « type: » ou « porteur: » suivi d'un nom"),
        agents=read.whole("agents", AGENTS, default.agents),
        report_plan=read.switch("avec_plan", fallback=default.report_plan),
        own_files=read.switch("fichiers", fallback=default.own_files),
    )
    if state.place is not None and state.position is not None:
        read.problems.append(
            problem_text(CHOICES["position"], params["position"], "rien, quand une commune de départ est donnée")
        )
        state = replace(state, position=None)
    if state.rule != "part":
        state = replace(state, min_share_percent=default.min_share_percent)  # it only goes with its rule
    return state, read.problems


def _usual_code(territory: str | None) -> str | None:
    """Return the code of a territory as it is usually written: "2a" is 2A, "1" is 01."""
    return None if territory is None else territory.upper().zfill(2)


def format_state(state: AppState, facility_lists: Sequence[str]) -> dict[str, str]:
    """Return the parameters of the address for `state`, without those at their default.

    `parse_state` reads them back unchanged.
    """
    default = _defaults(facility_lists)
    if state.rule != "part":
        state = replace(state, min_share_percent=default.min_share_percent)
    usual = _texts(default)
    return {name: text for name, text in _texts(state).items() if text != usual[name]}


def _defaults(facility_lists: Sequence[str]) -> AppState:
    return replace(AppState(), facilities=facility_lists[0]) if facility_lists else AppState()


def _texts(state: AppState) -> dict[str, str]:
    """Return every choice as text; empty text: nothing chosen."""
    position = state.position and f"{state.position[1]:.{POSITION_DECIMALS}f},{state.position[0]:.{POSITION_DECIMALS}f}"
    return {
        "territoire": state.territory or "",
        "ecran": state.screen,
        "lieu": state.place or "",
        "position": position or "",
        "quand": "" if state.at is None else state.at.isoformat(timespec="minutes"),
        "ouvert": str(int(state.open_then)),
        "samedi": str(int(state.saturday)),
        "soir": str(int(state.evening)),
        "sans_rdv": str(int(state.without_appointment)),
        "types": ",".join(kind for kind in SITE_KINDS if kind in state.kinds),
        "demarche": state.procedure or "",
        "operateur": str(int(state.with_operator)),
        "site": state.site or "",
        "lieux": state.facilities,
        "seuil": str(state.threshold_min),
        "bus": str(int(state.buses)),
        "antennes": str(int(state.antennes)),
        "regle": state.rule,
        "part": str(state.min_share_percent),
        "mode": state.mode,
        "jour": "" if state.day is None else state.day.isoformat(),
        "commune": state.commune or "",
        "vue": state.view,
        "but": state.aim,
        "limite": state.limit,
        "labels": str(state.labels),
        "couvrir": str(state.cover_percent),
        "budget": str(state.budget_eur),
        "payeur": state.payer,
        "cout": str(state.cost_eur),
        "aide": str(state.aid_eur),
        "poids_loin": f"{state.weight_beyond:g}",
        "poids_frr": f"{state.weight_frr:g}",
        "poids_qpv": f"{state.weight_qpv:g}",
        "poids_65": f"{state.weight_elderly:g}",
        "poids_pauvres": f"{state.weight_poor:g}",
        "poids_sans_voiture": f"{state.weight_carless:g}",
        "sauf": ",".join(state.excluded),
        "taille": str(state.least_residents),
        "partout": str(int(state.everywhere)),
        "arrets": str(state.stops),
        "passage": state.stop_every,
        "petits_arrets": str(int(state.stops_for_few)),
        "cout_passage": str(state.pass_eur),
        "fermer": state.closed or "",
        "agents": str(state.agents),
        "avec_plan": str(int(state.report_plan)),
        "fichiers": str(int(state.own_files)),
    }
