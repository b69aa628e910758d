"""What a measure gives to one firm: the moment of granting, what a payment amounts to, and drawing on a fund.

Masks hold one bit a measure, 64 to a word; :func:`walk` goes through the bits that are set.
"""

import numpy as np

from sim.firm.effects import FAR
from sim.firm.state import (
    APPLIED,
    DECIDED,
    LISTED,
    LONGEST_PROCESSING,
    OF_CREDIT_INCREMENT,
    OF_CREDIT_STOCK,
    OF_DEPOSIT,
    OF_LIVING,
    OF_PREMIUMS_LAST_YEAR,
    OF_RENT,
    OF_SALES,
    OF_UTILITIES,
    OWN_HANDLER,
    PAID,
    PAYMENT,
    PER_FIRM,
    PER_HEAD,
    PER_HIRE,
    REFUSED,
    UNEMPLOYMENT_PREMIUM,
    UNLISTED,
)
from sim.kernels import inlined, kernel, outermost
from sim.ledger import MOVES
from sim.random_numbers import Purpose, exponential, salted
from sim.vocabulary import FLAGS, bit

GRANTED_MOVE = MOVES.index("granted")
VAT_MOVE = MOVES.index("vat_refunded")
DEPOSIT_MOVE = MOVES.index("deposit_returned")
KEY_FIRM = bit(FLAGS, "key_firm")
HANDLING = int(Purpose.HANDLING)

# Position of a single set bit by multiplication with a de Bruijn sequence (Leiserson, Prokop and Randall 1998).
_SEQUENCE = 0x03F79D71B4CB0A89
_POSITION = np.zeros(64, np.int64)
for _place in range(64):
    _POSITION[((_SEQUENCE << _place) & 0xFFFFFFFFFFFFFFFF) >> 58] = _place


# A walk through the bits that are set in a mask: `left = held(...)`, and `while more(left): m, left = next_of(left)`.
# What is left are the word at hand, the word after it and the number of the first bit of the one at hand.


@inlined
def walk(first, second):  # type: ignore[no-untyped-def]
    """The walk through the bits of two words, as they are now."""
    if first == np.uint64(0):
        return second, np.uint64(0), 64
    return first, second, 0


@inlined
def more(left):  # type: ignore[no-untyped-def]
    """Whether any bit is left."""
    return left[0] != np.uint64(0)


@inlined
def next_of(left):  # type: ignore[no-untyped-def]
    """Number of the next bit, a measure or a flow, and what is left after it."""
    word = left[0]
    low = word & (~word + np.uint64(1))
    m = left[2] + _POSITION[np.int64((low * np.uint64(_SEQUENCE)) >> np.uint64(58))]
    word = word & (word - np.uint64(1))
    if word == np.uint64(0):
        return m, (left[1], np.uint64(0), 64)
    return m, (word, left[1], left[2])


# Which measures are in force may differ between prefectures: ``chosen`` are SETS of `sim.firm.effects`, (P, words).


@inlined
def held(i, chosen, firms):  # type: ignore[no-untyped-def]
    """The walk through the measures among ``chosen`` that firm i has been granted."""
    p = firms.prefecture[i]
    return walk(firms.granted[i, 0] & chosen[p, 0], firms.granted[i, 1] & chosen[p, 1])


@inlined
def in_effect(i, masks, chosen, firms, terms):  # type: ignore[no-untyped-def]
    """The walk through the measures among ``chosen`` and ``masks`` (n, MASK_WORDS) for which firm i lacks no fact."""
    missing, p = ~firms.facts[i], firms.prefecture[i]
    first = masks[i, 0] & chosen[p, 0] & ~measures_requiring(missing, 0, terms)
    second = masks[i, 1] & chosen[p, 1] & ~measures_requiring(missing, 1, terms)
    return walk(first, second)


@inlined
def outstanding(i, chosen, firms, terms):  # type: ignore[no-untyped-def]
    """The walk through those of ``chosen`` that firm i qualifies for today and has neither got nor applied for."""
    missing, p = ~firms.facts[i], firms.prefecture[i]
    first = firms.eligible[i, 0] & chosen[p, 0] & ~firms.granted[i, 0] & ~firms.applied[i, 0]
    second = firms.eligible[i, 1] & chosen[p, 1] & ~firms.granted[i, 1] & ~firms.applied[i, 1]
    return walk(first & ~measures_requiring(missing, 0, terms), second & ~measures_requiring(missing, 1, terms))


