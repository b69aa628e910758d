"""The parameters, looked up by path and by the name of a sector, size, customer or kind of problem."""

from __future__ import annotations

from datetime import date

from sim.parameters import Parameters


class Calibration:
    """Parameters as plain numbers; what was looked up once is kept."""

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self._known: dict[tuple[str, object], float] = {}

    def __call__(self, path: str, name: str | None = None) -> float:
        """The number at a path, or in the table at a path the entry of that name (its default without one)."""
        if (path, name) not in self._known:
            if name is None:
                self._known[path, name] = float(self.parameters[path])
            else:
                table = self.parameters.table(path)
                self._known[path, name] = float(table[name] if name in table else table["default"])
        return self._known[path, name]

    def by_sector_and_size(self, path: str, sector: str, size: str) -> float:
        """Of a table by sector and size, the entry of a sector (the default without one) and a size."""
        table = self.parameters.table(path)
        return float((table[sector] if sector in table else table["default"])[size])

    def on(self, path: str, day: date) -> float:
        """The number that a table by date says for a day, 0 before its first."""
        if (path, day) not in self._known:
            self._known[path, day] = float(self.parameters.dated(path).on(day) or 0.0)
        return self._known[path, day]

    def by_age(self, path: str, years: int) -> float:
        """Of a table by age, the entry of the greatest age that is not above ``years``."""
        if (path, years) not in self._known:
            table = {int(age): float(value) for age, value in self.parameters.table(path).items()}
            self._known[path, years] = table[max(age for age in table if age <= years)]
        return self._known[path, years]
