"""Which firms must settle in the order of their rows, because what they draw on may be gone when their turn comes."""

import numpy as np

from sim.firm.claims import LARGE_FIRMS
from sim.firm.state import AT_ANY_TIME, IN_TURN
from sim.kernels import inlined, outermost
from sim.population.columns import MASK_WORDS


@outermost
def find_turns(span, scarce, firms, terms, turns):  # type: ignore[no-untyped-def]
    """Write IN_TURN or AT_ANY_TIME into ``turns`` (n,) for each firm of ``span``."""
    for i in range(np.uint64(span.first), np.uint64(span.last)):
        turns[i] = IN_TURN if _may_draw(i, scarce, firms, terms) else AT_ANY_TIME


@inlined
def _may_draw(i, scarce, firms, terms):  # type: ignore[no-untyped-def]
    """Whether firm i may draw on scarce money: for what it has or may get unasked, or for what it is owed."""
    p = firms.prefecture[i]
    for word in range(MASK_WORDS):
        has = firms.granted[i, word] & (terms.reliefs[p, word] | terms.recurring[p, word])
        gets = firms.eligible[i, word] & terms.automatic[p, word]
        if (has | gets) & scarce.measures[p, word] != np.uint64(0):
            return True
    if firms.overdue_public[i] == 0 and firms.receivables_public[i] == 0:
        return False
    for word in range(MASK_WORDS):
        presses = firms.eligible[i, word] & terms.collects[p, word]
        if firms.customer[i] != LARGE_FIRMS:
            presses &= scarce.measures[p, word]
        elif not scarce.large[p]:
            presses = np.uint64(0)
        if presses != np.uint64(0):
            return True
    return False
