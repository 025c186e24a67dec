"""What every command refuses before it works: options that would change nothing, a folder that is none of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

from geo.needless import require_useful
from geo.storage import require_named

if TYPE_CHECKING:
    import typer


class CheckedCommand(TyperCommand):
    """A command that refuses options which would change nothing, and a folder to write that is none of its own."""

    def invoke(self, ctx: typer.Context) -> Any:  # type: ignore[override] # typer's own context
        """Check what was given on the command line, then do what the command does."""
        given = [name for name in ctx.params if getattr(ctx.get_parameter_source(name), "name", "") == "COMMANDLINE"]
        require_useful(str(self.name), ctx.params, given)
        if isinstance(out := ctx.params.get("out"), Path):
            require_named(out)
        return super().invoke(ctx)
