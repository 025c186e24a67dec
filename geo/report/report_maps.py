"""The maps and charts of a report, drawn once: they are pages of the PDF and files beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.answers.origin import network_sentence, sources_sentence
from geo.answers.plan import plan_answer
from geo.answers.plan_proof import place_signs
from geo.answers.tax_offices import tax_offices_answer
from geo.maps.static.change_map import change_map
from geo.maps.static.curve_chart import curve_chart
from geo.maps.static.hours_chart import hours_chart
from geo.maps.static.round_trip_map import round_trip_map
from geo.maps.static.territory_maps import saved_minutes_map, travel_time_map, under_served_map
from geo.report.plan_files import compared_layer, stops_layer

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.maps.static.sheet import Sheet
    from geo.report.report_findings import ReportFindings
    from geo.siting.plan import Plan


def report_maps(findings: ReportFindings) -> dict[str, Sheet]:
    """Draw the maps and charts of a report.

    Returns
    -------
    By file name, without its ending: ``travel_time``, ``curve``, ``under_served``; ``hours``, ``without_car`` and
    ``saved_minutes`` where they were measured; ``plan`` with a plan.
    """
    territory, diagnosis, today = findings.territory, findings.diagnosis, findings.request.made_on
    kinds = findings.question.kinds
    origin = [network_sentence(territory.manifest), sources_sentence(territory.manifest)]
    sheets = {
        "travel_time": travel_time_map(territory, diagnosis, today=today),
        "curve": curve_chart(
            territory.name,
            findings.curve,
            findings.summary,
            origin=" ".join(filter(None, origin)),
        ),
        "under_served": under_served_map(territory, diagnosis, today=today),
    }
    if findings.opening is not None and findings.opening.part.residents_known > 0:
        sheets["hours"] = hours_chart(territory, findings.opening, kinds=kinds, today=today)
    if findings.without_car is not None:
        sheets["without_car"] = round_trip_map(territory, findings.without_car, today=today)
    if findings.saved is not None:
        saved, sentence = findings.saved[0]["saved_min"], tax_offices_answer(*findings.saved).sentence
        sheets["saved_minutes"] = saved_minutes_map(territory, saved, sentence=sentence, kinds=kinds, today=today)
    if findings.planned is not None:
        planned = findings.planned
        sheets["plan"] = change_map(
            territory,
            planned.before,
            planned.after,
            planned.labels,
            territory.sites.iloc[:0],
            planned.question,
            title="Avant et après les nouveaux labels",
            sentence=plan_answer(planned.plan).sentence,
            compared=_compared(planned.plan),
            stops=stops_layer(planned.plan),
            today=today,
        )
    return sheets


def _compared(plan: Plan) -> gpd.GeoDataFrame | None:
    """Return the places that only the plan without the rule has, with their sign."""
    layer = compared_layer(plan)
    return None if layer is None else layer.assign(sign=layer["code"].map(place_signs(plan)))
