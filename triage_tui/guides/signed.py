"""The signatures of an entry, ready to be run on lines."""

from __future__ import annotations

from msgspec import Struct

from triage_tui.guides.entry import FrontMatter, Signature
from triage_tui.guides.pattern import Pattern, PatternError, pattern, plain


class Signed(Struct, frozen=True):
    """What an entry looks for in a line.

    patterns  in the order of the file
    excludes  a line in which one of them is found is never led here
    """

    id: str
    patterns: tuple[Pattern, ...]
    excludes: tuple[Pattern, ...] = ()

    def best(self, line: str) -> tuple[Pattern, str] | None:
        """The pattern that asks for most among those found in a line, with what it found."""
        lowered = line.lower()
        found: tuple[Pattern, str] | None = None
        for one in self.patterns:
            if (found is None or one.weight > found[0].weight) and one.may_be_in(lowered):
                match = one.search(line)
                if match is not None:
                    found = one, match.group()
        if found is None or self.excluded(line):
            return None
        return found

    def excluded(self, line: str) -> bool:
        """Whether the entry wants nothing to do with a line."""
        return any(one.search(line) is not None for one in self.excludes)


def signed(front: FrontMatter) -> Signed:
    """The signatures of an entry. Those that cannot be run are left out; lint says which and why."""
    patterns = [usable(signature) for signature in front.signatures]
    excludes = [_usable(source) for source in front.excludes]
    return Signed(
        front.id,
        tuple(one for one in patterns if one is not None),
        tuple(one for one in excludes if one is not None),
    )


def usable(signature: Signature) -> Pattern | None:
    """The pattern of a signature, or None where it cannot be run."""
    try:
        return of(signature)
    except PatternError:
        return None


def of(signature: Signature) -> Pattern:
    """The pattern of a signature. Raises PatternError."""
    if bool(signature.text) == bool(signature.regex):
        raise PatternError("a signature is either `text` or `regex`")
    return pattern(signature.regex) if signature.regex else plain(signature.text)


def _usable(source: str) -> Pattern | None:
    try:
        return pattern(source)
    except PatternError:
        return None
