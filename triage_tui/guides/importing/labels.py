"""The words by which wild guides say what a part of them is, in all the dialects that were met."""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct

Role = Literal["symptom", "impact", "cause", "check", "fix", "verify", "prevention", "escalate"]

_ROLES: dict[Role, str] = {
    "symptom": r"""
        symptoms?
        error messages?
        errors? in (?:the )?logs?
        errors?
        log (?:output|messages?)
        meaning
        what you(?:'ll)? see
        observed(?: behaviou?r)?
        description
        details
        signs
        summary
        problem(?: description| statement)?
        issue
        alert
        """,
    "impact": r"""
        impact
        severity
        affected(?: users| services)?
        (?:user|business) impact
        """,
    "cause": r"""
        (?:root |possible |potential |common |likely |probable |typical |underlying |other |main )*(?:causes?|reasons?)
        what (?:it|this) (?:usually )?means
        (?:root )?cause analysis
        why(?: (?:this|it|does this|does it) happens?)?
        explanation
        background
        reasoning
        what happened
        """,
    "check": r"""
        (?:initial |quick |further |first )?(?:diagnosis|diagnostics?|triage|investigations?|diagnose|investigate)
        (?:diagnostic|debug|debugging|diagnosis|investigation|triage|troubleshooting|check) (?:steps?|commands?|checks?)
        (?:diagnostic|debug|debugging|diagnosis|investigation|triage|troubleshooting|check) (?:procedures?|queries)
        debug
        debugging
        checks?
        how to (?:check|diagnose|debug|identify|confirm|detect)
        identify(?:ing)?(?: the (?:problem|issue))?
        (?:things|what) to (?:check|look (?:at|for))
        to debug
        detection
        """,
    "fix": r"""
        (?:QUALIFIED )*(?:solutions?|fix(?:es)?|resolutions?)(?: \d+| steps?)?
        (?:QUALIFIED )*(?:mitigations?|remediations?|remed(?:y|ies))(?: steps?)?
        (?:QUALIFIED )*(?:recovery|workarounds?|corrective actions?)(?: steps?| options?| procedures?)?
        how to (?:fix|resolve|solve|mitigate|recover)(?: (?:it|this))?
        to (?:fix|resolve|solve)(?: (?:it|this))?
        answer
        what to do
        (?:immediate )?actions?
        steps(?: to (?:resolve|fix))?
        resolving
        resolve
        (?:possible |common )?causes (?:&|and) (?:solutions?|fixes)
        recommendations?
        troubleshooting
        """,
    "verify": r"""
        verification(?: steps?)?
        verify(?:ing)?(?: (?:the )?fix)?
        expected(?: (?:output|results?|behaviou?r))?
        should return
        success(?: criteria)?
        validation
        validate
        confirm(?:ation)?
        test(?: the)? fix
        how to verify
        """,
    "prevention": r"""
        prevention
        preventi(?:ve|on) (?:measures?|steps?|tips?)
        best practices?
        prevent(?:ing)?
        how to (?:prevent|avoid)(?: (?:it|this))?
        avoid(?:ing|ance)?
        lessons learned
        long[- ]term prevention
        """,
    "escalate": r"""
        getting help
        escalat(?:e|ion)(?: path| procedure)?
        when to escalate
        get help
        need help
        support
        still (?:stuck|having (?:problems|issues|trouble))\??
        contact(?: us| support)?
        emergency contacts?
        (?:internal|external) (?:resources|support)
        """,
}
"""One expression a line."""


_QUALIFIED = "(?:possible|quick|recommended|permanent|temporary|proposed|immediate)"


def _any_of(lines: str) -> re.Pattern[str]:
    every = "|".join(line.strip() for line in lines.strip().splitlines()).replace("QUALIFIED", _QUALIFIED)
    return re.compile(f"(?:the )?(?:{every})", re.IGNORECASE)


_ROLE = {role: _any_of(lines) for role, lines in _ROLES.items()}

