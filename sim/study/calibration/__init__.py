"""Calibration: which parameters targets can tell, which worlds they rule out, and what is left, as weighted draws.

From below: what is observed of each target and how uncertain (``observed``, ``discrepancy``), emulators and what they
say of parameters (``screening``), waves of history matching (``waves``), a posterior on what is left (``posterior``),
whether that way finds what is known (``coverage``), and tables (``tables``). What is kept of it is read by
``sim.study.designs.posterior``.
"""
