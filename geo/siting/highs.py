"""One mixed-integer program given to HiGHS: arrays in, solution and proven bound out; every status is handled."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.errors import SolverError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from scipy.sparse import csr_array


#: Seconds of the clock that HiGHS may take for one of the processor, on a busy machine.
_BUSY: Final = 10.0


@dataclass(frozen=True, eq=False, slots=True)
class Program:
    """Maximise ``cost . x`` with ``row_lower <= rows x <= row_upper`` and ``0 <= x <= 1``.

    `cost`: float64, shape (n_columns,); `rows`: sparse, (n_rows, n_columns); `row_lower`, `row_upper`: float64, shape
    (n_rows,); `whole`: bool, shape (n_columns,), which x are 0 or 1; `start`: float64, shape (n_columns,), a solution.
    """

    cost: NDArray[np.float64]
    rows: csr_array
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    whole: NDArray[np.bool_]
    start: NDArray[np.float64]


@dataclass(frozen=True, eq=False, slots=True)
class Outcome:
    """The best solution found, `x` (float64, shape (n_columns,)), and what no solution exceeds, `bound`."""

    x: NDArray[np.float64]
    bound: float


def maximise(program: Program, *, time_limit_s: float, stopped: Callable[[], bool]) -> Outcome:
    """Solve a program, starting from the solution that it comes with.

    `time_limit_s`: Seconds of processor time; at the limit the best solution and the bound found so far are returned.
    `stopped`: Asked now and then; true ends the search likewise.

    Raises
    ------
    SolverError
        HiGHS refuses the program, or ends in any other way than an optimum or a limit.
    """
    import highspy  # noqa: PLC0415 - only exact models need it

    end = time.thread_time() + max(time_limit_s, 0.0)

    class Silent(highspy.Highs):
        """HiGHS without its output; from 1.16 on its constructor prints a banner, which would precede our JSON."""

        def enableCallbacks(self) -> None:  # noqa: N802 - the name is HiGHS's own
            self.silent()
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    solver = Silent()  # type: ignore[no-untyped-call]
    for option, value in (
        ("threads", 1),
        ("time_limit", _BUSY * max(time_limit_s, 0.0)),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 1e-6),
        # The programs are small and begin at a solution that is nearly always the best: to presolve them again doubled
        # the time of the slowest.
        ("mip_allow_restart", False),
        ("mip_heuristic_run_feasibility_jump", False),  # it looks for a first solution
    ):
        _require(solver.setOptionValue(option, value), highspy)
    n_rows, n_columns = program.rows.shape
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = n_columns, n_rows
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = program.cost
    lp.col_lower_, lp.col_upper_ = np.zeros(n_columns), np.ones(n_columns)
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.num_col_, lp.a_matrix_.num_row_ = n_columns, n_rows
    lp.a_matrix_.start_ = program.rows.indptr
    lp.a_matrix_.index_ = program.rows.indices
    lp.a_matrix_.value_ = program.rows.data
    kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
    lp.integrality_ = [kinds[whole] for whole in program.whole.astype(int).tolist()]
    _require(solver.passModel(lp), highspy)
    _require(solver.setSolution(n_columns, np.arange(n_columns, dtype=np.int32), program.start), highspy)
    for event in (solver.cbMipInterrupt, solver.cbSimplexInterrupt):
        event.subscribe(lambda call: call.interrupt() if time.thread_time() >= end or stopped() else None)
    _require(solver.run(), highspy)

    status = solver.getModelStatus()
    endings = highspy.HighsModelStatus
    if status not in {endings.kOptimal, endings.kTimeLimit, endings.kInterrupt}:
        msg = f"Le calcul exact a échoué (HiGHS : {solver.modelStatusToString(status)}). Demandez le plan sans lui."
        raise SolverError(msg)
    solution, info = solver.getSolution(), solver.getInfo()
    found = np.array(solution.col_value) if solution.value_valid else program.start
    if program.cost @ found < program.cost @ program.start:
        found = program.start
    return Outcome(found, max(float(info.mip_dual_bound), float(program.cost @ found)))


def _require(status: object, highspy: object) -> None:
    if status == highspy.HighsStatus.kError:  # type: ignore[attr-defined]
        msg = "Le calcul exact a été refusé par HiGHS. Demandez le plan sans lui."
        raise SolverError(msg)
