"""The notebooks: stripped of outputs, and run as notebooks are: cell after cell in one namespace, what ends a cell shown.

Without a kernel: ipykernel and its messaging are ten packages and a process with open ports, to run cells whose only
notebook feature is that the value of their last line is shown. That value is shown here as a notebook shows it.
"""

import ast
import json
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

pytestmark = pytest.mark.usefixtures("loaded_once")

_NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


def cells(path, kind="code"):
    return [
        "".join(cell["source"])
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == kind
    ]


def run(path, **given):
    """Run the code of a notebook in one namespace; `given` replaces the settings of the same name."""
    space = {}
    for number, code in enumerate(cells(path)):
        tree = ast.parse(code)
        if number == 0:
            tree.body = [
                node for node in tree.body if not (isinstance(node, ast.Assign) and node.targets[0].id in given)
            ]
            space |= given
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, f"{path.name}, cell {number}", "exec"), space)
        if last is not None:
            shown(eval(compile(ast.Expression(last.value), f"{path.name}, cell {number}", "eval"), space))
    return space


def shown(value):
    """Show the value of a cell as a notebook does: as HTML where it can be, else as text; nothing for None."""
    if value is not None:
        html = getattr(value, "_repr_html_", lambda: None)()
        assert html or repr(value)


def test_there_are_three():
    assert [path.stem for path in _NOTEBOOKS] == ["01_diagnostic", "02_planifier", "03_confiance"]


@pytest.mark.parametrize("path", _NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_stripped(path):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
    assert notebook["nbformat"] == 4
    identities = [cell["id"] for cell in notebook["cells"]]
    assert len(set(identities)) == len(identities)
    assert cells(path, "markdown")[0].startswith("# ")


@pytest.mark.parametrize("path", _NOTEBOOKS, ids=lambda path: path.stem)
def test_only_public_names_are_used(path):
    for code in cells(path):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom):
                names = [*str(node.module).split("."), *(alias.name for alias in node.names)]
            elif isinstance(node, ast.Attribute):
                names = [node.attr]
            else:
                continue
            assert not [name for name in names if name.startswith("_")]


def test_diagnosis_runs(capsys):
    space = run(_NOTEBOOKS[0])
    communes = len(space["territory"].communes)
    assert len(space["communes"]) == communes == 545
    assert space["curve"].loc[20, "residents"] == pytest.approx(space["summary"].residents_within, abs=1)
    assert f"communes sous-desservies sur {communes}" in capsys.readouterr().out


def test_planning_runs(capsys):
    space = run(_NOTEBOOKS[1])
    gains = space["gains"]
    assert list(gains.values()) == sorted(gains.values()), "a label more never brings less"
    assert gains[5] == pytest.approx(space["made"].objective)
    greedy = space["brought"].total(space["one_by_one"])
    assert 0.63 * space["best"].objective <= greedy <= space["best"].objective
    assert space["by_time"].after.mean_time_min <= space["by_time"].before.mean_time_min
    told = capsys.readouterr().out
    assert f"borne {space['made'].bound:,.0f}".replace(",", "\u202f") in told
    assert f"{100 * space['made'].gap:.2f}".replace(".", ",") in told


def test_confidence_runs(capsys):
    space = run(_NOTEBOOKS[2])
    assert len(space["margin"].runs) == 4
    assert space["found"] is None
    assert "Pas de fichier de routes" in capsys.readouterr().out


def test_confidence_with_real_roads(shared_data):
    found = run(_NOTEBOOKS[2], ROADS=shared_data / "roads" / "labourd-bdtopo-2014.zip")["found"]
    assert found.pairs > 100
    assert 0.6 < found.time_ratio_p10 < found.time_ratio_median < found.time_ratio_p90 < 1.6
    assert found.time_ratio_median == pytest.approx(1, abs=0.3)


def test_confidence_with_cells(small_world, tmp_path, capsys):
    world = small_world.territory()
    east = gpd.GeoSeries(gpd.points_from_xy([439_900.0], [6_255_000.0]), crs="EPSG:2154").to_crs("EPSG:4326")
    cells = gpd.GeoDataFrame(
        {
            "cell_id": pd.array(["a"], dtype="string"),
            "commune_code": pd.array(["64004"], dtype="string"),
            "population": [200.0],
            "share_65_plus": [float("nan")],
        },
        geometry=east.to_numpy(),
        crs="EPSG:4326",
    )
    replace(world, cells=cells).save(tmp_path / "world")
    run(_NOTEBOOKS[2], CELLS_TERRITORY=tmp_path / "world", THRESHOLD_MIN=4)
    told = capsys.readouterr().out
    # A and D have a site; the residents of D, in their cell, are 5 minutes from theirs.
    assert "carreaux   50.0%" in told
    assert "mairies    60.0%" in told
