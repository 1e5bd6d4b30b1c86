"""Single questions to an engine, beside the looks: the end of a log, the processes of a container."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TypeVar

from triage_tui.config.settings import DockerSpec
from triage_tui.model import Problem
from triage_tui.sources.docker.client import Client
from triage_tui.sources.docker.endpoint import Endpoint, EndpointError
from triage_tui.sources.docker.failures import EXPECTED, problem_of
from triage_tui.sources.docker.link import ASK_S, Link

T = TypeVar("T")


class InquiryError(Exception):
    """The engine did not answer. problem: why; __cause__: what it was."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


async def inquire(
    spec: DockerSpec, question: Callable[[Client], T], environ: Mapping[str, str] | None = None
) -> T:
    """The answer to one question, over a connection of its own. Raises InquiryError."""
    link = Link(spec, os.environ if environ is None else environ, None)
    try:
        await link.open()
        return await link.crew.ask(question, ASK_S)
    except EXPECTED as error:
        endpoint = link.endpoint
        known = (
            endpoint if endpoint is not None and not isinstance(error, EndpointError) else Endpoint("unix")
        )
        raise InquiryError(problem_of(error, known)) from error
    finally:
        await link.aclose()
