"""No connection could be made, whatever server it is: told in one way by plans and by runs."""

from __future__ import annotations

from triage_tui.actions.act import Came, Refused, Result
from triage_tui.model import Problem


class UnreachedError(Exception):
    """No connection could be made: nothing was sent."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem

    @property
    def result(self) -> Result:
        """As the outcome of a deed."""
        return Result(Came.NOT_DONE, f"nothing was sent: {self.problem.message}", (self.problem.next_step,))

    @property
    def refusal(self) -> Refused:
        """As the outcome of a plan."""
        return Refused("unavailable", self.problem.message, self.problem.next_step)
