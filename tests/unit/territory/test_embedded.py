"""Views of the embedded France: départements, intercommunalities, all of it; and what is kept of it."""

import datetime as dt
import functools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from geo.cli.access import variant
from geo.errors import MaillageError, ParameterError
from geo.finder.answer import find_sites
from geo.finder.gazetteer import Gazetteer
from geo.finder.wishes import Wishes
from geo.sources.embedded import read_embedded
from geo.territory import Territory
from geo.territory.embedded import france, is_view, read_tables, view_names
from tests.unit.embedded_slice import FRANCE, write_slice

PAYS_BASQUE = "200067106"


@pytest.fixture(scope="module")
def tables():
    return read_embedded(FRANCE)


@pytest.fixture(scope="module")
def load():
    """Load a view once for all tests that look at the embedded France as it is."""
    return functools.cache(Territory.load)


@pytest.fixture(scope="module")
def few_folder(tmp_path_factory):
    """Tables of two départements on two projections."""
    return write_slice(tmp_path_factory.mktemp("data") / "france", lambda row: row["departement"] in {"64", "974"})


@pytest.fixture
def few(few_folder, tmp_path, monkeypatch):
    """Make these tables the embedded ones, with nothing made at set-up yet; return the folder of what is made."""
    monkeypatch.setenv("MAILLAGE_DATA_DIR", str(few_folder.parent))
    monkeypatch.setenv("MAILLAGE_FRANCE_DIR", str(tmp_path / "made"))
    return tmp_path / "made"


@pytest.mark.parametrize(
    ("wanted", "departement", "name"),
    [("64", "64", "Pyrénées-Atlantiques"), ("2a", "2A", "Corse-du-Sud"), ("974", "974", "La Réunion"), ("1", "01", "Ain")],
)  # fmt: skip
def test_a_departement_is_viewed_by_its_code(load, tables, wanted, departement, name):
    territory = load(wanted)
    frame = tables.communes.frame
    assert (territory.name, territory.departement) == (name, departement)
    assert territory.manifest.view == departement
    assert list(territory.communes.index) == list(frame.index[frame["departement"] == departement])
    assert territory.manifest.population == frame.loc[frame["departement"] == departement, "population"].sum()
    times = territory.travel_times("sites")
    assert times["on_network"].all()
    assert times["travel_time_min"].notna().mean() > 0.95
    assert (times["travel_time_min"].dropna() < 120).all()


def test_an_intercommunality_is_viewed_by_its_number_or_its_name(load, tables):
    by_number, by_name = load(PAYS_BASQUE), load("communaute  d'agglomération du PAYS-BASQUE")
    own = tables.intercommunality.index[tables.intercommunality == PAYS_BASQUE]
    assert list(by_number.communes.index) == list(by_name.communes.index) == list(own)
    assert by_number.manifest.view == by_name.manifest.view == PAYS_BASQUE
    assert by_number.name == by_name.name == tables.intercommunalities.loc[PAYS_BASQUE, "name"]
    assert (
        by_number.travel_times("sites")["travel_time_min"] == by_name.travel_times("sites")["travel_time_min"]
    ).all()


def test_a_commune_has_the_same_time_in_every_view(load):
    whole = load().travel_times("sites").set_index("commune_code")
    for wanted in ("64", "48", PAYS_BASQUE, "974"):
        part = load(wanted).travel_times("sites").set_index("commune_code")
        same = whole.loc[part.index]
        assert np.allclose(part["travel_time_min"], same["travel_time_min"], atol=0.01), wanted
        assert (part["facility_id"] == same["facility_id"]).mean() > 0.99


@pytest.mark.parametrize("name", ["Pays Basque", "CA du pays basque", "agglomération du Pays Basque"])
def test_an_intercommunality_is_found_without_its_kind(tables, name):
    assert Territory.load(name).name == tables.intercommunalities.loc[PAYS_BASQUE, "name"]


def test_an_intercommunality_is_found_by_words_that_only_it_has_and_asked_for_where_several_have():
    assert Territory.load("Val de Garonne").name == "Communauté d'agglomération Val de Garonne Agglomération"
    with pytest.raises(ParameterError, match=r"Plusieurs intercommunalités ont « Garonne » dans leur nom : .* entier"):
        Territory.load("Garonne")


def test_a_name_of_two_intercommunalities_is_asked_again_by_number(tables):
    names = tables.intercommunalities["name"]
    for name in names[names.duplicated()]:
        with pytest.raises(MaillageError, match="SIREN") as caught:
            Territory.load(name)
        assert all(code in str(caught.value) for code in names.index[names == name])


def test_all_of_france_is_one_territory(load, tables):
    territory = load()
    assert territory.name == "France"
    assert len(territory.communes) == len(tables.communes.frame)
    assert len(territory.sites) == len(tables.sites.frame)
    assert territory.departement is None
    assert territory.manifest.view == ""


