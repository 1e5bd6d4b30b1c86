"""Several checks in one go: each for itself, a few at a time, each with an end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from triage_tui.actions.checks.answer import BY_HAND, Answer, CannotAskError, Question, Said, unknown
from triage_tui.actions.checks.check import Check
from triage_tui.actions.checks.meaning import meant
from triage_tui.actions.checks.registry import all_checks
from triage_tui.actions.checks.site import Site
from triage_tui.text import safe

AT_ONCE = 4
"""Checks at a time: the host is sick, and so may be what is asked."""

MOST = 24
"""Questions of one round; a guide has a handful."""

Tell = Callable[[Answer], None]


async def ask(question: Question, site: Site) -> Answer:
    """One answer. Never raises for what a server, a network or the question itself can do."""
    started = site.clock.steady()
    check = all_checks().get(question.id)
    if question.id == BY_HAND:
        told = unknown(
            "a program of the guide, which is not run from here", "Read it there, and copy it by `y`."
        )
    elif check is None:
        told = unknown(
            f"there is no check {safe(question.id, limit=60)}", "`triage check --list` lists them."
        )
    elif check.needs_argument and not question.argument:
        told = unknown(
            f"it is asked of one {check.about}", f"Name one: {question.target}/{check.about.upper()}."
        )
    else:
        told = meant(await _told(check, question, site), question.meanings)
    ended = site.clock.steady()
    return Answer(
        question.id,
        question.target,
        question.argument,
        told.outcome,
        told.message,
        told.lines,
        ended - started,
        ended - told.age_s,
    )


async def _told(check: Check, question: Question, site: Site) -> Said:
    try:
        async with asyncio.timeout(check.limit_s):
            return await check.answer(site, question)
    except TimeoutError:
        return unknown(
            f"not answered within {check.limit_s:g} s",
            "What is asked is overloaded, paused or cut off; ask tcp.connect whether it can be reached at all.",
        )
    except CannotAskError as error:
        return unknown(error.message, error.next_step)
    except Exception as error:
        # A mistake of ours in one check: the others are answered all the same.
        words = safe(f"{type(error).__name__}: {error}", limit=160)
        return unknown(f"triage could not ask: {words}", "Please report it.")


async def ask_all(
    questions: Sequence[Question], site: Site, tell: Tell = lambda answer: None
) -> tuple[Answer, ...]:
    """All answers in the order of the questions; `tell` is called with each as it comes. The same question is asked
    once."""
    turns = asyncio.Semaphore(AT_ONCE)
    distinct = list({one.key: one for one in questions}.values())[:MOST]

    async def one(question: Question) -> Answer:
        async with turns:
            answer = await ask(question, site)
        tell(answer)
        return answer

    try:
        return tuple(await asyncio.gather(*map(one, distinct)))
    finally:
        await site.aclose()
