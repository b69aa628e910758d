"""The counts of clauses hold those alone whose effect says something; nominal ones are told apart."""

from sim.measure import Words
from sim.report.pages.clause_effects import Row, Side, nominal, summary
from sim.report.words.sentences import say

SAID = Words(zh="", en="")
SHOWS, DOES_NOTHING = Side("effect", "", ()), Side("nothing", "", ())
ROWS = [
    Row("I.2.b", SAID, True, (SHOWS, SHOWS)),
    Row("II.1.a", SAID, False, (SHOWS, DOES_NOTHING)),
    Row("I.9.a", SAID, True, (SHOWS, SHOWS)),
]


def test_nominal_clauses_are_in_no_count():
    assert say("en", summary(ROWS, 0)).startswith("Alone: of 1 clauses 1 have a distinguishable effect on firms")
    assert "1 can be removed without any change" in say("en", summary(ROWS, 1))


def test_they_are_named_as_factors_of_assumed_size():
    told = nominal(ROWS)
    assert told is not None
    assert "The effect of 2 more clauses is only a factor of assumed size" in told.en
    assert "in no ranking: I.2.b, I.9.a." in told.en
    assert "I.2.b" in told.zh and "2 条" in told.zh
    assert nominal([ROWS[1]]) is None
