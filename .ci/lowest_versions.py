"""Print the lowest versions that pyproject.toml declares of what the package needs, as constraints for pip."""

import re
import tomllib
from pathlib import Path

_TOOLS = ("dev", "mutation", "fuzz")


def main() -> None:
    """Print ``name==version`` a line; fail where a dependency declares no lowest version."""
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [needed for name, needed in project["optional-dependencies"].items() if name not in _TOOLS]
    for requirement in sorted({*project["dependencies"], *(each for needed in extras for each in needed)}):
        if not requirement.startswith(f"{project['name']}["):
            name, version = re.fullmatch(r"([\w-]+)>=([\w.]+)(?:,<[\w.]+)?(?:; .*)?", requirement).groups()
            print(f"{name}=={version}")


if __name__ == "__main__":
    main()
