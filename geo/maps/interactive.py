"""The coverage of a territory, by car or without one, as one HTML file that opens anywhere, also offline.

Classes, legend, hatching and shapes are those of the screens: the same drawing code runs in both.
Every text that comes from a data file is escaped.
"""

from __future__ import annotations

import datetime as dt
import logging
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

import folium
from branca.element import Element, MacroElement
from folium.template import Template

from geo.answers.active_access import NEAR_HEADS, active_answer, near_rows
from geo.answers.answer import known_note, part_title
from geo.answers.coverage import coverage_answer
from geo.answers.origin import (
    approximation_sentences,
    contour_sentences,
    counted_sentences,
    offer_sentence,
    sources_sentence,
)
from geo.answers.without_car import COMMUNE_HEADS, commune_trip_rows, without_car_answer
from geo.french import date_text, within_text
from geo.kinds import FIXED_KINDS, SITES, facility_title
from geo.maps.access_maps import near_values, trip_values
from geo.maps.area_patterns import area_pattern_defs
from geo.maps.legend import legend_html
from geo.maps.payload import (
    LEAFLET_INTEGRITY,
    drawing_script,
    drawing_style,
    map_base,
    map_values,
    planning_script,
    script_json,
    shown_kinds,
)
from geo.network.modes import MODES
from geo.question import Question
from geo.settings import Settings
from geo.storage import replacing_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from geo.access.active_access import ActiveAccess
    from geo.access.diagnosis import Diagnosis
    from geo.answers.answer import Answer
    from geo.finder.day_without_car import DayWithoutCar
    from geo.territory import Territory

_log = logging.getLogger(__name__)

#: Shown in the place of the map where the page is opened without the library that draws it.
_NO_LEAFLET: Final = (
    "La carte ne peut pas être dessinée : cette page charge la bibliothèque Leaflet depuis internet, et elle n'a pas "
    "pu être lue. Ouvrez la page avec une connexion, ou installez Leaflet (static/leaflet) et refaites la carte."
)

#: Selectors are one step more precise than folium's own, which come later in the page.
_PAGE_STYLE: Final = """
html > body { box-sizing: border-box; color: #1d2b33; font: 16px/1.45 system-ui, sans-serif; height: auto;
  margin: 0 auto; max-width: 75rem; padding: 1rem; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 .4rem; }
.folium-map { border: 1px solid #c9d0d4; border-radius: 6px; box-sizing: border-box; min-height: 18rem;
  height: min(66vh, 85vw) !important; }
.maillage-origin { border-top: 1px solid #c9d0d4; font-size: .85rem; margin-top: 1rem; padding-top: .6rem; }
.maillage-table { margin-top: 1rem; overflow-x: auto; }
.maillage-table table { border-collapse: collapse; font-size: .9rem; width: 100%; }
.maillage-table caption { font-weight: 600; padding: .3rem 0; text-align: left; }
.maillage-table td, .maillage-table th { border-bottom: 1px solid #c9d0d4; padding: .2rem .5rem; text-align: left; }
.maillage-table tbody th { font-weight: 400; }
.maillage-origin p { margin: 0 0 .35rem; }
.maillage-origin .maillage-approximation { background: #f8f4ea; border-left: 4px solid #a95320; padding: .4rem .8rem; }
"""