@pytest.mark.parametrize("view", [None, "64"])
def test_undrawn_it_finds_the_same_sites(load, view):
    whole, undrawn = load(view), load(view, drawn=False)
    assert undrawn.communes.geometry.isna().all()
    at = dt.datetime(2026, 11, 24, 10, 30)  # noqa: DTZ001 - civil time
    answers = [find_sites(area, -1.58, 43.31, Wishes(at=at)).to_dict() for area in (whole, undrawn)]
    assert answers[0] == answers[1]
    assert Gazetteer.of(undrawn).search("Sare") == Gazetteer.of(whole).search("Sare")


def test_sites_of_neighbours_count(load):
    for wanted, neighbours in (("64", {"40", "65"}), (PAYS_BASQUE, {"64", "40"})):
        territory = load(wanted)
        assert neighbours <= set(territory.sites["departement"])
        assert "974" not in set(territory.sites["departement"])
    assert set(load("974").sites["departement"]) == {"974"}


def test_views_share_one_network(load):
    assert load("64").network is load().network is load("974").network


def test_names_of_views_lead_to_views(tables):
    names = view_names()
    assert len(names) == 101 + len(tables.intercommunalities)
    assert list(names)[:2] == ["01", "02"]
    assert all(map(is_view, names))
    assert len(set(names.values())) == len(names), "two of one name are told apart"
    for code in ("2B", "200000172"):
        assert Territory.load(code).name in names[code]


@pytest.mark.parametrize(
    "unknown",
    ["99", "00", "96", "20", "975", "123456789", "Nulle part", "", " ", "../64", "64/..",  "\0", "٦٤", "x" * 5000,
     "<script>", "64;", "2C", "-1", "\udcff"],
)  # fmt: skip
def test_what_is_no_territory_is_told_in_one_french_line(unknown):
    with pytest.raises(MaillageError) as caught:
        Territory.load(unknown)
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")
    assert len(said) < 500


def test_a_folder_named_like_a_code_is_asked_for_by_its_path(small_world, tmp_path, monkeypatch):
    small_world.territory().save(tmp_path / "64")
    monkeypatch.chdir(tmp_path)
    assert len(Territory.load("64").communes) > 500
    label, other = variant(Path("64"), "fluide")
    assert label == "profil fluide"
    assert len(other.communes) > 500
    assert len(Territory.load("./64").communes) == 5
    small_world.territory().save(tmp_path / "essai")
    assert len(Territory.load("essai").communes) == 5


@pytest.mark.usefixtures("few")
def test_without_contours_cells_stand_in_and_it_is_said():
    territory = Territory.load("64")
    assert territory.contours_approximate
    assert any("Les contours des communes sont approchés" in note for note in territory.manifest.notes)
    communes = territory.communes
    assert communes.geometry.notna().all()
    assert communes.geometry.is_valid.all()
    positions = communes.geometry.sindex.query(communes.set_geometry(territory.demand.geometry.to_numpy()).geometry, predicate="within")  # fmt: skip
    assert (positions[0] == positions[1]).all()
    assert Territory.load("974").network is territory.network


def _kept(made):
    """Return the folder of estimated networks, beside that of contours."""
    return made.with_name(f"{made.name}-roads")


def test_the_estimated_network_is_kept_once_and_read_back(few):
    first = Territory.load("974").travel_times("sites")
    kept = [path for path in _kept(few).iterdir() if path.name.startswith("network-")]
    assert len(kept) == 1
    written = {path.name: path.read_bytes() for path in kept[0].iterdir()}
    france.cache_clear()
    again = Territory.load("974").travel_times("sites")
    assert again.equals(first)
    assert {path.name: path.read_bytes() for path in kept[0].iterdir()} == written


@pytest.fixture(scope="module")
def kept_once(few_folder, tmp_path_factory):
    """Return the folder of what is kept of these tables once they were viewed, and the times found then."""
    made = tmp_path_factory.mktemp("kept") / "made"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MAILLAGE_DATA_DIR", str(few_folder.parent))
        patch.setenv("MAILLAGE_FRANCE_DIR", str(made))
        times = Territory.load("974").travel_times("sites")
    return _kept(made), times


@pytest.mark.parametrize("damage", ["text", "cut", "absent"])
def test_a_damaged_kept_network_is_made_again(few, kept_once, damage):
    folder, first = kept_once
    shutil.copytree(folder, _kept(few))
    (kept,) = (path for path in _kept(few).iterdir() if path.name.startswith("network-"))
    if damage == "text":
        (kept / "network.json").write_text("{", encoding="utf-8")
    elif damage == "cut":
        (kept / "edges.npy").write_bytes((kept / "edges.npy").read_bytes()[:-100])
    else:
        (kept / "x.npy").unlink()
    france.cache_clear()
    assert Territory.load("974").travel_times("sites").equals(first)
    json.loads((kept / "network.json").read_text(encoding="utf-8"))
    france.cache_clear()
    assert Territory.load("974").travel_times("sites").equals(first)


def test_an_installation_that_cannot_be_written_works_all_the_same(few):
    _kept(few).write_text("a file where the folder should be", encoding="utf-8")
    assert len(Territory.load("974").communes) == 24


@pytest.mark.usefixtures("few")
def test_a_departement_that_the_tables_lack_is_said():
    with pytest.raises(MaillageError, match="aucune commune"):
        Territory.load("75")


def test_tables_are_read_once(few_folder):
    assert read_tables(few_folder) is read_tables(few_folder)
