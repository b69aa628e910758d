"""Public contracts that a firm has: what of them is prepaid, what the work costs, how much of it is done in a month."""

from __future__ import annotations

from tests.reference.arithmetic import whole
from tests.reference.bills import payroll_factor
from tests.reference.firm import Firm
from tests.reference.province import Province


def prepaid(province: Province, backlog: int) -> int:
    """Fen of a backlog that are prepaid, and owed as work."""
    return whole(province.calibration("procurement.prepayment_share") * backlog)


def work_of_a_yuan(province: Province, firm: Firm) -> float:
    """What hired hands and subcontractors cost for a yuan of contracts: what the firm's own cost for one of sales."""
    p, s = province.calibration, firm.sector
    if firm.usual_sales <= 0 or firm.first_sales <= 0.0:
        return 0.0
    people = float(firm.usual_staff) * firm.wage * payroll_factor(province, firm) / firm.first_sales
    premises = firm.rent / float(firm.usual_sales)
    return people + premises + p("costs.utilities", s) + p("costs.fees", s) + p("costs.depreciation", s)


def can_be_delivered(province: Province, backlog: int, room: int) -> int:
    """Fen of a backlog that are delivered in a month. ``room``: fen that the firm could do beside its sales."""
    share = province.calibration("procurement.delivery_share_per_month")
    return min(backlog, whole(backlog * share) + 1, max(0, room))


def paid_of_contracts(province: Province, firm: Firm) -> float:
    """Share of its claims on public bodies that a firm is paid in a month."""
    of = firm.customer if firm.customer == "large_firms" else "public_bodies"
    return province.calibration("receivables.collected_per_month", of)
