"""The rate of each step is the formula of its schedule."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest

from hassenet import testing as ht
from hassenet.errors import ParameterError
from hassenet.hierarchy import Hierarchy
from hassenet.network import Network
from hassenet.optimizers import SGD
from hassenet.schedules import Adaptive, Constant, Cosine, InverseScaling, OneCycle, Run, Schedule
from hassenet.training import fit

NET = Network(Hierarchy.complete(2, 1), dtype="float64")
X, Y = ht.random_array(20, 2, seed=0), ht.random_array(20, 1, seed=1)


def epoch_rates(schedule, epochs=4, batch_size=5, **options):
    run = fit(NET, X, Y, optimizer=SGD(schedule), batch_size=batch_size, epochs=epochs, **options)
    return [row.rate for row in run.history]


def test_a_number_given_as_a_schedule_is_a_constant_rate():
    assert epoch_rates(0.1) == epoch_rates(Constant(0.1)) == [0.1] * 4


def test_inverse_scaling_divides_by_a_power_of_the_examples_seen_before_the_epoch():
    np.testing.assert_allclose(
        epoch_rates(InverseScaling(0.1)), [0.1 / (1 + 20 * e) ** 0.5 for e in range(4)]
    )
    np.testing.assert_allclose(
        epoch_rates(InverseScaling(0.1, power=0.25)), [0.1 / (1 + 20 * e) ** 0.25 for e in range(4)]
    )


def test_cosine_goes_from_the_rate_to_the_last_rate_along_half_a_wave():
    t = np.arange(101)
    found = Cosine(0.2, final=0.02).rates(t, Run(10, 10, 50))
    np.testing.assert_allclose(found, 0.02 + 0.18 * (1 + np.cos(np.pi * t / 100)) / 2)
    assert found[0] == 0.2
    assert found[-1] == pytest.approx(0.02)


def test_cosine_after_a_warm_up_rises_in_a_line_first():
    found = Cosine(0.2, warmup=0.2).rates(np.arange(101), Run(10, 10, 50))
    np.testing.assert_allclose(np.diff(found[:21]), 0.2 / 20)
    assert found.argmax() == 20
    assert (np.diff(found[20:]) < 0).all()


def test_one_cycle_rises_to_its_rate_and_falls_below_where_it_started():
    found = OneCycle(0.5).rates(np.arange(101), Run(10, 10, 50))
    assert found.argmax() == 30
    assert found.max() == pytest.approx(0.5)
    assert (np.diff(found[:31]) > 0).all()
    assert (np.diff(found[30:]) < 0).all()
    assert found[-1] < found[0] < 0.5


def test_the_steps_of_a_training_take_their_rates_in_order():
    schedule = Cosine(0.1)
    run = fit(NET, X, Y, optimizer=SGD(schedule), batch_size=5, epochs=3, shuffle=False)
    theta = NET.theta
    from hassenet.training.objective import gradient

    for t, rate in enumerate(schedule.rates(np.arange(12), Run(4, 3, 20))):
        rows = slice(t % 4 * 5, t % 4 * 5 + 5)
        theta = theta - rate * gradient(NET.with_theta(theta), X[rows], Y[rows]).gradient.vector
    np.testing.assert_allclose(run.network.theta, theta, rtol=1e-10)


def rate_after(monitored, **options):
    return float(Adaptive(1.0, **options).rates(np.array([0]), Run(1, 100, 10, tuple(monitored)))[0])


def test_an_adaptive_rate_is_divided_after_more_than_patience_epochs_without_progress():
    flat = [1.0] * 4  # the first is progress, three are not
    assert rate_after(flat[:3], patience=2) == 1.0
    assert rate_after(flat, patience=2) == pytest.approx(0.2)
    assert rate_after(flat, patience=2, factor=2.0) == pytest.approx(0.5)


def test_progress_below_the_tolerance_does_not_count():
    slow = [1 - 0.001 * k for k in range(4)]
    assert rate_after(slow, patience=2, tol=0.01) == pytest.approx(0.2)
    assert rate_after(slow, patience=2, tol=0.0001) == 1.0


def test_the_wait_starts_anew_after_a_division_and_after_progress():
    assert rate_after([1.0] * 6, patience=2) == pytest.approx(0.2)
    assert rate_after([1.0] * 7, patience=2) == pytest.approx(0.04)
    assert rate_after([1, 1, 1, 0.5, 0.5, 0.5], patience=2) == 1.0


def test_training_ends_when_an_adaptive_rate_falls_below_its_minimum():
    run = fit(NET, X, Y, optimizer=SGD(Adaptive(1e-12, patience=1, tol=1.0, minimum=1e-13)), epochs=100)
    assert run.stopped == "rate"
    rates = [row.rate for row in run.history]
    assert min(rates) == pytest.approx(1e-12 / 25)
    assert len(rates) < 10


@pytest.mark.parametrize("kind", [Constant, InverseScaling, Adaptive, Cosine, OneCycle])
@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, np.inf, True, None])
def test_a_rate_that_is_not_a_finite_number_above_0_is_refused(kind, rate):
    with pytest.raises(ParameterError, match="rate is a finite number above 0"):
        kind(rate)


@pytest.mark.parametrize(
    "make",
    [lambda: Adaptive(0.1, factor=1.0), lambda: Cosine(0.1, warmup=1.0), lambda: OneCycle(0.1, warmup=-0.1)],
)
def test_a_shape_of_a_schedule_outside_its_domain_is_refused(make):
    with pytest.raises(ParameterError, match="got"):
        make()


@pytest.mark.parametrize(
    "schedule", [Constant(0.1), InverseScaling(0.1), Adaptive(0.1), Cosine(0.1, 0.01, 0.1), OneCycle(0.1)]
)
def test_every_rate_of_a_training_is_positive_and_at_most_the_given_one(schedule):
    rates = schedule.rates(np.arange(1, 40), Run(4, 10, 20, (1.0,) * 9))
    assert (rates > 0).all()
    assert (rates <= 0.1 + 1e-15).all()


# ------------------------------------------------------------------ epochs and batches of several sizes


def inverse_scaling_in_parts(sizes, batch_size, **options):
    """Return the rate of an epoch on each of several parts, one after the other."""
    net, state, rates = NET, None, []
    for m, size in zip(sizes, batch_size, strict=True):
        run = fit(
            net,
            X[:m],
            Y[:m],
            optimizer=SGD(InverseScaling(0.1)),
            batch_size=size,
            epochs=1,
            state=state,
            **options,
        )
        net, state = run.network, run.state
        rates.append(run.history[-1].rate)
    return rates


@pytest.mark.parametrize("batch_size", [(5,) * 4, (3, 20, 1, 7)])
def test_inverse_scaling_counts_the_examples_that_were_seen_whatever_the_parts(batch_size, engine):
    sizes = (4, 20, 1, 13)
    seen = np.cumsum((0, *sizes[:-1]))
    found = inverse_scaling_in_parts(sizes, batch_size, engine=engine)
    np.testing.assert_allclose(found, 0.1 / (1 + seen) ** 0.5)


@dataclass(frozen=True)
class ByStep(Schedule):
    """A schedule of a user's own, by the number of the step."""

    def rates(self, steps, run):
        return 1 / (10.0 + steps)


