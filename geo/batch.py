"""Many territories at once: départements and speed profiles mapped over a Dask cluster.

One task builds the territory of one département with one profile, its margin of 55 km included, and measures it at
every threshold: the result is that of ``maillage build`` and ``maillage diagnose`` run by hand. The official files
are read once, by a task too, so that what a lost worker held is made again without a word from the caller. Dask is
an optional extra and is imported here only, when it is first needed.
"""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from geo.access.diagnosis import diagnose
from geo.answers.tables import rounded
from geo.errors import BatchError, MaillageError, ParameterError
from geo.french import agreed
from geo.network.speeds import DEFAULT_PROFILE, speed_profile
from geo.question import Question, check_threshold
from geo.report.data_package import result_files
from geo.report.extras import can_write, require
from geo.report.kept_diagnosis import kept_diagnoses, made_of, mark_made_of
from geo.report.tables import diagnosis_summary, write_diagnosis, write_summary, write_table
from geo.sources.departements import departement_name
from geo.storage import remove_left, replacing_folder
from geo.territory import Territory
from geo.territory.files import OfficialFiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from distributed import Client

    from geo.territory.files import OfficialTables

_log = logging.getLogger(__name__)

#: File that tells that a folder is a diagnosis of ours.
_SUMMARY: Final = "summary.json"
#: How often a task is tried again after an error that is none of ours (a full disk, a lost share).
_RETRIES: Final = 2
#: Seconds to wait for an answer of a scheduler, and for its first worker.
_CONNECT_TIMEOUT_S: Final = 10
_WORKER_TIMEOUT_S: Final = 60
#: Run by each local worker as it starts: Ctrl-C in a terminal reaches every process, one answers.
_LEAVE_INTERRUPTS_TO_THE_PARENT: Final = "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)"

#: Columns of ``departements.csv``, in order.
DEPARTEMENT_CSV_COLUMNS: Final = (
    "code",
    "name",
    "profile",
    "threshold_min",
    "communes",
    "communes_known",
    "communes_under_served",
    "communes_unreachable",
    "population",
    "residents_known",
    "residents_within",
    "share_covered",
    "median_time_min",
    "folder",
)


@dataclass(frozen=True)
class Batch:
    """Every département (INSEE codes; `None`: all those of the communes given) with every profile, at every threshold.

    `thresholds_min`: Minutes at which the question is asked; empty: at its own.

    Workers open the files by their paths: on a real cluster they lie on a disk that all share.

    Raises
    ------
    ParameterError
        A code, a profile or a threshold does not exist, or no file is given for the list of places.
    """

    departements: Sequence[str] | None
    files: OfficialFiles
    question: Question = field(default_factory=Question)
    thresholds_min: Sequence[float] = ()
    profiles: Sequence[str] = (DEFAULT_PROFILE,)

    def __post_init__(self) -> None:
        """Refuse what no département can answer, before anything is computed."""
        for code in self.departements or ():
            departement_name(code)
        for name in self.profiles:
            speed_profile(name)
        for threshold_min in self.thresholds_min:
            check_threshold(threshold_min)
        if self.question.facilities not in self.files.lists:
            known = ", ".join(f"« {name} »" for name in self.files.lists)
            msg = f"Aucun fichier n'est donné pour la liste « {self.question.facilities} ». Listes données : {known}."
            raise ParameterError(msg)

    @property
    def questions(self) -> list[Question]:
        """What is asked of every territory: the question at each threshold, in the order given."""
        return [self.question.at(threshold_min) for threshold_min in self.thresholds_min] or [self.question]

    def folders(self, departement: str, profile: str) -> dict[str, Question]:
        """Return the question of each folder that a département's diagnoses with a profile are written to."""
        return {
            f"{departement}-{profile}-{str(float(question.threshold_min)).removesuffix('.0')}": question
            for question in self.questions
        }


