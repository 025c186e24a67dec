"""The command line as a user calls it."""

import pytest

from geo.cli import main


@pytest.fixture
def run(capsys):
    """Run the command; return (status, stdout, stderr)."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return int(stop.value.code or 0), out, err

    return call
