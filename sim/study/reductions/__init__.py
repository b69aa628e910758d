"""What is kept of one run beside its tables: sums, costs, exits, and how the firms of a baseline ended.

A worker takes it from a run's result, and of a run that is paired with a baseline from the ends of the baseline's firms
under the same random numbers. What is kept is small; the firms themselves are kept nowhere. What is computed over
replications is in ``sim/study/comparison/``. A change in this room makes kept runs stale
(``sim/study/runs/manifest.py``).
"""
