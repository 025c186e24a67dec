"""The ``maillage`` command as a whole: its commands, its failures in one French line, its progress."""

from __future__ import annotations

import errno
import gc
import logging
import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Final

import typer
from typer.exceptions import Abort, TyperException

from geo.cli.checked import CheckedCommand, CheckedGroup
from geo.cli.output import print_line
from geo.cli.streams import READER_LEFT, OutputError, flush_output, output_error, prepare_streams, say
from geo.errors import MaillageError
from geo.french import visible
from geo.report.extras import missing_extra

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Exit status of a program that Ctrl-C stopped; what typer returns then.
_INTERRUPTED: Final = 130
_REFUSED: Final = 2

#: Commands in the order of the help, with what each does; each is a module, loaded where it is asked for.
_COMMANDS: Final[Mapping[str, str]] = {
    "fetch": "Télécharger les fichiers officiels d'un département et construire son territoire.",
    "build": "Construire un territoire à partir des fichiers officiels.",
    "diagnose": "Mesurer qui est près d'un site, et écrire la carte et la table des communes sous-desservies.",
    "map": "Dessiner une carte à imprimer ou à projeter : PNG, SVG ou PDF.",
    "nearest": (
        "Trouver les sites les plus proches par la route, ouverts à un moment choisi, ou les lieux d'une autre liste."
    ),
    "rounds": "Proposer les tournées des bus lues dans les commentaires, ou compter celles qui sont vérifiées.",
    "scenario": "Comparer l'accès avant et après : des sites ouverts, fermés, déplacés, ou d'autres horaires.",
    "fragility": "Mesurer ce qui dépend de chaque site, ou ce que laisse une fermeture de beaucoup d'entre eux.",
    "hours": "Mesurer qui a un site ouvert, par jour et demi-heure, et ce qu'apporterait une demi-journée de plus.",
    "access": "Mesurer la marge d'erreur, la capacité autour de chacun, et le temps gagné sur les services des impôts.",
    "plan": (
        "Choisir où donner les prochains labels parmi les bourgs où l'on va déjà : ce que chacun apporte, s'il est "
        "retenu quand les temps changent, ce que coûte la règle, un dossier d'une page par label (--out)."
    ),
    "report": "Écrire le rapport d'un département : document PDF, tables, couches et cartes.",
    "batch": "Mesurer beaucoup de départements à la fois, sur les cœurs de cette machine ou une grappe Dask.",
    "validate": "Comparer les temps d'un réseau à ceux d'un autre moteur, ou d'un autre réseau.",
    "check-sites": "Chercher les défauts de la liste officielle des sites.",
    "changes": (
        "Dire ce qui a changé entre deux listes de sites : ouverts, fermés, déplacés… et pour combien d'habitants."
    ),
    "api": "Répondre en JSON à d'autres programmes (nearest, diagnose, un plan déjà fait), en lecture seule.",
    "app": "Servir l'application depuis cette machine, pour un navigateur.",
}
#: Functions that are not called as their command.
_FUNCTIONS: Final = {"map": "draw_map"}


def program(command: str | None = None) -> typer.Typer:
    """Return the command line: with one command only, or (`None`) with all of them, which takes longer to load."""
    made = typer.Typer(
        name="maillage",
        cls=CheckedGroup,
        help="Accès aux sites France services : temps de trajet, communes sous-desservies, site le plus proche.",
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    made.callback()(_options)
    for name in _COMMANDS if command is None else (command,):
        function = _FUNCTIONS.get(name, name.replace("-", "_"))
        called = getattr(import_module(f"geo.cli.{name.replace('-', '_')}"), function)
        made.command(name, cls=CheckedCommand, help=_COMMANDS[name])(called)
    return made


def _write_version(asked: bool) -> None:  # noqa: FBT001 - as typer calls it
    if asked:
        import importlib.metadata

        print_line(f"maillage {importlib.metadata.version('maillage')}")
        raise typer.Exit


def _options(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_write_version, help="Écrire la version.")
    ] = False,
) -> None:
    """Take what is asked without a command."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line: no traceback, and an exit status.

    0 on success; 2 with one French line on bad input, or where standard output is full; 130 on Ctrl-C; 141 where
    whoever reads standard output has left.
    """
    # A command allocates much and leaves few cycles: looking for them at every turn would take a tenth of its time.
    gc.set_threshold(250_000, 20, 50)
    prepare_streams()
    _show_progress()
    sentence, status = _run(arguments)
    try:
        flush_output()
    except OutputError as error:
        sentence, status = _unheard(error)
    if sentence:
        say(" ".join(visible(sentence).split()))
    if arguments is None:
        gc.freeze()  # as the program ends nothing is looked for cycles: that takes as long as a search
    sys.exit(status)


