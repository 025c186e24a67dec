"""``maillage changes``, its three files, and what an installation without extras says."""

import csv
import json
import xml.etree.ElementTree as ET

import pytest
import typer.completion

from geo import Territory
from geo.access.list_changes import CHANGES
from geo.cli import program
from geo.report import extras
from geo.sources.france_services import HOUR_COLUMNS
from tests.written_tables import rows_of_table

pytestmark = pytest.mark.usefixtures("loaded_once")

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def sites():
    return Territory.load("90").sites


def write_list(path, frame, *, older):
    """Write sites as the ANCT does; in the older schema no site is an antenne, and a bus is one that travels."""
    rows = [
        {
            "id_fs": site["facility_id"], "lib_fs": site["name"], "insee_com": site["commune_code"],
            "lib_com": site["commune_name"], "latitude": site["geometry"].y, "longitude": site["geometry"].x,
            **({"itinerance": "Oui" if site["kind"] == "bus" else "Non"} if older else {
                "format_fs": "Bus_équivalent" if site["kind"] == "bus" else "Fixe",
                "type_fs": "Antenne" if site["kind"] == "antenne" else "Principal",
            }),
        }
        for site in frame.to_dict("records")
    ]  # fmt: skip
    columns = [*rows[0], *("adresse", "code_postal"), *HOUR_COLUMNS]
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, delimiter=";", restval="")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def lists(sites, tmp_path):
    """Write a list of before and one of after: one site closed, one opened, one renamed with a name of markup."""
    before, after = sites.iloc[1:].copy(), sites.iloc[:-1].copy()
    after.loc[after.index[1], "name"] = "=<b>Autre & nom</b>"
    paths = []
    for name, frame in (("liste-fs-20201201.csv", before), ("liste-fs-20240801.csv", after)):
        path = tmp_path / name
        write_list(path, frame, older=name.endswith("20201201.csv"))
        paths.append(path)
    return paths


#: Rows by hand in the schema used until 2023, described by `itinerance` and `format_fs`, and what became of each in 2024.
_OF_2020 = (
    ("1", "Maison de Delle", "Espace labellisé", "Non", "47.5079", "6.9995"),  # the same
    ("2", "Antenne de Beaucourt", "Antenne", "Non", "47.4876", "6.9267"),  # main since
    ("3", "Bus du Sud", "Site principal", "Oui", "47.5690", "6.8560"),  # the same, described as a bus
    ("4", "Poste de Grandvillars", "Site principal", "", "47.5386", "6.9686"),  # closed
    ("4", "Poste de Grandvillars, encore", "Site principal", "", "47.5386", "6.9686"),  # told twice
    ("5", "Sans position", "Site principal", "Non", "", ""),
)
_OF_2024 = (
    ("1", "Maison de Delle", "Fixe", "Principal", "47.5079", "6.9995"),
    ("2", "Antenne de Beaucourt", "Fixe", "Principal", "47.4876", "6.9267"),
    ("3", "Bus du Sud", "Bus_équivalent", "Principal", "47.5690", "6.8560"),
    ("6", "Maison de Giromagny", "Fixe", "Principal", "47.7431", "6.8269"),
)


