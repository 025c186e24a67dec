"""The legend and the hatchings as well-formed markup."""

from xml.etree import ElementTree as ET

import pytest

from geo.classes import TIME_CLASSES
from geo.kinds import KINDS
from geo.maps.legend import HATCHED, facility_svg, legend_html, pattern_defs


def test_each_class_and_the_unreachable_one_have_a_hatching():
    patterns = ET.fromstring(pattern_defs()).iter("pattern")
    assert [pattern.get("id") for pattern in patterns] == [f"{HATCHED}{i}" for i in (*range(len(TIME_CLASSES)), -1)]


def test_legend_lists_classes_states_and_shapes_as_text():
    legend = ET.fromstring(legend_html("sites", ["main", "bus"], ["bus"], "règle"))
    entries = ["".join(entry.itertext()) for entry in legend.iter("li")]
    assert entries == [
        *(cls.label for cls in TIME_CLASSES),
        "Commune sous-desservie (règle)",
        "Aucun trajet possible par la route",
        "Temps inconnu (hors du réseau fourni)",
        "Site France services",
        "Bus France services (affiché, non compté)",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_that_is_not_counted_is_hollow(kind):
    counted, hollow = (ET.fromstring(facility_svg(kind, counted=counted)).find("path") for counted in (True, False))
    assert counted.get("d") == hollow.get("d")
    assert counted.get("fill") == hollow.get("stroke") != hollow.get("fill")
