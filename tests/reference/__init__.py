"""The oracle: the model of ``docs/model.md`` once more, as plainly as it can be said.

One SimPy process a firm, one event at a time, whole numbers, loops and conditions. It shares with the engine what goes
in (scenario, parameters, world, first population, luck) and nothing of what happens then; the tests beside it hold the
two together, firm by firm, month by month, fen by fen.
"""
