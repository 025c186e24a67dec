"""The quality report as files."""

import json

import pytest

from geo.errors import SourceError
from geo.report.site_quality import quality_text, write_quality
from geo.sources.site_quality import check_sites
from tests.written_tables import rows_of_table


@pytest.fixture
def quality(small_world, tmp_path):
    path = tmp_path / "liste.csv"
    text = small_world.sites.read_text(encoding="utf-8")
    path.write_text(text.replace("France services A", '"=HYPERLINK(""http://x"")\n\x1b[31mA"'), encoding="utf-8")
    return check_sites(path)


def test_the_csv_has_one_line_a_fault_and_no_formula(quality, tmp_path):
    write_quality(quality, tmp_path / "out")
    rows = rows_of_table(tmp_path / "out" / "qualite.csv")
    assert len(rows) == len(quality.findings)
    assert {row["name"][:11] for row in rows if row["row"] == "2"} == {"'=HYPERLINK"}
    assert json.loads((tmp_path / "out" / "qualite.json").read_text(encoding="utf-8")) == quality.to_dict()
    described = json.loads((tmp_path / "out" / "datapackage.json").read_text(encoding="utf-8"))["resources"]
    formats = {each["path"]: each["format"] for each in described}
    assert formats["qualite.json"] == "json-text"  # as "json", frictionless takes its `checks` for a list of checks
    assert (tmp_path / "out" / "qualite.txt").read_text(encoding="utf-8").splitlines() == quality_text(quality)


def test_the_text_counts_then_shows_and_obeys_no_control_character(quality):
    lines = quality_text(quality)
    assert lines[0] == "liste.csv : 3 lignes (1 antenne, 1 bus, 1 site)."
    assert "Bloquant : rien" in lines
    shown = "\n".join(lines)
    assert "\x1b" not in shown
    assert '"=HYPERLINK' not in shown
    assert "3  Téléphone absent. Attendu : un numéro." in shown
    assert any(line.startswith("Non contrôlé, faute de contours (--communes) : ") for line in lines)


def test_a_folder_that_cannot_be_written_is_said(quality, tmp_path):
    (tmp_path / "out").write_text("un fichier")
    with pytest.raises(SourceError, match="écrire"):
        write_quality(quality, tmp_path / "out")