@inlined
def has_bit(mask, m):  # type: ignore[no-untyped-def]
    """Whether the bit of measure m is set in a mask over measures, shape (MASK_WORDS,)."""
    return (mask[m >> 6] >> np.uint64(m & 63)) & np.uint64(1) == np.uint64(1)


@inlined
def set_bit(masks, i, m):  # type: ignore[no-untyped-def]
    """Set firm i's bit for measure m."""
    masks[i, m >> 6] |= np.uint64(1) << np.uint64(m & 63)


@inlined
def measures_requiring(missing, word, terms):  # type: ignore[no-untyped-def]
    """Word of the measures that ask for a fact among ``missing`` (bits over FACTS): two bytes, one look-up each."""
    return terms.unmet[0, missing & np.uint16(0xFF), word] | terms.unmet[1, missing >> np.uint16(8), word]


@inlined
def round_half_up(amount):  # type: ignore[no-untyped-def]
    """Whole fen of a float, half up."""
    return np.int64(np.floor(amount + 0.5))


@kernel
def payment(i, m, firms, terms, behaviour):  # type: ignore[no-untyped-def]
    """Fen that measure m would pay to firm i today."""
    base = terms.base[m]
    unit = terms.unit[m]
    amount = np.int64(0)
    if base == PER_FIRM:
        amount = round_half_up(unit)
    elif base == PER_HEAD:
        amount = round_half_up(unit * firms.staff[i])
    elif base == PER_HIRE:
        amount = round_half_up(unit * firms.hires[i])
    elif base == OF_SALES:
        amount = round_half_up(unit * firms.usual_sales[i])
    elif base == OF_RENT:
        amount = round_half_up(unit * firms.rent[i])
    elif base == OF_UTILITIES:
        amount = round_half_up(unit * firms.usual_sales[i] * behaviour.utilities[firms.sector[i]])
    elif base == OF_LIVING:
        amount = round_half_up(unit * firms.reservation[i])
    elif base == OF_PREMIUMS_LAST_YEAR:  # at the staff of a usual year
        wages = 12.0 * firms.usual_staff[i] * firms.wage[i] * firms.insured_share[i]
        amount = round_half_up(unit * wages * behaviour.premiums[UNEMPLOYMENT_PREMIUM])
    elif base == OF_CREDIT_STOCK:
        amount = round_half_up(unit * firms.vat_credit[i])
    elif base == OF_CREDIT_INCREMENT:  # what was added to the stock last month
        amount = min(firms.vat_credit[i], round_half_up(unit * credit_increment(i, firms, behaviour)))
    else:
        amount = round_half_up(unit * firms.quality_deposit[i])
    return min(amount, terms.cap[m])


@inlined
def credit_increment(i, firms, behaviour):  # type: ignore[no-untyped-def]
    """Fen of VAT credit that a month adds to firm i's stock."""
    months = behaviour.vat_credit_months[firms.sector[i]] / behaviour.credit_build_up_months
    return float(firms.usual_sales[i]) * months


@kernel
def draw_on_fund(i, m, amount, firms, terms, treasury):  # type: ignore[no-untyped-def]
    """Draw weighted fen on the fund of measure m for firm i; False, and nothing drawn, when it holds too little."""
    if terms.fund[m] < 0:
        return True
    slot = treasury.slot[terms.fund[m], firms.prefecture[i]]
    part = round_half_up(amount * terms.fund_share[m])
    if treasury.level[slot] < part:
        treasury.unmet[slot] += part
        return False
    treasury.level[slot] -= part
    treasury.drawn[slot] += part
    return True


@inlined
def note_help(i, m, month, terms, slots):  # type: ignore[no-untyped-def]
    """Note that measure m, unless it stands for good, gave or put off something of firm i, where fates are wanted."""
    if len(slots.last_helped) > 0 and not terms.standing[m]:
        slots.last_helped[i] = month


