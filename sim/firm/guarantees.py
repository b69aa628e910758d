"""What a guarantee costs a firm, and whether what it would invest earns that: who expands asks for none otherwise."""

import numpy as np

from sim.firm.bills import GUARANTEE_FEE
from sim.firm.contracts import materials_of_the_year, work_of_a_yuan
from sim.firm.decision import has_heard, months_until, variable_share, worth_knowing
from sim.firm.entitlements import has_bit, more, next_of
from sim.kernels import kernel
from sim.vocabulary import FACTS, bit

HAS_LOAN = bit(FACTS, "has_loan")
FEE_BIT = np.uint32(1 << GUARANTEE_FEE)


@kernel
def fee_borne(i, day, firms, terms):  # type: ignore[no-untyped-def]
    """Share of a guarantee's fee of the coming year that firm i, had it a loan, would bear itself."""
    taken = 0.0
    left = worth_knowing(i, terms.reliefs, HAS_LOAN, firms, terms)
    while more(left):
        m, left = next_of(left)
        if terms.flows[m] & FEE_BIT and has_bit(terms.active[firms.prefecture[i]], m) and has_heard(i, m, firms, terms):
            months = float(terms.months[m]) if terms.month_slot[m] >= 0 else months_until(day, terms.ends_on[m])
            taken += terms.share[m] * min(1.0, months / 12.0)
    return max(0.0, 1.0 - taken)


@kernel
def expansion_earns(i, day, firms, behaviour):  # type: ignore[no-untyped-def]
    """What a yuan that firm i invests earns in a year, before interest: its own margin on what it sells more."""
    materials = materials_of_the_year(i, firms)
    sales = float(firms.usual_sales[i]) * float(firms.expected[i])
    costs = variable_share(i, day, sales, materials, firms, behaviour) + work_of_a_yuan(i, firms, behaviour)
    return behaviour.asset_turnover * (1.0 - costs)
