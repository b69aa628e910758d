"""Service: the state's own capacity to make measures known, to handle applications and to pay."""

from datetime import date
from typing import Annotated

from pydantic import Field

from sim.institutions.rules import Rules
from sim.measure import Agency, Dated, Factor, InstrumentValues, Yuan
from sim.units import fen
from sim.vocabulary import AGENCIES

Hazard = Annotated[float, Field(ge=0, le=10, description="a month")]


class Values(InstrumentValues):
    """What a service measure may say; `awareness`, `capacity` and `processing` reach what `target` names."""

    awareness: Dated[Hazard] | None = Field(
        None,
        description="added to the monthly hazard with which an eligible firm learns of a measure",
        json_schema_extra={"zh": "符合条件的企业知晓措施的每月强度增加多少"},
    )
    target: tuple[str, ...] = Field(
        (),
        description="actions or measures whose awareness is raised; empty for all",
        json_schema_extra={"zh": "提高其知晓的行动或措施；空为全部"},
    )
    agencies: tuple[Agency, ...] = Field(
        (),
        description="desks whose capacity changes; empty for all",
        json_schema_extra={"zh": "受影响的经办部门；空为全部"},
    )
    capacity: Dated[Factor] | None = Field(
        None,
        description="factor on cases that a desk handles in a working day",
        json_schema_extra={"zh": "窗口每个工作日办件量的倍数"},
    )
    processing: Dated[Factor] | None = Field(
        None, description="factor on working days before a decision", json_schema_extra={"zh": "办结所需工作日的倍数"}
    )
    automatic: bool = Field(
        False,
        description="the measures in `target` are delivered without application",
        json_schema_extra={"zh": "`target` 中的措施免申即享"},
    )
    top_up_yuan: Dated[Yuan] | None = Field(
        None,
        description="money put into the measure's `fund` on each day named",
        json_schema_extra={"zh": "在所列日期拨入本措施 `fund` 的资金"},
    )
    liaison_capacity: Dated[Factor] | None = Field(
        None,
        description="liaison officers sent to key firms, as a multiple of one for `restart.firms_per_officer`; several "
        "measures add up",
        json_schema_extra={"zh": "派驻重点企业的联络员，为每 `restart.firms_per_officer` 户一名的倍数；几项措施相加"},
    )
    dispatch_meetings: Dated[Annotated[int, Field(ge=0, le=20)]] | None = Field(
        None,
        description="meetings a month at which desk capacity moves to the longest backlog",
        json_schema_extra={"zh": "每月调度次数，每次把办件力量调往积压最多的窗口"},
    )
    evaluation: bool = Field(
        False,
        description="what waits in each prefecture is published every month: staff are lent to where most waits, and "
        "money of funds of prefectures moves to where claims were not paid",
        json_schema_extra={
            "zh": "按月评估并通报各州市积压情况：向积压最多的州市支援人手，州市资金向未能兑付的州市调剂"
        },
    )
    counter_capacity: Dated[Factor] | None = Field(
        None,
        description="service counters for what keeps freed firms from working, as a multiple of "
        "`restart.counter_problems_per_day`; several measures add up",
        json_schema_extra={"zh": "受理复工难题的服务窗口，为 `restart.counter_problems_per_day` 的倍数；几项措施相加"},
    )
    supervision_capacity: Dated[Factor] | None = Field(
        None,
        description="supervisors of problems and complaints that have waited for more than `deadline_days`, as a "
        "multiple of `restart.supervised_per_day`; several measures add up",
        json_schema_extra={
            "zh": "督办超过 `deadline_days` 的难题和投诉的人员，为 `restart.supervised_per_day` 的倍数；几项措施相加"
        },
    )
    deadline_days: Dated[Annotated[int, Field(ge=1, le=365)]] | None = Field(
        None,
        description="days after which a problem or a case goes to a supervisor (three steps and a strike-off)",
        json_schema_extra={"zh": "超过多少天的难题或办件转入督办（三办一销号）"},
    )


def prepare(values: Values, m: int, rules: Rules) -> None:
    """Announce the money that goes into the measure's fund; let the rest reach the measures and desks named."""
    if values.top_up_yuan is not None:
        rules.top_ups += [(day, m, fen(amount)) for day, amount in values.top_up_yuan.table.items()]
    if values.target:
        named = [x.id in values.target or x.action in values.target for x in rules.measures]
        rules.aim(m, "measure", [other for other, is_named in enumerate(named) if is_named])
    if values.agencies:
        rules.aim(m, "agency", [AGENCIES.index(name) for name in values.agencies])


def act(values: Values, m: int, on: date, rules: Rules) -> None:
    """Bring the values of a day into force, where the measure reaches. Money for funds is put in on its day."""
    rules.enter(m, makes_automatic=values.automatic, evaluation=values.evaluation)
    rules.enter_dated(
        m,
        on,
        awareness=values.awareness,
        desk_capacity=values.capacity,
        desk_processing=values.processing,
        liaison_capacity=values.liaison_capacity,
        dispatch_meetings=values.dispatch_meetings,
        counter_capacity=values.counter_capacity,
        supervision_capacity=values.supervision_capacity,
        deadline=values.deadline_days,
    )
