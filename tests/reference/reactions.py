"""Rules that react: what held in which evening, and what follows for a morning."""

from __future__ import annotations

from collections import defaultdict

from sim.measure import Dated
from sim.reaction import Reaction
from sim.units import fen
from tests.reference.policy import Rule
from tests.reference.province import Province

Money = tuple[str, int, int | None]  # fund, fen, and of which prefecture alone, if of one


class Reactions:
    """The reactions of a scenario, in the order of their ids."""

    def __init__(self, province: Province) -> None:
        self.province = province
        self.reactions = province.scenario.reactions
        self.held: dict[tuple[str, int], list[bool]] = defaultdict(list)  # by reaction and prefecture
        self.acted: list[tuple[str, int | None, int, str]] = []

    def look(self, day: int) -> None:
        """An evening: read what is watched."""
        for reaction in self.reactions:
            monthly = reaction.watch in ("loss_share", "exit_share")
            for prefecture in self.province.prefectures:
                evenings = self.held[reaction.id, prefecture]
                if monthly and not self.province.timeline.is_month_end[day]:
                    evenings.append(evenings[-1] if evenings else False)
                else:
                    among = [prefecture] if reaction.place == "prefecture" else list(self.province.prefectures)
                    evenings.append(self._holds(reaction, among, day))

    def _holds(self, reaction: Reaction, among: list[int], day: int) -> bool:
        """Whether a reaction's condition holds in some prefectures together."""
        value = self._value(reaction, among, day)
        if value is None:
            return False
        if reaction.above is not None:
            return value > reaction.above
        return reaction.below is not None and value < reaction.below

    def _value(self, reaction: Reaction, among: list[int], day: int) -> float | None:
        province = self.province
        if reaction.watch == "listed_counties":
            listed = province.world.listed[day]
            return sum(1 for county, there in enumerate(province.prefecture_of) if there in among and listed[county])
        if reaction.watch == "fund_left":
            left, put_in = (
                sum(fen_ for (fund, place), fen_ in kept.items() if fund == reaction.fund and place in among)
                for kept in (province.treasury.left, province.treasury.put_in)
            )
            return left / put_in if put_in > 0 else None
        there = [firm for firm in province.firms if firm.prefecture in among]
        living = [firm for firm in there if firm.is_alive]
        month = province.month_of
        gone = [firm for firm in there if firm.status == "exited" and month[firm.exited_on] == month[day]]
        counted = {
            "stopped_share": [firm for firm in living if firm.status == "suspended"],
            "loss_share": [firm for firm in living if firm.profit_this_year < 0],
            "exit_share": gone,
        }[reaction.watch]
        whole = living + gone if reaction.watch == "exit_share" else living
        entities = sum(firm.weight for firm in whole)
        return sum(firm.weight for firm in counted) / entities if entities > 0 else None

    def acts(self, reaction: Reaction, prefecture: int, day: int) -> bool:
        """Whether a reaction acts in a prefecture on a day."""
        evening = day - reaction.delay_days
        if evening < 0:
            return False
        evenings = self.held[reaction.id, prefecture][: evening + 1]
        if reaction.lasts == "while":
            return evenings[-1]
        if reaction.lasts == "once":
            return any(evenings)
        return any(evenings[max(0, evening - reaction.lasts) :])

    def morning(self, day: int) -> tuple[bool, list[Money]]:
        """A morning: hold measures back, let them say other values; whether any reaction turned, and its money."""
        province = self.province
        turned, money = False, list[Money]()
        for reaction in self.reactions:
            begins = []
            for prefecture in province.prefectures:
                acts, acted = (self.acts(reaction, prefecture, d) for d in (day, day - 1))
                if acts != acted:
                    turned = True
                    begins += [prefecture] if acts else []
                    if reaction.place == "prefecture" or prefecture == 0:
                        place = prefecture if reaction.place == "prefecture" else None
                        self.acted.append((reaction.id, place, day, "begins" if acts else "ends"))
            if reaction.pay is not None:
                amount = int(fen(reaction.pay.yuan) * province.scale)
                if reaction.place == "prefecture":
                    money += [(reaction.pay.fund, amount, prefecture) for prefecture in begins]
                elif begins:
                    money.append((reaction.pay.fund, amount, None))
        if turned or day == 0:
            for rule in province.policy.rules:
                self._tell(rule, day)
        return turned, money

    def _tell(self, rule: Rule, day: int) -> None:
        """Let a measure know where it is held back, and what it says."""
        prefectures = self.province.prefectures
        beginning = [reaction for reaction in self.reactions if rule.id in reaction.begin]
        ending = [reaction for reaction in self.reactions if rule.id in reaction.end]
        if beginning or ending:
            held_back = {p for p in prefectures if beginning and not any(self.acts(r, p, day) for r in beginning)}
            held_back |= {p for p in prefectures if any(self.acts(r, p, day) for r in ending)}
            rule.held_back.append((day, frozenset(held_back)))
        said = {}
        for reaction in self.reactions:
            for path, value in reaction.set.items():
                if path.split(".")[0] == rule.id and self.acts(reaction, 0, day):
                    said[path.split(".")[1]] = value
        if said or len(rule.settings) > 1:
            always = {name: Dated({rule.measure.start.min: value}) for name, value in said.items()}
            rule.settings.append((day, rule.measure.values.model_copy(update=always)))