def test_a_list_in_the_schema_of_2020_is_read_and_each_row_accounted_for_once(run, tmp_path):
    for year, rows, names in (
        ("2020", _OF_2020, ("format_fs", "itinerance")),
        ("2024", _OF_2024, ("format_fs", "type_fs")),
    ):
        columns = ["id_fs", "lib_fs", *names, "latitude", "longitude"]
        more = ["adresse", "insee_com", "code_postal", "lib_com", *HOUR_COLUMNS]
        with (tmp_path / f"liste-fs-{year}1201.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerows([[*columns, *more], *([*row, "", "90033", "90100", "Delle", *[""] * 6] for row in rows)])
    status, out, err = run("changes", *sorted(tmp_path.glob("*.csv")), "90", "--json")
    assert status == 0, err
    content = json.loads(out)
    by_id = {site["facility_id"]: site for site in content["sites"]}
    assert (content["rows_before"], content["rows_after"]) == (4, 4)
    assert {site["facility_id"]: site["status"] for site in content["sites"] if site["status"] != "continued"} == {
        "4": "closed",
        "6": "opened",
    }
    counts = content["counts"]
    assert counts["closed"] + counts["changed"] + counts["same"] == content["rows_before"]
    assert counts["opened"] + counts["changed"] + counts["same"] == content["rows_after"]
    # The two rows that are left out are told, each with its reason and its line.
    _, told, _ = run("changes", *sorted(tmp_path.glob("*.csv")), "90")
    assert "2 écartées" in told
    assert "ligne 6 : identifiant déjà utilisé ligne 5" in told
    assert "ligne 7 : " in told
    assert [name for name in CHANGES if by_id["3"][name]] == []


def test_the_first_lists_in_capitals_and_without_the_words_of_the_label(run, tmp_path):
    """As the list of January 2020: its own names of columns, "-" for a day of closing, hours such as ``9h – 12h``."""
    before = (
        '"","MATRICULE","DEPARTEMENT","lib_france_services","ADRESSE","COMPLEMENT.D.ADRESSE","CODE_POSTAL","lib_com",'
        '"CONTACT.MAIL","TELEPHONE","h_lundi","h_mardi","h_mercredi","h_jeudi","h_vendredi","h_samedi","ITINERANCE",'
        '"LABELISATION","insee_com","latitude","longitude"\n'
    )
    hours = '"9h – 12h / 13h30 – 17h"'
    for number, name, mail, monday, travels in (
        ("1", "Delle", "un@exemple.fr", '"-"', ""),
        ("2", "Bus du Sud", "", hours, "Oui"),
        ("3", "Giromagny", "trois@exemple.fr", hours, ""),
    ):
        before += f'"{number}",{number},"90","{name}","1 rue","","90100","DELLE","{mail}","",{monday},{",".join([hours] * 4)},'
        before += f'"-","{travels}","Espace labélisé 01/2020","90033",47.5079,6.9995\n'
    after = before
    for old, new in (
        ('"Delle"', '"Espace France services de Delle"'),
        ('"-",', '"9h – 12h",'),
        ("trois@", "3@"),
    ):
        after = after.replace(old, new)
    for name, text in (("liste-fs-20200101.csv", before), ("liste-fs-20200701.csv", after)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    status, out, err = run("changes", *sorted(tmp_path.glob("*.csv")), "90", "--json")
    assert status == 0, err
    sites = {site["facility_id"]: [name for name in CHANGES if site[name]] for site in json.loads(out)["sites"]}
    assert sites == {"1": ["hours_changed"], "2": ["hours_changed"], "3": ["hours_changed", "contacts_changed"]}
    (tmp_path / "unnumbered.csv").write_text(before.replace("MATRICULE", "numero"), encoding="utf-8")
    status, _, err = run("changes", tmp_path / "unnumbered.csv", tmp_path / "unnumbered.csv", "90")
    assert (status, "« id_fs » absente" in err, "numero" in err, "format_fs" in err) == (2, True, True, False)


def test_another_list_is_refused_without_an_option_that_the_command_lacks(run, small_world, tmp_path):
    other = tmp_path / "other.csv"
    other.write_text("nom;lieu\na;b\n", encoding="utf-8")
    for arguments in (("changes", other, other, "90"), ("rounds", "90", "--sites", other), ("check-sites", other)):
        status, _, err = run(*arguments)
        assert (status, "La liste de l'ANCT est attendue" in err, "--columns" in err) == (2, True, False), err
    files = small_world
    status, _, err = run(
        *("build", "--departement", "64", "--sites", other, "--communes", files.communes, "--roads", files.roads),
        *("--population", files.population, "--out", tmp_path / "out"),
    )
    assert (status, "--columns sites:name=COLONNE" in err) == (2, True), err


def test_the_three_files_tell_the_same_and_are_made_the_same_twice(run, lists, sites, tmp_path):
    dated = ("--date", "2026-11-27")
    status, out, _ = run("changes", *lists, "--out", tmp_path / "made", *dated, "--json")
    assert status == 0
    assert run("changes", *lists, "--out", tmp_path / "again", *dated)[0] == 0
    for file in ("changes.csv", "changes.json", "changes.atom"):
        assert (tmp_path / "made" / file).read_bytes() == (tmp_path / "again" / file).read_bytes()
    content = json.loads((tmp_path / "made" / "changes.json").read_text(encoding="utf-8"))
    assert content == json.loads(out)
    counts = content["counts"]
    assert (counts["opened"], counts["closed"], counts["renamed"], counts["changed"]) == (1, 1, 1, 1)
    assert counts["opened"] + counts["changed"] + counts["same"] == content["rows_after"] == len(sites) - 1
    assert counts["closed"] + counts["changed"] + counts["same"] == content["rows_before"] == len(sites) - 1
    rows = rows_of_table(tmp_path / "made" / "changes.csv")
    assert [row["facility_id"] for row in rows] == [site["facility_id"] for site in content["sites"]]
    assert sum(row["renamed"] == "oui" for row in rows) == 1
    assert any(row["name"].startswith("'=") for row in rows)  # no spreadsheet runs it
    feed = ET.fromstring((tmp_path / "made" / "changes.atom").read_text(encoding="utf-8"))
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert len(titles) == len({entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")}) == 3
    assert any(title.startswith("=<b>Autre & nom</b>") for title in titles)
    told = [site for site in content["sites"] if site["status"] != "continued" or any(site[name] for name in CHANGES)]
    assert len(titles) == len(told)


def test_two_lists_are_named_alike_and_a_share_that_stays_is_told_once(run, lists, tmp_path):
    undated = (tmp_path / "apres.csv").write_bytes(lists[0].read_bytes()) and tmp_path / "apres.csv"
    _, told, _ = run("changes", lists[0], undated, "90")
    assert "De liste-fs-20201201.csv à apres.csv : aucun site ouvert ni fermé" in told
    assert "d'un site (temps estimés : " in told
    assert "), comme auparavant." in told
    assert "contre" not in told


def test_neighbours_that_a_list_leaves_out_change_no_time(run, sites, tmp_path):
    """The same sites, with those of the neighbours in one list only: both lists serve as that one does."""
    france = Territory.load("90")
    for name, frame in (("a.csv", sites[france.holds(sites)]), ("b.csv", sites)):
        write_list(tmp_path / name, frame, older=False)
    for names in (("a.csv", "b.csv"), ("b.csv", "a.csv")):
        _, told, _ = run("changes", *(tmp_path / name for name in names), "90", "--threshold", "10", "--json")
        content = json.loads(told)
        assert (content["residents_gained"], content["residents_lost"], content["communes"]) == (0, 0, [])
        said = [line for line in content["sentences"] if "voisins" in line.casefold()]
        assert [line.startswith("Voisins sans site dans une des listes : Doubs, Haut") for line in said] == [True], said


def test_it_is_told_in_sentences(run, lists):
    status, out, _ = run("changes", *lists, "90")
    assert status == 0
    out = out.replace("\u00a0", " ")
    assert out.startswith("Territoire de Belfort :\nDu 1er décembre 2020 au 1er août 2024 : 1 site fermé")
    assert "la liste ne donne pas le jour" in out
    assert "Liste du 1er décembre 2020 : " in out


def test_a_repeated_identifier_is_told_with_its_line(run, lists):
    rows = lists[1].read_text(encoding="utf-8").splitlines()
    lists[1].write_text("\n".join([*rows, rows[1]]) + "\n", encoding="utf-8")
    _, out, _ = run("changes", *lists, "90")
    again = f"1 écartée (ligne {len(rows) + 1} : identifiant déjà utilisé ligne 2)."
    assert again in out
    assert "faute de position" not in out


def test_two_territories_are_compared(run, saved):
    status, out, _ = run("changes", saved, saved, "--json")
    content = json.loads(out)
    assert (status, content["residents_gained"], content["communes"]) == (0, 0, [])
    assert content["counts"]["same"] == content["rows_before"] == content["rows_after"] > 0


def test_territories_of_other_areas_are_not_compared(run, saved, tmp_path):
    Territory.load("90").save(tmp_path / "90")
    status, out, err = run("changes", saved, tmp_path / "90", "--json")
    assert (status, out) == (2, "")
    err = err.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "« Territoire de Belfort » (101 communes), dont 0 en commun ; donnez deux territoires" in err


def test_a_list_and_a_territory_are_refused(run, lists, saved):
    status, out, err = run("changes", lists[0], saved)
    assert (status, out) == (2, "")
    assert err.strip().endswith("donnez deux listes, ou deux territoires.")


def test_the_version_and_the_completion_are_told(run, monkeypatch, tmp_path):
    status, out, _ = run("--version")
    assert (status, out.split()[0]) == (0, "maillage")
    assert any(parameter.name == "show_completion" for parameter in _parameters())
    shell = ["zsh"]
    monkeypatch.setattr(typer.completion, "_get_shell_name", lambda: shell[0])
    monkeypatch.setattr(typer._completion_shared, "_get_shell_name", lambda: shell[0])
    monkeypatch.setenv("HOME", str(tmp_path))
    status, script, err = run("--show-completion")
    assert (status, script.splitlines()[0], err) == (0, "#compdef maillage", "")
    written = tmp_path / ".zfunc" / "_maillage"
    assert run("--install-completion") == (
        0,
        f"La complétion de zsh est écrite dans {written} : elle vaut dans tout nouveau terminal.\n",
        "",
    )
    assert written.read_text() == script.rstrip("\n")
    shell[0] = "csh"
    for option in ("--show-completion", "--install-completion"):
        status, out, err = run(option)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert "Ce terminal n'est pas reconnu : bash" in err


def _parameters():
    import typer.main  # noqa: PLC0415

    return typer.main.get_command(program.program()).params


@pytest.mark.parametrize(
    ("command", "extra", "absent"),
    [
        ("app", "app", "streamlit"),
        ("app", "app", "cachetools"),
        ("app", "report", "folium"),
        ("report", "report", "typst"),
    ],
)
def test_a_command_says_which_extra_it_lacks_before_it_works(run, monkeypatch, tmp_path, command, extra, absent):
    monkeypatch.setattr(extras, "find_spec", lambda library: None if library == absent else library)
    status, out, err = run(command, *(() if command == "app" else ("64", "--out", tmp_path / "out")))
    assert (status, out) == (2, "")
    assert err.strip() == (
        f"Cette commande demande l'extra « {extra} », qui n'est pas installé : pip install \"maillage[{extra}]\"."
    )


@pytest.mark.parametrize("extra", sorted(set(extras.EXTRAS.values())))
def test_every_extra_that_is_named_exists(extra):
    import tomllib  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    project = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    brought = " ".join(project["optional-dependencies"][extra])
    assert all(library in brought or library == "branca" for library, of in extras.EXTRAS.items() if of == extra)
    assert not any(library in " ".join(project["dependencies"]) for library in extras.EXTRAS)
