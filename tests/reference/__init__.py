"""The oracle: the model of ``docs/model.md`` once more, as plainly as it can be said.

One SimPy process a firm, one event at a time, whole numbers, loops and conditions. It shares with the engine what goes
in (scenario, parameters, world, first population, chance) and nothing of what happens then; ``test_agreement.py`` holds
the two together, firm by firm, month by month, fen by fen.

Where a section of the document is found:

    3      oracle, province     who acts when, what all share
    6      world                what happens to everybody, as lists
    7.1-2  month, contracts     sales, facts; what of contracts is prepaid, delivered, and costs work
           claims, debtors      what is collected, falls overdue, is lost; arrears as debts, and who pays them
    7.3    bills                what falls due
    7.4    entitlements         relief, deferral, payments, filing; policy says what measures say on a day
    7.5    payment              the order of creditors
    7.6    credit, banks        loans
    7.7    staff                who is let go and taken on
    7.8    owner, leaving       what an owner expects to earn; why a firm leaves, and who loses
    7.10   outbreak, helpers    closure and restart; supervisors, liaison officers, counters
           market               activity, local demand, crowding, orders, people to hire, how customers pay and fail
    7.11   publicity, offices   knowing; desks, handlers and meetings
           helpers              complaints
           tenders              public buyers, before the first day too (section 5)
    7.12   books                the ledger, funds, stations
    8      monitor, outcomes    counts and outcomes

``comparison`` and ``tables`` put both runs side by side, ``drawn`` draws scenarios that nobody wrote.
"""
