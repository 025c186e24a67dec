"""The command line as a user calls it, and a week of opening hours of known shares."""

import numpy as np
import pandas as pd
import pytest

from geo.access.known_part import KnownPart
from geo.access.opening import HALF_HOURS, OpeningTable
from geo.cli import main
from geo.sources.opening_hours import WEEKDAYS


@pytest.fixture
def run(capsys):
    """Run the command; return (status, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return call


@pytest.fixture(scope="session")
def week():
    """Return opening hours of known shares, those of 1,000 residents, all of whom are known unless said otherwise."""

    def call(
        shares: object, *, within: float = 900, known: float = 1000, unknown: int = 0, partly: int = 0
    ) -> OpeningTable:
        table = pd.DataFrame(
            np.broadcast_to(np.asarray(shares, float), (7, 48)).copy(),
            index=pd.Index(WEEKDAYS, name="day"),
            columns=list(HALF_HOURS),
        )
        part = KnownPart(1000 if known else 0, known, 10, 10 if known in (0, 1000) else 9)
        return OpeningTable(20.0, part, within, table, 5, unknown, partly, None)

    return call
