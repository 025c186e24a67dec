"""Where a label could be housed, who could run it, and which sites of today would lose visitors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.answers.tables import rows_of
from geo.finder.start import straight_m
from geo.french import SEMICOLON, clock, counted, format_integer, format_share, joined, plural
from geo.sources.centralities import services_by_commune
from geo.sources.opening_hours import WEEKDAYS
from geo.territory.place_names import intercommunality_name, intercommunality_siren, intercommunality_sirens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geo.siting.plan import Plan
    from geo.territory import Territory

_NAMED: Final = 4
#: Services of communes that are a place where a site may be, in French with the date of the list.
_HOSTS: Final = {
    "post_office": "bureau de poste (La Poste, décembre 2020)",
    "former_msap": "ancienne maison de services au public (DILA, octobre 2019), qui peut demander le label",
}
#: Kinds of site that can become a label, or be the site it is attached to.
_ANTENNE: Final = "antenne"
_MAIN: Final = "main"


def host_sentences(plan: Plan, parts: Sequence[Territory], label: dict[Any, Any]) -> tuple[str, ...]:
    """Return the places known in the commune of a label, and in those that it serves, that could house it."""
    commune = str(label["commune_code"])
    services = services_by_commune()
    here = services.get(commune, ())
    held = ["mairie" if _mark(parts, commune) == "mairie" else "mairie (position non connue)"]
    held += [words for name, words in _HOSTS.items() if name in here]
    sentences = [f"Sur place : {SEMICOLON.join(held)}."]
    if label["code"] != commune:
        sentences.insert(0, f"Le lieu vient de la liste donnée : {label['name']}.")
    for part in parts:
        here_too = (part.sites["commune_code"] == commune).fillna(value=False) & (part.sites["kind"] == _ANTENNE)
        antennes = part.sites["name"].array[here_too.to_numpy(bool)]
        sentences += [f"Une antenne y est déjà, qui peut devenir un site : {name}." for name in antennes]
    served = plan.served.loc[plan.served["label_code"] == label["code"], ["commune_code", "commune_name"]]
    others = [
        str(name)
        for where, name in zip(served["commune_code"], served["commune_name"], strict=True)
        if where != commune and not _HOSTS.keys().isdisjoint(services.get(str(where), ()))
    ]
    if others:
        which = joined(others, _NAMED, "autres communes")
        sentences.append(f"Ailleurs parmi les communes servies, un bureau de poste ou une ancienne MSAP : {which}.")
    return (*sentences, *_visits(plan, parts, str(label["code"])))


def bearer_sentences(label: dict[Any, Any]) -> tuple[str, ...]:
    """Return who could bear a label in its commune."""
    commune = str(label["commune_code"])
    here, group = services_by_commune().get(commune, ()), intercommunality_name(commune)
    name = str(label["commune_name"])
    bearers = [f"la commune ({name}) ou son CCAS", f"l'intercommunalité ({group})" if group else "l'intercommunalité"]
    bearers.append(
        "La Poste, dans son bureau" if "post_office" in here else "La Poste, qui n'a pas de bureau sur place"
    )
    bearers += ["la MSA", "une association", "l'État"]
    return (f"Peuvent porter le label : {joined(bearers)}.",)


def neighbour_sentences(plan: Plan, code: str) -> tuple[str, ...]:
    """Return which sites of today would no longer be the nearest one of some residents."""
    rows = plan.leaving[plan.leaving["label_code"] == code]
    named = rows if len(rows) <= _NAMED + 1 else rows.head(_NAMED)
    told = [
        f"{row['facility_name']}, {format_integer(row['residents_leaving'])} sur "
        f"{format_integer(row['residents_before'])} "
        f"({format_share(row['residents_leaving'] / row['residents_before'])})"
        for row in rows_of(named)
    ]
    if not told:
        return (
            "Aucun site d'aujourd'hui ne perd de visiteurs : ceux qui viendraient n'ont aucune route vers un site.",
        )
    rest = rows.iloc[len(told) :]
    more = ""
    if len(rest):
        more = f"{SEMICOLON}et {format_integer(rest['residents_leaving'].sum())} de {counted(len(rest), 'autre site')}"
    whose = "Habitants de ce territoire dont ils sont le plus proche aujourd'hui, et qui iraient ici"
    return (f"{whose} : {SEMICOLON.join(told)}{more}.",)


def attached_to(plan: Plan, parts: Sequence[Territory], label: dict[Any, Any]) -> str:
    """Return the site that an antenne in the place of a label could be attached to, in French; empty: none is known.

    The main site of the same intercommunality that is nearest as a straight line; where it has none, the main site
    that loses most visitors to the label, said to be outside of it.
    """
    mains = [part.sites[(part.sites["kind"] == _MAIN).to_numpy(bool)] for part in parts]
    group = intercommunality_siren(str(label["commune_code"]))
    nearest: list[tuple[float, str]] = []
    for sites in mains:
        here = sites[(intercommunality_sirens(sites["commune_code"]) == group).to_numpy(bool, na_value=False)]
        if group is not None and len(here):
            metres = straight_m(label["lon"], label["lat"], here.geometry.x.to_numpy(), here.geometry.y.to_numpy())
            nearest.append((float(metres.min()), str(here["name"].iloc[int(metres.argmin())])))
    if nearest:
        return min(nearest, key=lambda each: each[0])[1]
    ids = {facility_id for sites in mains for facility_id in sites["facility_id"]}
    leaving = plan.leaving[plan.leaving["label_code"] == label["code"]]
    name = next(iter(leaving.loc[leaving["facility_id"].isin(ids), "facility_name"]), "")
    return f"{name} (hors de l'intercommunalité)" if name and group is not None else str(name)


def _visits(plan: Plan, parts: Sequence[Territory], code: str) -> tuple[str, ...]:
    """Return the operators' visits to the sites around a label."""
    tables = [part.permanences for part in parts if part.permanences is not None]
    if not tables:
        return ("Permanences d'opérateurs : non renseigné (aucune table donnée, « maillage build --permanences »).",)
    left = plan.leaving[plan.leaving["label_code"] == code]
    names = dict(zip(left["facility_id"], left["facility_name"], strict=True))
    visits = pd.concat(tables)
    visits = visits[visits["facility_id"].isin(list(names))]
    told = [
        f"{row['operator']} à {names[row['facility_id']]}, {WEEKDAYS[row['weekday']]} {clock(row['start_min'])}"
        for row in visits.head(_NAMED).to_dict("records")
    ]
    if not told:
        return ("Permanences d'opérateurs : aucune n'est connue dans les sites voisins.",)
    rest = len(visits) - len(told)
    more = f"{SEMICOLON}et {counted(rest, 'autre')}" if rest else ""
    already = plural(len(visits), "Permanence déjà tenue", "Permanences déjà tenues")
    return (f"{already} dans les sites voisins : {SEMICOLON.join(told)}{more}.",)


def _mark(parts: Sequence[Territory], commune: str) -> str:
    """Return what stands at the point of a commune; empty where it is not known."""
    for part in parts:
        if commune in part.communes.index:
            mark = part.communes.loc[commune, "point_source"]
            return "" if pd.isna(mark) else str(mark)
    return ""