@kernel
def pay(i, m, days, month, firms, terms, behaviour, records):  # type: ignore[no-untyped-def]
    """Pay measure m to firm i, ``days`` after it applied, from its fund; -1 when the fund cannot, else the fen paid."""
    books, counts = records.books, records.counts
    amount = payment(i, m, firms, terms, behaviour)
    w = np.int64(firms.weight[i])
    if not draw_on_fund(i, m, amount * w, firms, terms, records.treasury):
        return np.int64(-1)
    base = terms.base[m]
    firms.cash[i] += amount
    if base == OF_CREDIT_STOCK or base == OF_CREDIT_INCREMENT:
        firms.vat_credit[i] -= amount
        books.moved[month, m, VAT_MOVE] += amount * w
    elif base == OF_DEPOSIT:
        firms.quality_deposit[i] -= amount
        books.moved[month, m, DEPOSIT_MOVE] += amount * w
    else:
        firms.profit_this_year[i] += amount  # a subsidy is income; money that was the firm's own is not
        books.moved[month, m, GRANTED_MOVE] += amount * w
    if amount > 0:
        records.slots.given[terms.group[m], i] += amount
        note_help(i, m, month, terms, records.slots)
        counts.firms[month, m, PAID] += w
        counts.days[month, m, PAID] += w * days
    return amount


