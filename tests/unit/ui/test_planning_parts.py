"""Parts of the planning screen that need no browser: the week as a table, tables in French."""

import csv
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from geo.access.opening import HALF_HOURS
from geo.sources.opening_hours import WEEKDAYS
from geo.ui.components.hours_table import hours_html
from geo.ui.components.planning_tables import french_csv, french_table


def shares(**known) -> pd.DataFrame:
    table = pd.DataFrame(0.0, index=list(WEEKDAYS), columns=list(HALF_HOURS))
    for day, (hour, share) in known.items():
        table.loc[day, hour] = share
    return table


def test_each_cell_of_the_week_has_its_figure():
    page = hours_html(shares(mardi=("10:00", 0.874), samedi=("07:00", 0.001)), "Part & <b>")
    assert "Part &amp; &lt;b&gt;" in page
    assert page.count('scope="col"') == 8
    assert page.count('scope="row"') == 24, "7:00 to 18:30"
    assert page.count("<td") == 24 * 7
    assert ">87\u00a0%</td>" in page
    assert ">&lt;1\u00a0%</td>" in page, "little is not nothing"


def test_a_week_where_nobody_is_known_to_live():
    page = hours_html(shares() * np.nan, "Part")
    assert page.count(">?</td>") == 22 * 7


def test_a_table_in_french_is_safe_for_a_spreadsheet():
    table = pd.DataFrame(
        {
            "name": pd.array(["=1+1", None], dtype="string"),
            "added_min": [1234.56, np.nan],
            "residents": [12.0, np.nan],
            "holds_site": [True, False],
        },
        index=["x", "y"],
    )
    shown = french_table(table, "place.name", "added_min", "residents", "holds_site")
    assert shown["Lieu"].iloc[0] == "'=1+1"
    assert shown["A déjà un site"].tolist() == ["oui", "non"]
    rows = list(csv.reader(io.StringIO(french_csv(shown).decode("utf-8-sig")), delimiter=";"))
    assert rows == [
        ["Lieu", "Minutes de plus", "Habitants", "A déjà un site"],
        ["'=1+1", "1234,6", "12", "oui"],
        ["", "", "", "non"],
    ]


@pytest.mark.parametrize("estimated", [False, True])
def test_a_table_on_screen_is_sorted_by_its_values_and_read_by_its_texts(estimated):
    def page(table, estimated):
        from geo.ui.components.planning_tables import show_table  # noqa: PLC0415 - a page is a script of its own

        show_table(table, key="k", alt="Essai", estimated=estimated, threshold_min=20)

    table = pd.DataFrame(
        {
            "Lieu": pd.array(["<b>&amp;", None, "a\nb"], dtype="string"),
            "Habitants": [1234.6, np.nan, 9.0],
            "Part dans le seuil": pd.array([0.999, 0.0, None], dtype="Float64"),
            "Temps (min)": [20.2, 12.26, np.nan],
            "A déjà un site": ["oui", "non", "inconnu"],
        }
    )
    app = AppTest.from_function(page, default_timeout=60, args=(table, estimated)).run()
    assert not app.exception
    (shown,) = app.dataframe
    assert shown.value["Habitants"].dropna().tolist() == [1234.6, 9.0]
    texts = pa.ipc.open_stream(shown.proto.arrow_data.styler.display_values).read_all().to_pandas()
    assert texts.replace("[\u00a0\u202f]", " ", regex=True).to_dict("list") == {
        "Lieu": ["<b>&amp;", "—", "a\nb"],
        "Habitants": ["1 235", "—", "9"],
        "Part dans le seuil": ["plus de 99 %", "0 %", "—"],
        "Temps (min)": ["un peu plus de 20 min", "environ 10 min", "—"] if estimated else ["20,2", "12,3", "—"],
        "A déjà un site": ["oui", "non", "inconnu"],
    }
