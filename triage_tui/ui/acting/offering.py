"""What can be done to what the reader has before them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from triage_tui.ui.glance import Glance
from triage_tui.ui.pane import Pane
from triage_tui.ui.problems.listing import Problems

if TYPE_CHECKING:
    from triage_tui.actions.act import Order
    from triage_tui.ui.acting.offers import Offer


class Act(Protocol):
    """Who acts. purges: what can be put back, see offers.py."""

    @property
    def purges(self) -> Mapping[tuple[str, str], str]: ...
    def begin(self, order: Order) -> None: ...
    def note(self, text: str) -> None: ...


class Offering:
    """Which thing an offer is about is settled by what is shown when a key is pressed.

    problems  the list, which counts while it has the keys; pane: the one that counts otherwise
    """

    def __init__(self, act: Act, problems: Problems, pane: Callable[[], Pane]) -> None:
        self._act = act
        self._problems = problems
        self._pane = pane

    def offers(self, glance: Glance | None) -> Sequence[Offer]:
        """What the bar names; nothing where all is read-only."""
        if glance is None or glance.picture.read_only:
            return ()
        return self._chosen(glance)

    def begin(self, glance: Glance | None, wanted: Callable[[Offer], bool], otherwise: str) -> None:
        """Ask about the offer that is wanted, or say why there is none."""
        offers = self._chosen(glance) if glance is not None else ()
        offer = next(filter(wanted, offers), None)
        if offer is None:
            self._act.note(otherwise)
        elif offer.order is None:
            self._act.note(f"what {offer.id} is proposed for is not among what is shown")
        else:
            self._act.begin(offer.order)

    def _chosen(self, glance: Glance) -> Sequence[Offer]:
        finding = self._problems.finding if self._problems.has_focus else None
        pane = self._pane()
        sighting, row = pane.sighting, pane.table.selected
        if finding is None and (self._problems.has_focus or sighting is None or row is None):
            return ()
        # Not before there is something to act on: the first paint has no rows.
        from triage_tui.ui.acting.offers import of_finding, of_row

        if finding is not None:
            return of_finding(glance.picture, finding)
        assert sighting is not None
        assert row is not None
        return of_row(glance.picture, sighting, row.key, self._act.purges)