@dataclass(frozen=True, slots=True)
class Failure:
    """A département that could not be measured, and why, in French."""

    departement: str
    profile: str
    reason: str


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Summaries by folder name, in the order asked for, and the départements that failed."""

    summaries: Mapping[str, Mapping[str, Any]]
    failures: Sequence[Failure]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values ready for JSON."""
        return {
            "diagnoses": [{"folder": folder, **summary} for folder, summary in self.summaries.items()],
            "failures": [
                {"departement": failure.departement, "profile": failure.profile, "reason": failure.reason}
                for failure in self.failures
            ],
        }

    def raise_failures(self) -> None:
        """Raise `BatchError` naming the départements that failed, if any did."""
        if self.failures:
            reasons = " ; ".join(
                f"{failure.departement} ({failure.profile}) : {failure.reason}" for failure in self.failures
            )
            msg = f"{agreed(len(self.failures), 'territoire(s) non mesuré(s)')}, les autres sont écrits. {reasons}"
            raise BatchError(msg)

    def table(self) -> pd.DataFrame:
        """Return one row a diagnosis, columns `DEPARTEMENT_CSV_COLUMNS`."""
        rows = [
            {
                **summary,
                "code": summary["departement"],
                "name": summary["territory"],
                "profile": summary["network"]["profile"],
                "folder": folder,
            }
            for folder, summary in self.summaries.items()
        ]
        return rounded(pd.DataFrame(rows, columns=list(DEPARTEMENT_CSV_COLUMNS)))

    def write(self, folder: Path) -> None:
        """Write ``departements.csv`` and ``batch.json``; raise `SourceError` where the folder cannot be written to."""
        with result_files(folder, "Accès aux sites : plusieurs territoires") as beside:
            write_table(self.table(), beside / "departements.csv", of="departement")
            write_summary(self.to_dict(), beside / "batch.json")


@contextmanager
def dask_client(scheduler: str | None = None, workers: int | None = None) -> Iterator[Client]:
    """Give a client of a cluster: the one of a scheduler, or processes of this machine that end with the block.

    `scheduler`: Address of a Dask scheduler whose workers have maillage too; TLS is set in Dask's own configuration.
    `None`: a local cluster, which listens on 127.0.0.1 only, without a dashboard. `workers`: Processes of the local
    cluster; `None`: one per core.

    Raises
    ------
    BatchError
        No scheduler with workers answers.
    ParameterError
        The extra `batch` is not installed; the two exclude each other, or there would be no worker.
    """
    if workers is not None and (scheduler is not None or workers < 1):
        msg = "--workers règle les processus de cette machine : au moins 1, et sans --scheduler."
        raise ParameterError(msg)
    require("batch")
    from distributed import Client, LocalCluster  # noqa: PLC0415 - optional extra

    if scheduler is None:
        with (
            LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                host="127.0.0.1",
                scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                silence_logs=logging.CRITICAL,
                preload=_LEAVE_INTERRUPTS_TO_THE_PARENT,
            ) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    _check_answers(scheduler)
    with Client(scheduler) as client:
        try:
            client.wait_for_workers(1, timeout=_WORKER_TIMEOUT_S)
        except TimeoutError as error:
            msg = (
                f"L'ordonnanceur Dask « {scheduler} » n'a aucun processus de calcul. Démarrez-en avec « dask worker »."
            )
            raise BatchError(msg) from error
        yield client


def run_batch(client: Client, batch: Batch, out: Path, *, again: bool = False) -> BatchResult:
    """Run a batch on a cluster and write its results.

    A diagnosis that a former run wrote whole, of the same files, question, profile and version of maillage, is kept.

    `out`: Folder where workers write, visible to them and to this process; each diagnosis has its own folder in it,
    named like ``64-courant-20``, with the files of `geo.report.tables.write_diagnosis`. `again`: Keep none.

    Returns
    -------
    Also written as ``departements.csv`` and ``batch.json``. A département that cannot be measured is a
    failure of the result and does not stop the others.

    Raises
    ------
    MaillageError
        A file that all départements share is unusable, or `out` cannot be written to.
    """
    out = out.absolute()
    try:
        files = client.submit(OfficialFiles.fingerprint, batch.files, pure=False).result()
        codes, tables = batch.departements, None
        if codes is None:
            tables, codes = _read(client, batch)
        tasks = list(product(dict.fromkeys(codes), dict.fromkeys(batch.profiles)))
        asked = {task: batch.folders(*task) for task in tasks}
        texts = {name: made_of(files, question, *task) for task in tasks for name, question in asked[task].items()}
        kept = {} if again or files is None else kept_diagnoses(texts, out)
        left = [task for task in tasks if not asked[task].keys() <= kept.keys()]
        if left and tables is None:
            tables, _ = _read(client, batch)
    except MaillageError:
        raise
    except Exception as error:
        msg = f"Les fichiers n'ont pas pu être lus par le premier processus de calcul : {_reason(error)}"
        raise BatchError(msg) from error

    resumed = [task for task in tasks if task not in left]
    for number, task in enumerate(resumed, start=1):
        _tell(number, len(tasks), task, "repris")
    asking = {
        task: {name: (asked[task][name], texts[name]) for name in asked[task] if name not in kept} for task in left
    }
    with_map = not left or can_write("map.html", "folium")
    measure = partial(_measure, batch=batch, out=out, with_map=with_map)
    futures = {client.submit(measure, tables, *task, asking[task], pure=False, retries=_RETRIES): task for task in left}
    done = dict(_collect(futures, out, len(resumed)))
    summaries: dict[str, Mapping[str, Any]] = {}
    failures = []
    for task in tasks:
        answer = done.get(task, {})
        if isinstance(answer, str):
            failures.append(Failure(*task, answer))
            answer = {}
        summaries |= {name: (kept | answer)[name] for name in asked[task] if name in kept or name in answer}
    for name in summaries:
        remove_left(out, name)  # by lost workers
    result = BatchResult(summaries, failures)
    result.write(out)
    return result