def test_steps_are_counted_as_they_were_taken_whatever_the_batches():
    first = fit(NET, X, Y, optimizer=SGD(ByStep()), batch_size=20, epochs=3)
    second = fit(first.network, X, Y, optimizer=SGD(ByStep()), batch_size=2, epochs=1, state=first.state)
    assert [row.rate for row in first.history] == [1 / 10, 1 / 11, 1 / 12]
    assert second.history[-1].rate == 1 / (10 + 3 + 9)


@pytest.mark.parametrize("schedule", [Cosine(0.1, epochs=6), OneCycle(0.1, warmup=0, epochs=6)])
def test_a_rate_over_a_number_of_epochs_falls_whatever_the_size_of_each(schedule):
    net, state, rates = NET, None, []
    for m, size in [(20, 20), (3, 1), (20, 4), (1, 1), (20, 2), (7, 2)]:
        run = fit(net, X[:m], Y[:m], optimizer=SGD(schedule), batch_size=size, epochs=1, state=state)
        net, state = run.network, run.state
        rates.append(run.history[-1].rate)
    assert (np.diff(rates) < 0).all()
    assert 0 < rates[-1] < 0.05


def test_a_state_of_an_earlier_version_counts_epochs_of_one_size():
    optimizer = SGD(InverseScaling(0.1))
    first = fit(NET, X, Y, optimizer=optimizer, batch_size=5, epochs=2)
    older = replace(first.state, seen=None, size=None, data=None)
    rates = [
        fit(first.network, X, Y, optimizer=optimizer, batch_size=5, epochs=2, state=state).column("rate")
        for state in (older, first.state)
    ]
    np.testing.assert_array_equal(*rates)
