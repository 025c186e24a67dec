"""A reader in a process of its own: what a visitor's file may cost the app is bounded in time and in memory.

A library that reads a layer cannot be stopped in the middle, and one that breaks ends its process: here, that process
serves nobody else.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from geo.errors import MaillageError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable

_Read = TypeVar("_Read")

#: A file of at most these bytes is read at once: whatever is in it, its readers count before they work.
SMALL_BYTES: Final = 1_000_000
MOST_SECONDS: Final = 60.0
#: Memory of the process that may be written to; the libraries alone take 300 MB.
MOST_BYTES: Final = 1_500_000_000

_ADVICE: Final = "Simplifiez la couche, ou ne gardez que votre territoire."
_ONE_THREAD: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "GDAL_NUM_THREADS"), "1")


def apart(path: Path, source: str, reader: Callable[[Path], _Read]) -> _Read:
    """Return what a reader makes of a visitor's file: in a process of its own where it is large and no text.

    `reader`: A function of a module, or a `functools.partial` of one. `source`: French name of the file.

    Raises
    ------
    MaillageError
        What the reader raised, or it took more than `MOST_SECONDS` or `MOST_BYTES`.
    """
    if path.suffix == ".csv" or path.stat().st_size <= SMALL_BYTES:
        return reader(path)
    return in_worker(reader, path, source=source)


def in_worker(
    function: Callable[..., _Read],
    *arguments: Any,
    source: str,
    seconds: float = MOST_SECONDS,
    most_bytes: int = MOST_BYTES,
) -> _Read:
    """Return what a function returns in a process of its own, or raise what it raised.

    Raises
    ------
    ParameterError
        It took longer, or more memory, or the process broke.

    Examples
    --------
    >>> in_worker(sorted, [3, 1, 2], source="Liste")
    [1, 2, 3]
    """
    here = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [here, os.environ.get("PYTHONPATH")]))
    with subprocess.Popen(  # noqa: S603 - this package's own program
        [sys.executable, "-m", "geo.sources.worker", str(most_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | _ONE_THREAD | {"PYTHONPATH": path},
    ) as process:
        try:
            answer, _ = process.communicate(pickle.dumps((function, arguments)), timeout=seconds)
        except subprocess.TimeoutExpired as error:
            process.kill()
            msg = f"{source} : la lecture du fichier a été arrêtée après {seconds:.0f} secondes. {_ADVICE}"
            raise ParameterError(msg) from error
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        msg = f"{source} : la lecture du fichier a demandé trop de mémoire, ou il est abîmé. {_ADVICE}"
        raise ParameterError(msg)
    result, refusal = pickle.loads(answer)  # noqa: S301 - written by our own process
    if refusal is not None:
        raise refusal
    read: _Read = result
    return read


def main() -> None:
    """Call the function that standard input holds, and write what comes of it to standard output."""
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no part of the answer
    with suppress(ImportError):  # not on Windows
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_DATA, (int(sys.argv[1]), resource.RLIM_INFINITY))
    function, arguments = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own process
    result = refusal = None
    try:
        result = function(*arguments)
    except MaillageError as error:
        refusal = error
    with answer:
        pickle.dump((result, refusal), answer)


if __name__ == "__main__":
    main()
