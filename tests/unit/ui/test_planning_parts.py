"""Parts of the planning screen that need no browser: the week as a table, tables in French."""

import csv
import io

import numpy as np
import pandas as pd

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
