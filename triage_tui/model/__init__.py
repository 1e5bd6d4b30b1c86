"""What was seen: frozen structs, and no behaviour but arithmetic.

Everything here is immutable and can be handed from the engine's thread to the screen without a lock.
`None` always means *unknown*; it is never a stand-in for zero.
"""

from triage_tui.model.finding import (
    Change,
    Deed,
    Diagnosis,
    Evidence,
    Finding,
    Incident,
    Possible,
    Quiet,
    Severity,
)
from triage_tui.model.observation import Gap, Kind, Observation, Problem, ProblemKind, State, Target
from triage_tui.model.picture import Picture, Series, Sighting

__all__ = [
    "Change",
    "Deed",
    "Diagnosis",
    "Evidence",
    "Finding",
    "Gap",
    "Incident",
    "Kind",
    "Observation",
    "Picture",
    "Possible",
    "Problem",
    "ProblemKind",
    "Quiet",
    "Series",
    "Severity",
    "Sighting",
    "State",
    "Target",
]
