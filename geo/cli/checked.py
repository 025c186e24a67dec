"""What every command refuses before it works: options that would change nothing, a folder that is none of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from typer.core import TyperCommand

from geo.needless import require_useful
from geo.storage import require_fillable, require_named

if TYPE_CHECKING:
    import typer


#: Files of which a folder that a command has written holds one: results, a plan where capacities bind, those of many
#: territories, a territory, a country, a report, what a stopped command left.
FOLDERS_OF_OURS: Final = (
    "datapackage.json",
    "capacity_plan.json",
    "*/datapackage.json",
    "manifest.json",
    "parts.json",
    "tables.xlsx",
    ".maillage.*",
)


#: Commands that write a file; `rounds` may be asked for a folder, which it checks itself.
_FILE_WRITERS: Final = frozenset({"map", "rounds"})


class CheckedCommand(TyperCommand):
    """A command that refuses options which would change nothing, and a folder to write that is none of its own."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override] # typer's own context
        """Check what was given on the command line, then do what the command does."""
        given = [name for name in ctx.params if getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE"]
        require_useful(str(self.name), ctx.params, given)
        if isinstance(out := ctx.params.get("out"), Path):
            if self.name in _FILE_WRITERS:
                require_named(out)
            else:
                require_fillable(out, FOLDERS_OF_OURS)
        return super().invoke(ctx)
