"""What every command refuses before it starts: options without effect, an output folder that holds other files."""

from __future__ import annotations

import io
import re
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from typer.core import TyperCommand, TyperGroup

from geo.cli.output import print_line
from geo.errors import ParameterError
from geo.french import format_number
from geo.needless import require_useful
from geo.storage import require_fillable, require_named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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
#: What typer writes in English in a help, and what stands there.
_IN_FRENCH: Final = {
    "[default: ": "[par défaut : ",
    "[required]": "[obligatoire]",
    "; required]": " ; obligatoire]",
    "COMMAND [ARGS]": "COMMANDE [ARGUMENTS]",
}
_TYPES: Final = {"path": "chemin", "float": "nombre", "int": "entier", "int range": "entier", "str": "texte"}
#: A number with decimals as Python writes it, and the bounds of a whole one.
_NUMBER: Final = re.compile(r"(?<=\[default: )\d+\.\d+(?=[\];])")
_NUMBERS: Final = (int, float, list[float])
_BOUNDS: Final = re.compile(r"; (\d+)<=x<=(\d+)\]")
_TYPE: Final = re.compile(r"<(?:list\[)?([\w ]+)\]?>")
#: What the help says of the options that typer adds itself.
_HELP: Final[dict[str | None, str]] = {
    "help": "Écrire cette aide.",
    "install_completion": "Installer la complétion des commandes pour ce terminal.",
    "show_completion": "Écrire la complétion des commandes pour ce terminal, à copier ou à adapter.",
}


class CheckedCommand(TyperCommand):
    """A command that refuses options without effect, and an output folder that holds other files."""

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override] # typer's own context
        """Return the parameters, of which only what is given is converted."""
        return _converted_if_given(super().get_params(ctx))

    def format_usage(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override] # as above
        """Write how the command is called."""
        _write_usage(self, ctx, formatter)

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


class CheckedGroup(TyperGroup):
    """All commands, and the options that are given before one."""

    def get_params(self, ctx: typer.Context) -> list[Any]:  # type: ignore[override] # typer's own context
        """Return the parameters, of which only what is given is converted."""
        return _converted_if_given(super().get_params(ctx))

    def format_usage(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override] # as above
        """Write how the program is called."""
        _write_usage(self, ctx, formatter)

    def format_commands(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override] # as above
        """Write the commands under a French heading, each in one line."""
        names = self.list_commands(ctx)
        width = formatter.width - 6 - max(map(len, names))
        with formatter.section("Commandes"):
            formatter.write_dl([(name, self.commands[name].get_short_help_str(width)) for name in names])


class _Conversion:
    """Converts what was given for a parameter; its own default, and text where text is wanted, are taken as they are.

    typer loads pydantic to convert a value, and makes a converter of every parameter, given or not: a tenth of the time
    that ``maillage nearest`` takes.
    """

    def __init__(self, parameter: Any) -> None:
        self._whole = parameter.get_runtime_param

    def coerce(self, value: Any, param: Any, ctx: typer.Context) -> Any:
        several = param.multiple or param.nargs != 1
        if value is None:
            return () if several else None
        wanted = param.type_descriptor.annotation
        if wanted in _NUMBERS and value is not param.default:
            value = tuple(map(_number, value)) if several else _number(value)
        plain = wanted is str and isinstance(value, str)
        plain = plain and value.encode(errors="ignore").decode() == value  # no byte of another encoding
        return value if (plain or value is param.default) and not several else self._whole().coerce(value, param, ctx)


def _number(value: Any) -> Any:
    """Return a number that was written as in French, ``"110 000"`` or ``"0,5"``, as Python reads it."""
    return "".join(value.split()).replace(",", ".") if isinstance(value, str) else value


def _write_usage(command: Any, ctx: typer.Context, formatter: Any) -> None:
    pieces = _in_french(" ".join(command.collect_usage_pieces(ctx)))
    formatter.write_usage(ctx.command_path, pieces, prefix="Usage : ")


def _in_french(text: str) -> str:
    text = _NUMBER.sub(lambda found: format_number(float(found[0])), text)
    text = _BOUNDS.sub(lambda found: f" ; de {found[1]} à {format_number(float(found[2]))}]", text)
    for english, french in _IN_FRENCH.items():
        text = text.replace(english, french)
    return _TYPE.sub(lambda found: f"<{_TYPES.get(found[1].lower(), found[1])}>", text)


def _french_record(record: Callable[[Any], tuple[str, str] | None], ctx: Any) -> tuple[str, str] | None:
    """Return what the help says of a parameter: its name with its type, and the text with its default."""
    said = record(ctx)
    return None if said is None else (_in_french(said[0]), _in_french(said[1]))


def _converted_if_given(parameters: Iterable[Any]) -> list[Any]:
    for parameter in (several := list(parameters)):
        if words := _HELP.get(parameter.name):
            parameter.help = words
            if parameter.name != "help" and "get_help_record" not in vars(parameter):
                parameter.callback = partial(_said_in_french, parameter.callback)
        if "get_help_record" not in vars(parameter):
            parameter.get_help_record = partial(_french_record, parameter.get_help_record)
        if "get_runtime_param" not in vars(parameter):
            parameter.get_runtime_param = partial(_itself, _Conversion(parameter))
    return several


def _said_in_french(callback: Callable[..., Any], ctx: Any, parameter: Any, value: Any) -> Any:
    """Install or write the completion as typer does, which says in English what it installed, and what it could not."""
    from typer import Exit

    said = io.StringIO()
    installs = parameter.name == "install_completion"
    try:
        with redirect_stdout(said if installs else sys.stdout), redirect_stderr(io.StringIO()):
            return callback(ctx, parameter, value)
    except Exit as end:
        msg = "Ce terminal n'est pas reconnu : bash, zsh, fish ou PowerShell est attendu. Lancez la commande dans l'un."
        raise ParameterError(msg) from end
    except SystemExit:
        if installs:
            shell, _, path = said.getvalue().splitlines()[0].partition(" completion installed in ")
            print_line(f"La complétion de {shell} est écrite dans {path} : elle vaut dans tout nouveau terminal.")
        raise


def _itself(conversion: _Conversion) -> _Conversion:
    return conversion
