"""What a public contract is to the firm that has won it: work by hired hands, a prepayment, a margin of its own."""

from sim.firm.bills import payroll_factor
from sim.firm.entitlements import round_half_up
from sim.kernels import inlined, kernel
from sim.ledger import LINE

SALES_PREPAID = LINE["sales_prepaid"]


@inlined
def prepaid(backlog, behaviour):  # type: ignore[no-untyped-def]
    """Fen of a ``backlog`` of contracts, in fen, that public bodies have paid beforehand."""
    return round_half_up(backlog * behaviour.prepayment_share)


@kernel
def work_of_a_yuan(i, firms, behaviour):  # type: ignore[no-untyped-def]
    """What hired hands and subcontractors, with room and equipment, cost firm i for a yuan that it delivers.

    The same as its own do for a yuan of its usual sales: a contract earns the firm's own margin.
    """
    if firms.usual_sales[i] <= 0:
        return 0.0
    s = firms.sector[i]
    payroll = firms.usual_staff[i] * float(firms.wage[i]) * payroll_factor(i, firms, behaviour)
    work = payroll / float(firms.first_sales[i]) + float(firms.rent[i]) / float(firms.usual_sales[i])
    return work + behaviour.utilities[s] + behaviour.fees[s] + behaviour.depreciation[s]


@kernel
def deliver(i, most, firms, behaviour, lines):  # type: ignore[no-untyped-def]
    """Deliver a month's part of the backlog of firm i, at most ``most`` fen.

    Returns the fen delivered and what of them is not prepaid.
    """
    backlog = firms.contract_backlog[i]
    delivered = min(backlog, round_half_up(backlog * behaviour.contract_delivery) + 1)
    delivered = min(delivered, max(most, 0))
    worked_off = prepaid(backlog, behaviour) - prepaid(backlog - delivered, behaviour)
    firms.contract_backlog[i] = backlog - delivered
    lines[SALES_PREPAID] += worked_off * firms.weight[i]
    return delivered, delivered - worked_off


@inlined
def materials_of_the_year(i, firms):  # type: ignore[no-untyped-def]
    """Materials of a yuan of sales of firm i in its present year; at the margin of its life before it has settled."""
    return float(firms.materials_now[i]) if firms.materials_now[i] > 0.0 else float(firms.materials_share[i])


@kernel
def contract_costs(i, firms, behaviour):  # type: ignore[no-untyped-def]
    """Materials and work for a yuan that firm i delivers in its present year."""
    return materials_of_the_year(i, firms) + work_of_a_yuan(i, firms, behaviour)
