"""The posterior: draws of what is held possible, by how well emulators of them give back what is published.

The walk is that of emcee (Foreman-Mackey et al. 2013) with the proposal of Crank and Nicolson in the space of normal
deviates (Cotter et al. 2013), which leaves the prior as it is and so does not fail for two hundred parameters of which
most are told by nothing. Draws that are run are weighted by how much better or worse the run is than its emulator said.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.study.calibration.observed import Observed
from sim.study.statistics.sparse_polynomials import Emulators
from sim.study.statistics.streams import Stream

Values = NDArray[np.float64]
WALKERS: Final = 256
TUNING: Final = 8  # rounds in which the length of steps is chosen
ROUND: Final = 50  # steps of each
LONG: Final = 20  # times that the walk is to forget where it was, at least
ACCEPTED: Final = 0.25  # of the steps
PIECE: Final = 250  # steps before the first look at how long it remembers; then as many again
WORTH: Final = 0.25  # of their number, that weighted draws are worth at least
HALVINGS: Final = 40
MOST_STEPS: Final = 4_000


class Walked(NamedTuple):
    """Points of the unit cube after a walk; ``memory``: steps that it takes to forget, the mean of the inputs."""

    points: Values
    memory: float
    steps: int
    accepted: float


def walked(
    emulators: Emulators,
    observed: Observed,
    begin: Values,
    stream: Stream,
    walkers: int = WALKERS,
    most_steps: int = MOST_STEPS,
) -> Walked:
    """Draws of the posterior on emulators; ``begin``: points of the unit cube, of which some are where walks begin.

    So many ``walkers`` go side by side, until they have gone ``LONG`` times as far as their memory, or ``most_steps``.
    """
    import emcee
    from scipy.special import ndtr, ndtri
    from threadpoolctl import threadpool_limits

    def log_posterior(places: Values) -> Values:
        fits = observed.log_likelihood(emulators(ndtr(places)), emulators.errors)
        return np.asarray(fits - 0.5 * (places**2).sum(axis=1))

    chosen = begin[(stream.uniform(walkers) * len(begin)).astype(np.intp)]
    places = np.asarray(ndtri(np.clip(chosen, 1e-9, 1.0 - 1e-9)))
    step = 0.2

    def sampler() -> Any:
        made = emcee.EnsembleSampler(
            walkers, places.shape[1], log_posterior, moves=emcee.moves.MHMove(crank_nicolson(step)), vectorize=True
        )
        made.random_state = stream.state()
        return made

    with threadpool_limits(1):
        for _ in range(TUNING):
            tuned = sampler()
            places = tuned.run_mcmc(places, ROUND, skip_initial_state_check=True).coords
            step = float(np.clip(step * np.exp(1.5 * (tuned.acceptance_fraction.mean() - ACCEPTED)), 0.02, 1.0))
        walk, memory = sampler(), np.inf
        while walk.iteration < most_steps and not walk.iteration > LONG * memory:
            from_where = places if walk.iteration == 0 else None
            walk.run_mcmc(from_where, max(PIECE, walk.iteration), skip_initial_state_check=True)
            memory = float(np.mean(walk.get_autocorr_time(quiet=True, tol=0)))
    kept = walk.get_chain(thin=max(1, int(memory)), flat=True)
    return Walked(np.asarray(ndtr(kept)), memory, walk.iteration, float(walk.acceptance_fraction.mean()))


def crank_nicolson(step: float) -> Any:
    """A proposal that keeps normal deviates normal, as emcee takes it; ``step``: 0 (stay) to 1 (forget)."""

    def proposal(places: Values, numbers: Any) -> tuple[Values, Values]:
        moved = np.sqrt(1.0 - step**2) * places + step * numbers.standard_normal(places.shape)
        return moved, 0.5 * ((moved**2).sum(axis=1) - (places**2).sum(axis=1))

    return proposal


class Weights(NamedTuple):
    """Weights of draws, which add up to 1; ``power``: of what runs say beyond their emulators, 1 for all of it."""

    each: Values
    power: float


def weights(observed: Observed, of_runs: Values, of_emulators: Values, errors: Values) -> Weights:
    """Weights of draws that were run: their likelihood over that which the walk had, of emulators and their errors.

    With many targets and few draws a few would have all the weight. So the ratio is raised to the greatest power up to
    1 at which the draws are worth ``WORTH`` of their number. What is missing of a run counts as its emulator.
    """
    of_runs = np.where(np.isnan(of_runs), of_emulators, of_runs)
    gain = observed.log_likelihood(of_runs) - observed.log_likelihood(of_emulators, errors)

    def at(power: float) -> Values:
        raw = np.exp(power * (gain - gain.max()))
        return np.asarray(raw / raw.sum())

    low, high = 0.0, 1.0
    if effective(at(high)) >= WORTH * len(gain):
        return Weights(at(high), high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if effective(at(middle)) >= WORTH * len(gain) else (low, middle)
    return Weights(at(low), low)


def effective(weights: Values) -> float:
    """How many draws of equal weight say as much (Kish)."""
    return float(weights.sum() ** 2 / (weights**2).sum())