class _Verbatim(Element):
    """Text placed in the page as it is; branca would read any other text as a template."""

    _template = Template("{{ this.text }}")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class _AfterMap(MacroElement):
    """What comes after the map in the page: its legend and footer, and the script that draws it."""

    def __init__(self, body: str, script: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "AfterMap"
        self.body, self.script = body, script

    def render(self, **kwargs: Any) -> str:
        """Add both texts to the page; called after the map has added its own."""
        del kwargs
        root: Any = self.get_root()
        root.html.add_child(_Verbatim(self.body), name="maillage_after_map")
        root.script.add_child(_Verbatim(self.script), name="maillage_script")
        return ""


def coverage_map(
    territory: Territory,
    diagnosis: Diagnosis,
    *,
    settings: Settings | None = None,
    today: dt.date | None = None,
) -> folium.Map:
    """Return the map of a coverage, with its title, legend, sources and date."""
    settings = settings or Settings.from_environment()
    question, coverage, summary = diagnosis.question, diagnosis.coverage, diagnosis.summary
    facilities = question.facilities
    frame = territory.facilities[facilities]
    kinds, excluded = shown_kinds(frame, question.kinds)
    base = map_base(territory.communes, {facilities: frame}, territory.crs)
    values = map_values(coverage, territory.communes, facilities, frame, excluded, question.threshold_min)
    near = within_text(question.threshold_min)
    title = f"{facility_title(facilities)} {near} : {part_title(territory.name, summary.part)}"
    answer = coverage_answer(summary, coverage)
    said = [answer.sentence, *answer.details, known_note(summary.part)]
    head = f"<h1>{escape(title)}</h1>{''.join(f'<p>{escape(text)}</p>' for text in said if text)}"

    legend = legend_html(facilities, kinds, excluded, question.rule_in_short)
    footer = _origin(territory, approximation_sentences(territory), counted_sentences(question, territory), today)
    draw = "const drawn = createCoverageMap(L, map, base);\ndrawn.show(values);\ndrawn.update(values);"
    drawing = _Drawing(drawing_script(), draw, "Carte des temps de trajet par commune", base, values)
    return _page(settings, title, head + base["defs"], drawing, legend + footer)


def round_trip_page(
    territory: Territory,
    measured: DayWithoutCar,
    *,
    settings: Settings | None = None,
    today: dt.date | None = None,
) -> folium.Map:
    """Return the map of round trips without a car, with its title, legend, table of the communes, sources and date."""
    sites = territory.facility_list(SITES, kinds=FIXED_KINDS)
    date = measured.day.date
    when = f"{date_text(date)}"
    title = f"Aller-retour sans voiture, {when} : {part_title(territory.name, measured.part)}"
    communes = measured.communes.sort_values(["share_round_trip", "residents"], ascending=False, kind="stable")
    asked = Question(kinds=FIXED_KINDS)
    label = "Carte des communes d'où l'aller-retour sans voiture est possible, ou non"
    caption = "Communes, celles d'où l'aller-retour est possible d'abord"
    return _answered_page(
        territory,
        asked,
        title,
        without_car_answer(territory, measured),
        _three_classes(territory, asked, label, trip_values(measured, sites)),
        _table(caption, COMMUNE_HEADS, commune_trip_rows(communes)),
        settings=settings,
        today=today,
    )


def near_page(
    territory: Territory, found: ActiveAccess, *, settings: Settings | None = None, today: dt.date | None = None
) -> folium.Map:
    """Return the map of who is near on foot or by bicycle, as `round_trip_page`."""
    asked = found.question
    near = f"{within_text(asked.threshold_min)} {MODES[found.mode]}"
    communes = found.communes.sort_values(["share_within", "residents"], ascending=False, kind="stable")
    label = f"Carte des communes où des habitants, ou le centre, sont {near}, ou non"
    values = near_values(found, territory.facility_list(asked.facilities, kinds=asked.kinds))
    return _answered_page(
        territory,
        asked,
        f"{facility_title(asked.facilities)} {near} : {part_title(territory.name, found.summary.part)}",
        active_answer(territory, found),
        _three_classes(territory, asked, label, values),
        _table("Communes, celles où la plus grande part des habitants l'est d'abord", NEAR_HEADS, near_rows(communes)),
        settings=settings,
        today=today,
    )


def _three_classes(territory: Territory, asked: Question, label: str, values: dict[str, Any]) -> _Drawing:
    """Return how a map of whether all, some or none are served is drawn."""
    places = territory.facility_list(asked.facilities, kinds=asked.kinds)
    base = map_base(territory.communes, {asked.facilities: places}, territory.crs)
    return _Drawing(planning_script(), "createPlanningMap(L, map, base, () => {})(values);", label, base, values)


def _answered_page(
    territory: Territory,
    asked: Question,
    title: str,
    answer: Answer,
    drawing: _Drawing,
    table: str,
    *,
    settings: Settings | None,
    today: dt.date | None,
) -> folium.Map:
    """Return an answer with its map of three classes and its table."""
    said = "".join(f"<p>{escape(text)}</p>" for text in (answer.sentence, *answer.details))
    head = f"<h1>{escape(title)}</h1>{said}{area_pattern_defs()}"
    told = [*answer.notes, offer_sentence(asked, (territory,))]
    origin = _origin(territory, contour_sentences(territory), told, today)
    return _page(
        settings or Settings.from_environment(), title, head, drawing, drawing.values["legend"] + table + origin
    )


def _table(caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return communes as a table; the first cell of a row names one."""
    heads = "".join(f'<th scope="col">{escape(each)}</th>' for each in headings)
    cells = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in others)}</tr>'
        for name, *others in rows
    )
    return (
        f'<div class="maillage-table"><table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{cells}</tbody></table></div>"
    )


@dataclass(frozen=True, slots=True)
class _Drawing:
    """How a page draws its map: a script that defines a function, what calls it, what the map is, and its data."""

    script: str
    draw: str
    label: str
    base: dict[str, Any]
    values: dict[str, Any]


def _page(settings: Settings, title: str, head: str, drawing: _Drawing, body: str) -> folium.Map:
    """Return a page with a map; `head`, `body`: HTML before and after it."""
    page = folium.Map(tiles=None, zoom_control=False, zoomSnap=0.25, attributionControl=False)
    page.default_js, page.default_css = [], []
    root: Any = page.get_root()
    root.title = escape(title)
    style = f"<style>{drawing_style()}{_PAGE_STYLE}</style>"
    root.header.add_child(_Verbatim(_leaflet(settings) + style), name="maillage_header")
    root.html.add_child(_Verbatim(head), name="maillage_title")
    _AfterMap(_without_leaflet(settings) + body, _script(page.get_name(), settings, drawing)).add_to(page)
    return page


def map_html(page: folium.Map) -> str:
    """Return the whole HTML page of a map."""
    html: str = page.get_root().render()
    return html.replace("<html>", '<html lang="fr">', 1)


def write_map(page: folium.Map, path: Path) -> None:
    """Write the page beside `path`, then rename it: a reader never sees half a file."""
    with replacing_file(path) as beside:
        beside.write_text(map_html(page), encoding="utf-8")


def _leaflet(settings: Settings) -> str:
    """Return Leaflet inside the page where it is installed, else links to the public CDN."""
    script, style = settings.leaflet_dir / "leaflet.js", settings.leaflet_dir / "leaflet.css"
    if _is_installed(settings):
        code = script.read_text(encoding="utf-8").replace("//# sourceMappingURL=leaflet.js.map", "")
        return f"<style>{style.read_text(encoding='utf-8')}</style><script>{code}</script>"
    _log.warning(
        "Leaflet n'est pas installé dans « %s » : la carte le charge depuis %s, et ne se dessine pas sans internet.",
        settings.leaflet_dir.name,
        settings.leaflet_cdn,
    )
    address = escape(settings.leaflet_cdn, quote=True)
    return (
        f'<link rel="stylesheet" href="{address}/leaflet.css"/>'
        f'<script src="{address}/leaflet.js" integrity="{LEAFLET_INTEGRITY}" crossorigin="anonymous"></script>'
    )


def _is_installed(settings: Settings) -> bool:
    return all((settings.leaflet_dir / name).is_file() for name in ("leaflet.js", "leaflet.css"))


def _without_leaflet(settings: Settings) -> str:
    """Return what says in the map's box that Leaflet did not load; nothing where it is inside the page."""
    if _is_installed(settings):
        return ""
    return (
        f"<script>if (!window.L) document.querySelector('.folium-map').textContent = {script_json(_NO_LEAFLET)};"
        f"</script>"
    )


def _script(name: str, settings: Settings, drawing: _Drawing) -> str:
    return (
        f"{drawing.script}\n"
        f"L.control.attribution({{prefix: 'Leaflet'}}).addTo({name});\n"
        f"L.control.zoom({{zoomInTitle: 'Agrandir', zoomOutTitle: 'Réduire'}}).addTo({name});\n"
        f"L.control.scale({{imperial: false}}).addTo({name});\n"
        f"L.tileLayer({script_json(settings.tiles_url)}, "
        f"{{attribution: {script_json(settings.tiles_attribution)}, maxZoom: 18}}).addTo({name});\n"
        f"{name}.getContainer().setAttribute('aria-label', {script_json(drawing.label)});\n"
        f"const map = {name};\nconst base = {script_json(drawing.base)};\n"
        f"const values = {script_json(drawing.values)};\n{drawing.draw}\n"
    )


def _origin(territory: Territory, approximations: Sequence[str], told: Sequence[str], today: dt.date | None) -> str:
    date = today or dt.datetime.now().astimezone().date()
    sentences = [
        *told,
        sources_sentence(territory.manifest),
        f"Carte établie le {date:%d/%m/%Y} avec maillage.",
    ]
    paragraphs = [f'<p class="maillage-approximation">{escape(text)}</p>' for text in approximations]
    paragraphs += [f"<p>{escape(text)}</p>" for text in sentences]
    return f'<footer class="maillage-origin">{"".join(paragraphs)}</footer>'
