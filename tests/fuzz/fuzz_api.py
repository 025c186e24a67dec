"""The API asked by schemathesis, from its own description: ``python -m tests.fuzz.fuzz_api SCHEMATHESIS [EXAMPLES]``.

Every answer has to be one that the description tells of, never a failure of the server. One check is left out: a
question of the right form may still make no sense (a commune and a position at once, a list that is not there).
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from geo import Territory
from geo.report.plan_files import write_plan
from geo.siting.plan import plan
from tests.served_api import served_api


def main(schemathesis: str, examples: str = "200") -> int:
    """Serve one département with a plan, and ask; return what schemathesis returns."""
    with tempfile.TemporaryDirectory() as folder:
        territory = Territory.load("64")
        write_plan(plan(territory, 2), territory.parts, Path(folder) / "plan")
        with served_api("--plan", f"{folder}/plan", "--", "64") as (address, _):
            command = [schemathesis, "run", f"{address}/openapi.json", "--max-examples", examples, "--seed", "1"]
            left_out = ["--exclude-checks", "positive_data_acceptance"]
            environment = os.environ | {"NO_PROXY": "*"}
            return subprocess.run([*command, *left_out], cwd=folder, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(str(Path(sys.argv[1]).resolve()), *sys.argv[2:]))
