"""Whether fitting finds what is known: simulation-based calibration (Talts et al. 2018) on the emulators.

Parameters are drawn from the prior, what would be published of them is made up with the very uncertainties that are
assumed, and the posterior is found as for what was really published. Over many such sets the ranks of the true values
among the draws are uniform, and an interval that says 90 percent holds 90 percent of them - or fitting is wrong.
Data are made up by the emulators themselves, which tries the walk and the likelihood, or by runs of the model, which
tries the emulators and what they say of their errors too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.study.calibration.observed import FREEDOM, Observed
from sim.study.calibration.posterior import walked
from sim.study.statistics.sparse_polynomials import Emulators
from sim.study.statistics.streams import Stream

Values = NDArray[np.float64]
RANKS: Final = 100  # draws that a true value is ranked among
STEPS: Final = 1_000  # of a walk, at most
WALKERS: Final = 64
FIRST_STREAM: Final = 2_000
RUNS_STREAM: Final = 4_000


def coverage(emulators: Emulators, observed: Observed, inputs: int, sets: int, seed: int, workers: int = 1) -> Values:
    """Ranks from 0 to ``RANKS`` of true values among draws of the posterior: a row a set, a column an input.

    Data are made up by the emulators at points of the prior.
    """
    from joblib import Parallel, delayed

    jobs = (delayed(_of_emulators)(emulators, observed, inputs, Stream(seed, FIRST_STREAM + k)) for k in range(sets))
    return np.array(Parallel(n_jobs=workers)(jobs), np.float64).reshape(sets, inputs)


def coverage_of_runs(
    emulators: Emulators, observed: Observed, points: Values, values: Values, sets: int, seed: int, workers: int = 1
) -> Values:
    """As :func:`coverage`, of data that runs of the model made up.

    ``points``: draws of the prior that were run; ``values``: what the runs gave on the scales of the targets, missing
    where nothing was read; the first ``sets`` of them are taken. ``emulators``: with their errors over the prior.
    """
    from joblib import Parallel, delayed

    jobs = (
        delayed(_of_a_run)(emulators, observed, points[k : k + 1], values[k], Stream(seed, RUNS_STREAM + k))
        for k in range(min(sets, len(points)))
    )
    return np.array(Parallel(n_jobs=workers)(jobs), np.float64).reshape(-1, points.shape[1])


def _of_emulators(emulators: Emulators, observed: Observed, inputs: int, stream: Stream) -> Values:
    """Of one set of data made up."""
    true = stream.uniform(1, inputs)
    return _ranks(emulators, _published(observed, emulators(true)[0], emulators.errors, stream), true, stream)


def _of_a_run(emulators: Emulators, observed: Observed, true: Values, values: Values, stream: Stream) -> Values:
    """Of what a run gave. The chance of its sample is in it, and what its emulator misses."""
    there = ~np.isnan(values)
    known = Emulators([one for one, is_there in zip(emulators.each, there, strict=True) if is_there])
    lived = replace(observed.only(there), chance=np.zeros(int(there.sum())))
    made_up = replace(_published(lived, values[there], 0.0, stream), chance=observed.chance[there])
    return _ranks(known, made_up, true, stream)


def _ranks(emulators: Emulators, made_up: Observed, true: Values, stream: Stream) -> Values:
    """Where the true values lie among draws of the posterior."""
    inputs = true.shape[1]
    begin = stream.uniform(WALKERS, inputs)
    points = walked(emulators, made_up, begin, stream, WALKERS, STEPS).points
    chosen = points[stream.chosen(len(points), RANKS)]
    return np.asarray((chosen < true).sum(axis=0), np.float64)


def _published(observed: Observed, values: Values, errors: Values | float, stream: Stream) -> Observed:
    """What would be published where ``values`` hold; with as much uncertainty on either side."""
    from scipy.special import stdtrit

    side = (observed.below + observed.above) / 2
    even = replace(observed, below=side, above=side)
    luck = np.asarray(stdtrit(FREEDOM, stream.uniform(len(values))))
    return replace(even, published=values + luck * even.deviation(values, errors))