def _run(arguments: Sequence[str] | None) -> tuple[str, int]:
    """Run a command; return what to say of its failure, nothing on success, and the exit status."""
    sentence, status = "", _REFUSED
    try:
        given = sys.argv[1:] if arguments is None else list(arguments)
        app = program(given[0] if given and given[0] in _COMMANDS else None)
        ended = app(args=given, prog_name="maillage", standalone_mode=False)
        status = ended if isinstance(ended, int) else 0
    except MaillageError as error:
        sentence = str(error)
    except TyperException as error:
        sentence = _in_french(error)
    except OutputError as error:
        sentence, status = _unheard(error)
    except UnicodeEncodeError:
        sentence = "Un mot de la commande n'est pas du texte UTF-8. Écrivez-le dans le codage de votre terminal."
    except OSError as error:
        sentence, status = _unheard(output_error(error)) if _from_typer(error) else (_of_the_system(error), _REFUSED)
    except (Abort, KeyboardInterrupt):
        status = _INTERRUPTED
    except SystemExit as end:  # so Typer ends, with status 1, where whoever reads its help has left
        if not isinstance(end.__context__, BrokenPipeError):
            raise
        status = READER_LEFT
    except ModuleNotFoundError as error:
        sentence = missing_extra(error.name) or ""
        if not sentence:
            raise
    except MemoryError:
        sentence = "Mémoire insuffisante pour ces fichiers. Réduisez la zone ou fermez d'autres programmes."
    if status == _INTERRUPTED:
        sentence = "Interrompu : rien n'a été écrit à moitié."
    return sentence, status


def _unheard(error: OutputError) -> tuple[str, int]:
    if error.status == READER_LEFT:  # who has seen enough needs no word
        return "", READER_LEFT
    return "La sortie standard n'accepte plus rien. Vérifiez l'espace disponible là où elle est redirigée.", _REFUSED


def _from_typer(error: OSError) -> bool:
    """Tell whether typer itself met an error of the system: it touches nothing but standard output, for its help."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and str(trace.tb_frame.f_globals.get("__name__")).startswith("typer.")


def _of_the_system(error: OSError) -> str:
    if error.errno == errno.ENAMETOOLONG:
        return "Un chemin donné est plus long que ce système ne l'accepte. Donnez un chemin plus court."
    code = errno.errorcode.get(error.errno or 0, type(error).__name__)
    return f"Le système a refusé une lecture ou une écriture ({code}). Vérifiez l'espace disponible et vos droits."


def _in_french(error: TyperException) -> str:
    """Return a usage error of the command line as one French sentence."""
    kind = type(error).__name__
    option = getattr(error, "option_name", None) or getattr(getattr(error, "param", None), "opts", ["?"])[-1]
    quoted = [
        f"« {word} » n'est pas attendu ici" for word in re.findall(r"(?<= ['(])[^')]+(?=[')])", error.format_message())
    ]
    bound = re.search(r"(greater|less) than or equal to (\d+)", error.format_message())
    least = "moins" if bound and bound[1] == "greater" else "plus"
    why = f"au {least} {bound[2]} est attendu" if bound else "elle n'est pas du type attendu"
    sentence = {
        "NoSuchOption": f"L'option « {option} » n'existe pas.",
        "MissingParameter": f"Il manque l'option « {option} ».",
        "BadParameter": f"La valeur donnée à « {option} » est refusée : {why}.",
        "BadOptionUsage": f"L'option « {option} » est mal employée : il lui manque une valeur.",
        "NoArgsIsHelpError": f"Il manque la commande : {', '.join(_COMMANDS)}.",
    }.get(kind, f"Commande mal écrite : {quoted[0] if quoted else 'un mot est de trop'}.")
    context = getattr(error, "ctx", None)
    command = f" {context.info_name}" if context is not None and context.parent is not None else ""
    return f"{sentence} Voyez « maillage{command} --help »."


class _Progress(logging.Handler):
    """Says what the package reports of its long steps on standard error."""

    def emit(self, record: logging.LogRecord) -> None:
        say(record.getMessage())


def _show_progress() -> None:
    logger = logging.getLogger("geo")
    logger.handlers = [_Progress()]
    logger.setLevel(logging.INFO)