@kernel
def entitle(i, m, waited, clock, firms, terms, records):  # type: ignore[no-untyped-def]
    """Enter measure m as an entitlement of firm i, who has waited for days; months of a measure it tops up count.

    Rent that has been paid for months which are waived is given back.
    """
    set_bit(firms.granted, i, m)
    records.counts.holders[m, firms.prefecture[i]] += firms.weight[i]
    slot = terms.month_slot[m]
    if slot < 0:
        return
    months, counted_in = np.int64(terms.months[m]), np.int64(0)
    below = terms.tops_up[m]
    if below >= 0 and (firms.granted[i, below >> 6] >> np.uint64(below & 63)) & np.uint64(1):
        counted_in = np.int64(terms.months[below])
    months = max(months - counted_in, np.int64(0))
    if terms.paid_since[m] != FAR:
        begun = np.int64(clock.month) - np.int64(terms.paid_since[m])
        if firms.born_on[i] >= 0:
            begun = min(begun, np.int64((clock.day - firms.born_on[i]) // 30))
        begun = max(begun - counted_in, np.int64(0))
        months -= _give_back_rent(i, m, min(months, begun), waited, clock.month, firms, terms, records)
    records.slots.months_left[slot, i] += months


@kernel
def _give_back_rent(i, m, months, waited, month, firms, terms, records):  # type: ignore[no-untyped-def]
    """Pay firm i the rent of so many months back, a grant; returns the months paid, 0 where the fund holds less."""
    if months <= 0:
        return np.int64(0)
    w = np.int64(firms.weight[i])
    amount = round_half_up(terms.share[m] * firms.rent[i] * months)
    if not draw_on_fund(i, m, amount * w, firms, terms, records.treasury):
        return np.int64(0)
    firms.cash[i] += amount
    firms.profit_this_year[i] += amount
    records.books.moved[month, m, GRANTED_MOVE] += amount * w
    if amount > 0:
        records.slots.given[terms.group[m], i] += amount
        note_help(i, m, month, terms, records.slots)
        records.counts.firms[month, m, PAID] += w
        records.counts.days[month, m, PAID] += w * waited
    return months


@outermost
def find_eligible(firms, counties, sectors, sizes, landlords, flags, entitled):  # type: ignore[no-untyped-def]
    """Set the bit of every measure that each firm qualifies for by its fixed traits.

    ``counties`` (M, C), ``sectors`` (M, S), ``sizes`` (M, Z), ``landlords`` (M, 3) allowed; ``flags`` (M,) all needed.
    ``entitled``: (M + 1, P, Z) weighted firms that qualify, kept here.
    """
    for i in range(len(firms.key)):
        c, s, z, landlord = firms.county[i], firms.sector[i], firms.size[i], firms.landlord[i]
        for m in range(len(flags)):
            if sectors[m, s] and sizes[m, z] and landlords[m, landlord] and counties[m, c]:
                if firms.flags[i] & flags[m] == flags[m]:
                    set_bit(firms.eligible, i, m)
                    entitled[m, firms.prefecture[i], z] += firms.weight[i]


@kernel
def file_case(i, item, ready_on, lane, cases):  # type: ignore[no-untyped-def]
    """Note that firm i files for ``item``; its case joins the queue when all firms of the day have settled."""
    k = cases.filed[0]
    cases.firm[k] = i
    cases.item[k] = item
    cases.ready_on[k] = ready_on
    cases.lane[k] = lane
    cases.filed[0] = k + 1


@kernel
def deliver_automatically(i, clock, firms, terms, behaviour, records):  # type: ignore[no-untyped-def]
    """Give firm i the automatic measures that it qualifies for and does not have yet."""
    counts, month = records.counts, clock.month
    w = np.int64(firms.weight[i])
    left = outstanding(i, terms.automatic, firms, terms)
    while more(left):
        m, left = next_of(left)
        if terms.kind[m] == PAYMENT:
            if terms.base[m] != PER_FIRM and payment(i, m, firms, terms, behaviour) == 0:
                continue  # nothing to pay yet: no premiums, no hire
            if pay(i, m, np.int64(0), month, firms, terms, behaviour, records) < 0:
                if not terms.waits[m]:
                    set_bit(firms.applied, i, m)
                    counts.firms[month, m, REFUSED] += w
                continue
        entitle(i, m, np.int64(0), clock, firms, terms, records)
        counts.firms[month, m, DECIDED] += w


@inlined
def clear_bit(masks, i, m):  # type: ignore[no-untyped-def]
    """Clear firm i's bit for measure m."""
    masks[i, m >> 6] &= ~(np.uint64(1) << np.uint64(m & 63))


@kernel
def apply_for_measures(i, clock, state):  # type: ignore[no-untyped-def]
    """File firm i's applications for what it knows of and qualifies for, at most so many a month.

    Offices that work by list take up its case besides. Awareness: the firm knows of a measure once the share of its
    prefecture and size that does passes the firm's own draw, so no state is kept and more publicity can only make it
    known sooner.
    """
    firms, terms, behaviour, counts = state.firms, state.terms, state.behaviour, state.records.counts
    day, month = clock.day, clock.month
    key, z, p = firms.key[i], firms.size[i], firms.prefecture[i]
    w = np.int64(firms.weight[i])
    filed = 0
    left = outstanding(i, terms.open_to_apply, firms, terms)
    while more(left):
        m, left = next_of(left)
        if not terms.by_list[m]:
            if filed >= behaviour.applications_max or salted(terms.aware_salt[m], key) >= terms.aware[m, p, z]:
                continue
        set_bit(firms.applied, i, m)
        # Whoever is willing to ask for a measure is willing to ask for what tops it up.
        asked = terms.tops_up[m] if terms.tops_up[m] >= 0 else m
        if salted(terms.apply_salt[asked], key) >= take_up(m, z, terms, behaviour):
            continue  # knows of it and will never file
        set_bit(firms.waiting, i, m)
        _file(i, m, day, state)
        counts.firms[month, m, APPLIED] += w
        counts.days[month, m, APPLIED] += w * (day - terms.starts_on[m])
        if not terms.by_list[m]:
            filed += 1


@inlined
def take_up(m, z, terms, behaviour):  # type: ignore[no-untyped-def]
    """Share of the firms of size z who know of measure m that would ever ask for it, or accept it."""
    return terms.take_up[m] if terms.take_up[m] >= 0.0 else behaviour.apply_share[z]


@kernel
def _file(i, m, day, state):  # type: ignore[no-untyped-def]
    """Put the case of firm i before the desk of measure m, or before a handler of its own."""
    firms, terms, ready_day = state.firms, state.terms, state.ready_day
    p = firms.prefecture[i]
    if terms.own_handler[m]:
        took = terms.handling_days[m, p] * exponential(state.seed, HANDLING, firms.key[i], terms.identity[m])
        working_days = min(max(np.int64(np.floor(took + 0.5)), np.int64(1)), np.int64(LONGEST_PROCESSING))
        file_case(i, m, ready_day[day, working_days], OWN_HANDLER, state.cases)
    else:
        lane = LISTED if terms.list_first[m] and (firms.flags[i] & KEY_FIRM) != 0 else UNLISTED
        file_case(i, m, ready_day[day, terms.processing[m, p]], lane, state.cases)
