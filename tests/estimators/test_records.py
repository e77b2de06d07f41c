"""The rule by which a training has converged is scikit-learn's, over all calls."""

from __future__ import annotations

from math import inf, nan

from hypothesis import example, given
from hypothesis import strategies as st

from hassenet.estimators.record import Record

NUMBERS = st.floats(-2, 2)
EPOCHS = st.lists(st.tuples(NUMBERS, st.one_of(NUMBERS, st.just(nan))), min_size=1, max_size=12)


class Written:
    """Its ``_update_no_improvement_count``, written out."""

    def __init__(self):
        self.best_loss, self.best_score, self.count = inf, -inf, 0

    def add(self, loss, score, tol, by_score):
        idle = score < self.best_score + tol if by_score else loss > self.best_loss - tol
        self.count = self.count + 1 if idle else 0
        self.best_score = score if score > self.best_score else self.best_score
        self.best_loss = min(loss, self.best_loss)


@given(calls=st.lists(st.tuples(EPOCHS, st.booleans()), min_size=1, max_size=3), tol=st.floats(0, 1))
@example(calls=[([(1.0, 0.5), (1.0, nan), (1.0, 0.5)], True)], tol=0.1)
@example(calls=[([(1.0, 0.5), (1.0, 0.5)], True), ([(1.0, 0.5)], False)], tol=0.1)
def test_idle_epochs_and_the_best_are_those_of_scikit_learn(calls, tol):
    record, written = Record(), Written()
    for epochs, by_score in calls:
        record = record.continued(tol, by_score=by_score)
        for loss, score in epochs:
            record.add(loss, score)
            written.add(loss, score, tol, by_score)
            assert record.monitored.idle == written.count
    assert (record.best_loss, record.best_score) == (written.best_loss, written.best_score)