_PROBLEM = re.compile(
    r"(?:(?:common |known )?(?:problem|issue|error|alert|symptom|scenario|case|question|q|failure|incident)"
    r"(?:\s*#?\d+)?\s*[:.)–—-]\s*|(?:problem|issue|error|alert|scenario|case)\s*#?\d+\s+)(?=\S)",
    re.IGNORECASE,
)
_BOILERPLATE = _any_of(
    r"""
    (?:table of )?contents
    toc
    overview
    introduction
    intro
    about(?: this (?:document|guide|page))?
    purpose
    scope
    prerequisites?
    requirements
    related(?: (?:documentation|documents|docs|links|resources|topics|pages|guides|issues|runbooks))?
    see also
    references?
    further reading
    (?:additional |external |useful )?(?:resources|links|reading)
    additional help
    quick links
    document (?:information|history|control|info)
    (?:revision |version )?history
    change ?log
    licen[cs]e
    contribut(?:ing|ors?)
    acknowledge?ments?
    authors?
    credits
    feedback
    (?:what'?s )?next(?: steps?)?
    index
    navigation
    on this page
    in this (?:article|page|section|guide)
    glossary
    conclusion
    summary
    legend
    conventions
    appendix(?: \w+)?
    metadata
    footnotes?
    still need help\??
    getting (?:more|further|additional) help
    (?:collecting|gathering) (?:debug )?information(?: .*)?
    topics?
    report(?:ing)? (?:an? )?(?:bug|issue)s?
    community(?: support)?
    getting support
    support channels
    before (?:you (?:begin|start)|asking for help)
    (?:contact|support) information
    information to (?:provide|include|collect)
    """
)
_STEP = re.compile(
    r"(?:option|step|method|solution|approach|alternative|phase|way|fix|check|verify)\s*(?:#?\d+|[a-h]\b|:)"
    r"|(?:first|second|then|finally)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:\d+(?:\.\d+)*[.):]?|[a-z]\)|[ivx]+\.)\s+(?=\S)", re.IGNORECASE)
_SIGN = re.compile(
    "[\U0001f000-\U0001faff\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff"
    "\ufe0f\u200d\u20e3]|:[a-z_]+:(?=\\s)"
)
_EXCEPTION = re.compile(r"(?:\w+\.)*\w+(?:Error|Exception)\b")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|<a [^>]*>|</a>|\{#[^}]*\}|\[\[([^\]|]*)(?:\|[^\]]*)?\]\]")


class Heading(Struct, frozen=True):
    """What a heading, or a label in the text, says.

    title    without emoji, number, emphasis, colon and prefix
    role     of a part; None where it names none
    problem  a prefix says that a problem begins
    exact    it is what a program said: quoted as a whole, or the name of an exception
    """

    title: str
    role: Role | None = None
    problem: bool = False
    boilerplate: bool = False
    step: bool = False
    exact: bool = False


def heading(text: str) -> Heading:
    """Read the text of a heading or a label."""
    bare = clean(text)
    role = role_of(bare)
    if role is not None:
        return Heading(bare, role=role)
    if _BOILERPLATE.fullmatch(bare):
        return Heading(bare, boilerplate=True)
    prefix = _PROBLEM.match(bare)
    said = bare[prefix.end() :].strip() if prefix is not None else bare
    title = _unquoted(said)
    exact = len(title) == len(said) - 2 or _EXCEPTION.match(title) is not None
    if prefix is not None:
        return Heading(title, problem=True, exact=exact)
    return Heading(title, problem=bare.endswith("?"), step=_STEP.match(bare) is not None, exact=exact)


def role_of(text: str) -> Role | None:
    """The role that a label names."""
    return next((role for role, words in _ROLE.items() if words.fullmatch(text)), None)


def clean(text: str) -> str:
    """A heading's text without emoji, links, number, emphasis and colon."""
    bare = _LINK.sub(lambda match: match[1] or match[2] or "", text)
    bare = _SIGN.sub("", bare).strip()
    bare = re.sub(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=\w)[*_](?!\w)|~~", "", bare).strip()
    number = _NUMBER.match(bare)
    # A number before letters counts headings; one before a word like "Bad" is a status.
    if number is not None and not re.match(r"[1-5]\d\d\s", bare):
        bare = bare[number.end() :]
    return " ".join(bare.strip(" :#-–—").split())


def _unquoted(title: str) -> str:
    for quote in ('"', "'", "`", "“"):
        if title.startswith(quote) and title.count(quote) >= (1 if quote == "“" else 2):
            inner = title[1:-1] if title.endswith((quote, "”")) else ""
            if inner and quote not in inner:
                return inner
    return title.replace("`", "")
