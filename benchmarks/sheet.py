"""One table of everything that was measured."""

from __future__ import annotations


class Sheet:
    """Figures by measure and program, one column for each stage."""

    def __init__(self) -> None:
        self._stages: list[str] = []
        self._rows: dict[tuple[str, str], dict[str, str]] = {}

    def add(self, measure: str, program: str, stage: str, value: str) -> None:
        """One figure; measures and stages stand in the order in which they came."""
        if stage not in self._stages:
            self._stages.append(stage)
        self._rows.setdefault((measure, program), {})[stage] = value

    def markdown(self) -> str:
        """The table. Rows of one measure stand together."""
        measures = list(dict.fromkeys(measure for measure, _ in self._rows))
        lines = [
            "| " + " | ".join(("", "program", *self._stages)) + " |",
            "| " + " | ".join("---" for _ in range(len(self._stages) + 2)) + " |",
        ]
        for wanted in measures:
            named = wanted
            for (measure, program), values in self._rows.items():
                if measure == wanted:
                    cells = (named, program, *(values.get(stage, "") for stage in self._stages))
                    lines.append("| " + " | ".join(cells) + " |")
                    named = ""
        return "\n".join(lines)