def _read(client: Client, batch: Batch) -> tuple[Any, list[str]]:
    """Have the shared files read; return the future of their tables, and the départements that they have."""
    _log.info("Lecture des fichiers officiels…")
    tables = client.submit(OfficialFiles.read, batch.files, pure=False)
    return tables, client.submit(_departements, tables, pure=False).result()


def _tell(number: int, count: int, task: tuple[str, str], end: str) -> None:
    _log.info("%d/%d : %s, profil %s, %s…", number, count, departement_name(task[0]), task[1], end)


def _departements(tables: OfficialTables) -> list[str]:
    return sorted(tables.communes.frame["departement"].unique())


def _measure(
    tables: OfficialTables,
    departement: str,
    profile: str,
    asked: Mapping[str, tuple[Question, str]],
    *,
    batch: Batch,
    out: Path,
    with_map: bool,
) -> dict[str, dict[str, Any]] | str:
    """Write the diagnoses of one territory; return their summaries by folder name, or why there is none.

    `asked`: Question, and what the answer is made of, by folder.

    Runs on a worker, perhaps twice: every folder is written beside its place and then renamed into it.
    """
    summaries = {}
    try:
        territory = Territory.from_files(departement, batch.files, profile=profile, tables=tables)
        times = territory.travel_times(batch.question.facilities, kinds=batch.question.kinds)
        for name, (question, text) in asked.items():
            diagnosis = diagnose(territory, question=question, times=times)
            with replacing_folder(out / name, marker=_SUMMARY) as folder:
                write_diagnosis(territory, diagnosis, folder, with_map=with_map)
                mark_made_of(folder, text)
            summaries[name] = diagnosis_summary(territory, diagnosis)
    except MaillageError as error:
        return str(error)
    return summaries


def _collect(
    futures: Mapping[Any, tuple[str, str]], out: Path, resumed: int
) -> Iterator[tuple[tuple[str, str], dict[str, dict[str, Any]] | str]]:
    """Give each task with its summaries, or with the reason why there is none, as they end.

    `resumed`: How many were kept, for the count that is told.
    """
    from distributed import as_completed  # noqa: PLC0415 - optional extra

    for number, future in enumerate(as_completed(futures), start=resumed + 1):
        error = future.exception()
        answer = _reason(error) if error is not None else future.result()
        if not isinstance(answer, str) and not all((out / name / _SUMMARY).is_file() for name in answer):
            answer = (
                f"résultats écrits dans un dossier « {out.name} » que cette machine ne voit pas. "
                f"Donnez à --out un dossier partagé avec les processus de calcul."
            )
        end = "non mesuré" if isinstance(answer, str) else "mesuré"
        _tell(number, resumed + len(futures), futures[future], end)
        yield futures[future], answer


def _reason(error: BaseException) -> str:
    """Return an error that is none of ours as a French sentence."""
    if type(error).__name__ == "KilledWorker":
        return (
            "le processus de calcul s'est arrêté à chaque essai, le plus souvent faute de mémoire. "
            "Réduisez --workers ou la zone."
        )
    return (
        f"erreur imprévue sur un processus de calcul ({type(error).__name__} : {error}). "
        f"Vérifiez que maillage y est installé dans la même version."
    )


def _check_answers(scheduler: str) -> None:
    """Raise `BatchError` unless a Dask scheduler answers at this address."""
    from distributed import Security  # noqa: PLC0415 - optional extra
    from distributed.comm import connect  # noqa: PLC0415

    async def greet() -> None:
        arguments = Security().get_connection_args("client")
        connection = await asyncio.wait_for(
            connect(scheduler, timeout=_CONNECT_TIMEOUT_S, **arguments), 2 * _CONNECT_TIMEOUT_S
        )
        await connection.close()

    try:
        # In a thread of its own: the caller may be a notebook, whose loop is running.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(lambda: asyncio.run(greet())).result()
    except (OSError, ValueError, TypeError, MemoryError) as error:  # the last: what answers is not Dask
        msg = (
            f"Aucun ordonnanceur Dask ne répond à « {scheduler} ». Une adresse est attendue, par exemple "
            f"tcp://machine:8786 ; vérifiez qu'elle est juste et que « dask scheduler » y tourne."
        )
        raise BatchError(msg) from error
