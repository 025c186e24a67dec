"""The lists of the day: what comes takes the place of the embedded list, what is doubtful never does."""

import datetime as dt
from dataclasses import replace

import pytest

from geo.kinds import SITES, TAX_OFFICES
from geo.settings import Settings
from geo.sources.day_lists import all_checked_on, fetch_lists, lists_at_hand, lists_stamp, with_lists
from geo.territory import Territory
from geo.territory.embedded import read_tables
from tests.unit.sources import day_lists_files as files


@pytest.fixture(scope="module")
def whole():
    return read_tables(Settings.from_environment().data_dir / "france")


@pytest.fixture(scope="module")
def embedded(whole):
    """Return the embedded tables with short lists of places."""
    return replace(
        whole,
        sites=replace(whole.sites, frame=whole.sites.frame.head(60)),
        tax_offices=replace(whole.tax_offices, frame=whole.tax_offices.frame.head(40)),
    )


@pytest.fixture(scope="module")
def contents(embedded):
    return {
        files.SITES: files.site_list(embedded.sites.frame),
        files.TAX_OFFICES: files.tax_list(embedded.tax_offices.frame),
    }


@pytest.fixture
def served(web, contents):
    for path, content in contents.items():
        web.serve(path, content)
    return web


@pytest.fixture
def settings(official_addresses, web, tmp_path):
    return replace(Settings.from_environment(), cache_dir=tmp_path, source_urls=official_addresses(web))


@pytest.mark.usefixtures("served")
def test_what_comes_is_used_with_its_date(settings, embedded, monkeypatch):
    monkeypatch.setattr("geo.sources.download_cache._today", lambda: "2026-11-27")
    before = lists_stamp(settings)
    assert lists_at_hand(settings) == {}
    fetched = fetch_lists(settings, embedded)
    assert ([each.status for each in fetched.files], fetched.warnings) == (["téléchargé"] * 2, ())
    assert lists_stamp(settings) != before
    current = with_lists(embedded, lists_at_hand(settings))
    for table, first in ((current.sites, "Site du jour 0"), (current.tax_offices, "SIP du jour 0")):
        assert table.frame["name"][0] == first
        assert table.provenance.vintage == "2026-10-05"
    assert len(current.sites.frame) == len(embedded.sites.frame)
    assert not any("2019" in note for note in current.tax_offices.notes)
    assert current.tax_offices.frame["comment"].isna().all()
    assert current.communes is embedded.communes
    assert all_checked_on(dt.date(2026, 11, 27), settings)
    assert not all_checked_on(dt.date(2026, 11, 28), settings)
    assert [each.status for each in fetch_lists(settings, embedded).files] == ["inchangé chez le producteur"] * 2


def test_a_merged_commune_is_that_of_today(served, settings, embedded):
    """Codes of a delegated commune, of an arrondissement, of a commune of today and of none."""
    today = embedded.communes.frame
    merged = embedded.former[~embedded.former.index.isin(today.index)]
    code = next(code for code in merged.index if (merged.index == code).sum() == 1)
    expected = {code: merged.loc[code, "commune_code"], "75112": "75056", "64483": "64483"}
    served.serve(files.SITES, files.site_list(embedded.sites.frame, insee_com=list(expected)), modified="2026-10-06")
    fetch_lists(settings, embedded)
    sites = with_lists(embedded, lists_at_hand(settings)).sites.frame
    for number, (given, commune) in enumerate(expected.items()):
        site = sites.iloc[number]
        assert site["commune_code"] == commune
        assert site["commune_name"] == ("Ailleurs" if given == commune else today.loc[commune, "name"])


def test_what_is_doubtful_is_refused_and_the_former_stays(served, settings, embedded):
    def refused():
        fetched = fetch_lists(settings, embedded)
        assert [each.source.name for each in fetched.files] == [TAX_OFFICES]
        (sentence,) = fetched.warnings
        return sentence

    half = len(embedded.sites.frame) // 2
    served.serve(files.SITES, files.site_list(embedded.sites.frame.head(half - 1)))
    sentence = refused()
    assert "moins de la moitié" in sentence
    assert "La liste fournie avec l'outil (1er\u00a0août 2024) reste utilisée." in sentence
    assert set(lists_at_hand(settings)) == {TAX_OFFICES}

    served.serve(files.SITES, b"<!doctype html><p>Maintenance</p>")
    assert "page web" in refused()
    whole = files.site_list(embedded.sites.frame)
    served.serve(files.SITES, whole, modified="2024-07-31")
    assert "plus ancien que celui du 1er\u00a0août 2024" in refused()

    served.serve(files.SITES, whole)
    assert fetch_lists(settings, embedded).warnings == ()
    kept = lists_at_hand(settings)[SITES]
    served.serve(files.SITES, files.site_list(embedded.sites.frame, lib_fs="Autre"), modified="2026-10-04")
    assert "La liste du 5\u00a0octobre 2026 reste utilisée." in refused()
    served.serve(files.SITES, whole[: len(whole) // 3], modified="2026-10-07")
    assert "moins de la moitié" in refused()
    served.serve(files.SITES, None)
    assert "répond 404" in refused()
    assert replace(lists_at_hand(settings)[SITES], checked_on="") == replace(kept, checked_on="")

    kept.path.write_bytes(b"damaged on the disk")
    assert set(lists_at_hand(settings)) == {TAX_OFFICES}


@pytest.mark.usefixtures("served")
def test_a_list_kept_that_cannot_be_read_is_said(settings, embedded, tmp_path):
    fetch_lists(settings, embedded)
    (tmp_path / "other.csv").write_text("a;b\n1;2\n")
    lists = {SITES: replace(lists_at_hand(settings)[SITES], path=tmp_path / "other.csv")}
    current = with_lists(embedded, lists)
    assert current.sites.frame is embedded.sites.frame
    assert "La liste du jour est inutilisable" in current.sites.notes[-1]


def test_a_host_that_says_nothing_is_left(served, settings, embedded, moods):
    """With little time given, one call a list: nobody waits for a second one."""
    served.next(files.SITES, moods.status(503))
    served.next(files.TAX_OFFICES, moods.status(503))
    fetched = fetch_lists(settings, embedded, seconds=5)
    assert (fetched.files, len(fetched.warnings)) == ((), 2)
    assert len(served.requests) == 2


def test_every_view_of_france_takes_the_lists(web, settings, whole, monkeypatch):
    """As the tool does: settings from the environment, a territory loaded before and after."""
    web.serve(files.SITES, files.site_list(whole.sites.frame))
    web.serve(files.TAX_OFFICES, files.tax_list(whole.tax_offices.frame))
    monkeypatch.setenv("MAILLAGE_CACHE_DIR", str(settings.cache_dir))
    before = Territory.load("64")
    fetch_lists(settings, whole)
    after = Territory.load("64")
    dates = {source.dataset: source.vintage for source in after.manifest.sources}
    assert dates["Liste des structures France services"] == "2026-10-05"
    assert dates["Centres des Finances publiques"] == "2026-10-05"
    assert len(after.facilities["sites"]) == len(before.facilities["sites"])
    assert after.facilities["sites"]["name"].str.startswith("Site du jour").all()
    assert not any("2019" in note for note in after.manifest.notes)
    assert after.fingerprint != before.fingerprint
    assert after.network.x.tolist() == before.network.x.tolist()
