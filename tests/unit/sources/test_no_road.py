"""Islands and waters without a road."""

import pytest
import shapely

from geo.errors import SchemaError, SourceError
from geo.settings import Settings
from geo.sources.no_road import NO_ROAD_FILE, read_no_road


def table(tmp_path, *rows):
    path = tmp_path / "no_road.csv"
    path.write_text("\n".join(["name,communes,line,source", *rows]) + "\n", encoding="utf-8")
    return path


def test_islands_are_numbered_and_waters_are_lines(tmp_path):
    found = read_no_road(table(tmp_path, "A,56009;56114,,seen", "B,,-1.0 45.0; -1.1 45.2,seen", "C,29155,,seen"))
    assert found.islands["56009"] == found.islands["56114"] != found.islands["29155"]
    assert list(found.waters) == [shapely.LineString([(-1.0, 45.0), (-1.1, 45.2)])]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("A,,,seen", "une seule des deux"),
        ("A,56009,1 2; 3 4,seen", "une seule des deux"),
        ("A,560090x,,seen", "non reconnu"),
        ("A,,1 2,seen", "au moins deux"),
        ("A,,1 2; 3,seen", "au moins deux"),
        ("A,,1 2; x 4,seen", "au moins deux"),
        ("A,,1 2; 3 nan,seen", "au moins deux"),
        ("A,,1 2; 3 95,seen", "au moins deux"),
    ],
)
def test_a_row_that_breaks_the_contract_is_named(tmp_path, row, fault):
    path = table(tmp_path, "Z,29155,,seen", row)
    with pytest.raises(SchemaError, match=fault):
        read_no_road(path)


def test_a_commune_is_on_one_island(tmp_path):
    with pytest.raises(SchemaError, match="donné deux fois"):
        read_no_road(table(tmp_path, "Z,29155,,seen", "Y,29155,,seen"))


def test_an_absent_table_is_an_error(tmp_path):
    with pytest.raises(SourceError):
        read_no_road(tmp_path / "no_road.csv")


def test_the_table_of_the_project_names_known_islands_but_none_with_a_bridge():
    found = read_no_road(Settings.from_environment().data_dir / NO_ROAD_FILE)
    assert {"29155", "56009", "85113", "97110", "97615"} <= set(found.islands)
    # Ré (Saint-Martin), Oléron (Saint-Pierre), Noirmoutier.
    assert not {"17369", "17385", "85163"} & set(found.islands)
    assert len(found.waters) >= 4
    around = [shapely.Polygon(line.coords) for line in found.waters if line.is_closed]
    villages = shapely.points([(55.424, -21.076), (55.432, -21.103), (55.4215, -21.0165)])  # La Nouvelle, Marla, Aurère
    by_road = shapely.points([(55.3817, -20.985), (55.472, -21.025), (55.4733, -21.1353), (55.388, -21.07)])
    assert shapely.contains(around[0], villages).all()
    assert not shapely.contains(around[0], by_road).any()
