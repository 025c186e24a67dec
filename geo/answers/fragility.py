"""On which sites people depend, and what closing many of them leaves, in French."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.answers.answer import Answer, Figure, nobody_known, residents_line
from geo.answers.scenario import scenario_answer
from geo.french import (
    POPULATION_UNKNOWN,
    SEMICOLON,
    UNKNOWN,
    capital,
    counted,
    format_integer,
    format_share,
    is_plural,
    minutes_text,
    plural,
    quoted,
    said_minutes,
    within_text,
)
from geo.kinds import KINDS

if TYPE_CHECKING:
    import pandas as pd

    from geo.siting.closure import Closure
    from geo.siting.fragility import Fragility


def fragility_answer(fragility: Fragility) -> Answer:
    """Return the site on which most people depend, who has a second one, and who has only one."""
    within = within_text(fragility.threshold_min)
    notes = (
        (
            f"Chaque site est fermé seul, les autres restant ouverts. Passent le seuil les habitants {within} d'un "
            "site aujourd'hui, et plus loin ensuite. Les minutes de plus sont en moyenne, pour ceux dont c'est le site "
            "le plus proche. Les habitants des territoires voisins ne sont pas comptés."
        ),
    )
    figures = _figures(fragility)
    if unknown := nobody_known(fragility.part):
        return Answer(unknown, figures, (), notes)
    leading = sites_with_residents(fragility).head(1)
    passing = float(leading["residents_passing"].sum())
    beyond = f"à plus de {minutes_text(fragility.threshold_min)} d'un site"
    if round(passing) == 0:
        sentence = f"Aucun site, fermé seul, ne laisserait un habitant de plus {beyond}."
    else:
        sentence = (
            f"Le site dont dépendent le plus d'habitants est {quoted(leading['name'].iloc[0])} : s'il fermait, "
            f"{counted(passing, 'habitant')} {plural(passing, 'passerait', 'passeraient')} {beyond}."
        )
    return Answer(sentence, figures, (second_site_sentence(fragility), _only_site_sentence(fragility)), notes)


def second_site_sentence(fragility: Fragility) -> str:
    """Return who has a second site within the threshold."""
    second, known = fragility.residents_with_second, fragility.part.residents_known
    site = f"deuxième site {within_text(fragility.threshold_min)}"
    if round(second) == 0:
        whom = f"Aucun des {format_integer(known)} habitants" if is_plural(known) else "Aucun habitant"
        return f"{whom} n'a de {site}."
    counts = f"{format_integer(second)} sur {format_integer(known)}"
    return f"{capital(format_share(fragility.share_with_second))} des habitants ({counts}) ont un {site}."


def site_sentences(fragility: Fragility, most: int) -> list[str]:
    """Return what would happen if each of the first sites closed, one sentence each."""
    sentences = []
    for site in sites_with_residents(fragility).head(most).to_dict("records"):
        passing, nearest = site["residents_passing"], counted(site["residents_nearest"], "habitant")
        verb = plural(passing, "passerait", "passeraient")
        longer = said_minutes(site["added_min"], estimated=fragility.part.estimated)
        more = "aucun autre site par la route" if longer == UNKNOWN else f"{longer} de plus en moyenne"
        sentences.append(
            f"{site['name']} : {counted(passing, 'habitant')} {verb} à plus de {minutes_text(fragility.threshold_min)}"
            f"{SEMICOLON}{more}, pour {nearest} dont c'est le site le plus proche."
        )
    return sentences


def sites_with_residents(fragility: Fragility) -> pd.DataFrame:
    """Return the sites that are the nearest of somebody, those on which most people depend first."""
    return fragility.sites[fragility.sites["residents_nearest"].round() > 0]


def share_lines(fragility: Fragility) -> list[list[str]]:
    """Return what a map says of each commune: the shares of its residents with a site, and with two."""
    within = within_text(fragility.threshold_min)
    known = fragility.communes["residents_known"].where(fragility.communes["residents_known"] > 0)
    return [
        [
            f"{format_share(one)} des habitants ont un site {within}",
            f"{format_share(two)} en ont au moins deux",
            residents_line(people),
        ]
        for one, two, people in zip(
            fragility.communes["residents_within"] / known,
            fragility.communes["residents_with_second"] / known,
            fragility.communes["population"],
            strict=True,
        )
    ]


def closure_answer(closure: Closure) -> Answer:
    """Return what a closure of many sites leaves, the telephone and e-mail first."""
    comparison = closure.comparison
    access = scenario_answer(comparison)
    by_phone, by_email = format_integer(closure.residents_by_phone), format_integer(closure.residents_by_email)
    whom = (
        f"Habitants dont le site le plus proche ferme : {format_integer(closure.residents_concerned)}{SEMICOLON}"
        f"qui peuvent encore le joindre : {format_integer(closure.residents_by_either)}, "
        f"par téléphone ({by_phone}) ou par courriel ({by_email})."
    )
    details = [*((whom,) if comparison.part.residents_known else ()), access.sentence, *access.details]
    if closure.sites_bearer_unknown:
        unknown = format_integer(closure.sites_bearer_unknown)
        details.append(f"Sites laissés ouverts parce que leur porteur n'est pas connu : {unknown}.")
    phone, email = format_integer(closure.sites_with_phone), format_integer(closure.sites_with_email)
    around = closure.neighbour_sites_closed
    told = (
        f"dont {counted(around, 'voisin')}"
        if around < closure.sites_closed
        else plural(around, "voisin", "tous voisins")
    )
    beside = f" ({told})" if around else ""
    neither = format_integer(closure.sites_with_neither)
    return Answer(
        (
            f"Sites fermés : {format_integer(closure.sites_closed)}{beside}, dont {phone} avec téléphone, "
            f"{email} avec adresse électronique, {neither} sans l'un ni l'autre{SEMICOLON}"
            f"ouverts : {format_integer(closure.sites_open)}."
        ),
        _closure_figures(closure),
        tuple(details),
        access.notes,
    )


def closure_choices(sites: pd.DataFrame) -> dict[str, str]:
    """Return the closures of many sites that can be asked for: form in the address -> label.

    Parameters
    ----------
    sites
        Sites (`geo.schemas.FACILITY_COLUMNS`): `kind`, and `bearer`, <NA> unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> closure_choices(pd.DataFrame({"kind": ["main", "main"], "bearer": ["MSA", pd.NA]}))["porteur:MSA"]
    'Tous ceux de : MSA (porteur connu pour 1 site sur 2)'
    """
    known = int(sites["bearer"].notna().sum())
    told = (
        ""
        if known == len(sites)
        else f" (porteur connu pour {counted(known, 'site')} sur {format_integer(len(sites))})"
    )
    return {
        "tous": "Tous les sites",
        **{
            f"type:{kind}": f"Tous les lieux de type : {described.label}"
            for kind, described in KINDS.items()
            if (sites["kind"] == kind).any()
        },
        **{
            f"porteur:{bearer}": f"Tous ceux de : {bearer}{told}"
            for bearer in sorted(sites["bearer"].dropna().unique())
        },
    }


def _figures(fragility: Fragility) -> tuple[Figure, ...]:
    within, known = within_text(fragility.threshold_min), fragility.part.residents_known > 0
    needed, around = fragility.sites_needed
    inside = int(fragility.sites["in_known_part"].sum())
    neighbours = len(fragility.sites) - inside
    beside = f"{SEMICOLON}voisins : {format_integer(around)} sur {format_integer(neighbours)}" if neighbours else ""
    return (
        Figure("Ont un deuxième site", format_share(fragility.share_with_second), f"des habitants, {within}"),
        Figure(
            "Dépendent d'un seul site",
            format_integer(fragility.residents_with_one) if known else UNKNOWN,
            f"sur {counted(fragility.part.residents_known, 'habitant')}" if known else POPULATION_UNKNOWN,
        ),
        Figure(
            "Sites sans remplaçant",
            format_integer(needed) if known else UNKNOWN,
            f"sur {format_integer(inside)}{beside if known else ''}",
        ),
    )


def _only_site_sentence(fragility: Fragility) -> str:
    within, alone = within_text(fragility.threshold_min), fragility.residents_with_one
    if round(fragility.residents_within) == 0:
        return f"Aucun habitant n'a de site {within}."
    if round(alone) == 0:
        return f"Tous ceux qui ont un site {within} en ont un deuxième."
    share = format_share(fragility.part.share(alone))
    told = f"{counted(alone, 'habitant')} ({share}) n'{_has(alone)} qu'un seul site {within}"
    if len(fragility.sites) == 1:
        return f"{told} : il n'y en a pas d'autre."
    return f"{told} : s'il ferme, tous les autres sont plus loin."


def _closure_figures(closure: Closure) -> tuple[Figure, ...]:
    change = closure.comparison.changes[0]
    known = closure.comparison.part.residents_known > 0

    def people(count: float) -> str:
        return format_integer(count) if known else UNKNOWN

    return (
        Figure(
            "Sites fermés",
            format_integer(closure.sites_closed),
            f"{format_integer(closure.sites_open)} {plural(closure.sites_open, 'reste ouvert', 'restent ouverts')}",
        ),
        Figure(
            f"Encore {within_text(change.threshold_min)}",
            people(change.residents_within_after),
            f"habitants, contre {people(change.residents_within_before)}",
        ),
        Figure(
            "Joignables à distance",
            people(closure.residents_by_either),
            f"sur {people(closure.residents_concerned)} {_residents(closure.residents_concerned)} dont le site ferme",
        ),
    )


def _residents(count: float) -> str:
    return plural(count, "habitant", "habitants")


def _has(count: float) -> str:
    return plural(count, "a", "ont")
