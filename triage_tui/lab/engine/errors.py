"""Refusals, in the words and with the codes of Docker's API."""

from __future__ import annotations


class EngineError(Exception):
    """What the engine answers instead of doing it. status: of HTTP; the message is Docker's."""

    status = 500

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        if status is not None:
            self.status = status


class NotFoundError(EngineError):
    """There is no such thing."""

    status = 404


class ConflictError(EngineError):
    """Its state does not allow it."""

    status = 409


class BadRequestError(EngineError):
    """The question makes no sense."""

    status = 400


class UnchangedError(EngineError):
    """It is so already: not an error in Docker's API, but an answer of its own (304)."""

    status = 304
