"""Whether a heading tells of trouble, or of how something is done, looked at or set: guides for trouble hold both."""

from __future__ import annotations

import re

_ABOUT = re.compile(
    r"troubl|runbook|playbook|\bfaq|frequently asked|debug|incident|recover|problems?\b|errors?\b|issues?\b|diagnos"
    r"|alerts?\b|emergency|outage|failure|gotcha|pitfall|fix",
    re.IGNORECASE,
)


def _words(text: str) -> str:
    return "|".join(text.split())


_COMPLAINTS = _words(
    r"""
    not no never nothing nobody without cannot can't won't doesn't isn't aren't don't didn't couldn't unable
    fail(?:s|ed|ing|ures?)? errors? exceptions? problems? issues? stuck hang(?:s|ing)? hung slow(?:ly|er)?
    delay(?:s|ed)? oom\w* throttl\w* behind
    crash\w* kill(?:s|ed)? restart(?:s|ing|ed) loop(?:s|ing)? full exceed(?:s|ed)? exhaust\w* high low too missing
    invalid wrong\w* incorrect\w* bad broken corrupt\w* mismatch\w* den(?:y|ies|ied) refuse[sd]? reject(?:s|ed)?
    forbidden unauthorized expire[sd]? expiration lost los(?:es|ing) leak\w* unexpected\w* unhealthy unreachable
    unavailable inaccurate inconsistent intermittent conflict\w* clash\w* skew drift\w* duplicate[sd]? dead\w*
    down offline timeouts? timed ignored blocked flaky pending impaired inactive stale unsupported interrupted
    degraded overload\w* lag\w* ambiguous reserved gaps? exposed locked stops? stopped stalls? stalled empty twice
    """
)
_COMPLAINS = re.compile(rf"\b(?:{_COMPLAINTS})\b|\bout of\b", re.IGNORECASE)
"""What titles of troubles hold; as whole words, since `notes` and `download` complain of nothing."""

_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where words are joined in names, as those of alerts."""

_DOING = _words(
    r"""
    check(?:ing)? get(?:ting)? view(?:ing)? inspect(?:ing)? test(?:ing)? creat(?:e|ing) gather(?:ing)? collect(?:ing)?
    set(?:ting)? activat(?:e|ing) enabl(?:e|ing) us(?:e|ing) pull(?:ing)? visuali[sz]ing limiting install(?:ing)?
    configur(?:e|ing) understand(?:ing)? list(?:ing)? monitor(?:ing)? with access(?:ing)? troubleshooting finding
    reading verify(?:ing)? confirm(?:ing)? examples? first general common useful basic
    """
)
_HOW = re.compile(rf"(?:how (?:to|do|can)|{_DOING}|complete .* example)\b", re.IGNORECASE)
_NOUNS = _words(
    r"""
    information concepts? logs? logging tools? toolbox commands? utilities techniques? topics? responsibilit(?:y|ies)
    environment examples? conditions access steps collection filtering metrics dashboards? status settings? options?
    components? architecture data
    """
)
_THING = re.compile(rf"(?:[\w./()-]+ ){{0,4}}(?:{_NOUNS})", re.IGNORECASE)
"""What a section of means, and not of trouble, is called."""

_LIST = re.compile(r"(?:[\w./()-]+ ){0,4}(?:reference|hierarchy|codes|exceptions)", re.IGNORECASE)
_MEANS = re.compile(
    r"(?:\w+ ){0,2}(?:commands?|tools?|techniques?|information|analysis|utilities|concepts|reference|setup|tuning"
    r"|updating.*|backup.*|maintenance|monitoring|logs?|diagnostics)",
    re.IGNORECASE,
)
_MENDS = re.compile(r"recover|reset|restart|emergency|rollback|checklist", re.IGNORECASE)
_GROUP = re.compile(
    r"(?:issues?|problems?|errors?|failures?|questions)$|^(?:common|known|general|other|miscellaneous)\b",
    re.IGNORECASE,
)


def is_about_trouble(text: str) -> bool:
    """Whether a title, a folder or a file's name says that it is about trouble."""
    return _ABOUT.search(text.replace("-", " ").replace("_", " ")) is not None


def complains(title: str) -> bool:
    """Whether a heading says what is wrong."""
    return _COMPLAINS.search(_JOINT.sub(" ", title)) is not None


def is_group(title: str) -> bool:
    """Whether a heading names a group of troubles: `Database issues`."""
    return _GROUP.search(title) is not None


def may_be_trouble(title: str, group: str) -> bool:
    """Whether an unlabelled section may be a trouble, by its heading and the one above.

    One that says what is wrong is; one that says how something is done, or that stands among means, is not; another is
    where it mends something ("Full reset"), or stands among troubles.
    """
    if _LIST.fullmatch(title):
        return False
    if _MEANS.fullmatch(group):
        return complains(title) and not _HOW.match(title)
    if complains(title) or _MENDS.search(title) or _MENDS.search(group):
        return True
    return not (_HOW.match(title) or _THING.fullmatch(title))
