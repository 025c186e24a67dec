"""What is made of an object that never changes is made once for it, and goes with it."""

import gc

from geo.ui.kept_answers import once


class Plan:
    """Stands for what others ask about."""


def test_made_once_for_each_object_and_name():
    made = []

    def make(what):
        made.append(what)
        return what

    first, second = Plan(), Plan()
    for _ in range(2):
        assert once(first, "a", lambda: make("first a")) == "first a"
        assert once(first, "b", lambda: make("first b")) == "first b"
        assert once(second, "a", lambda: make("second a")) == "second a"
    assert made == ["first a", "first b", "second a"]


def test_what_is_made_is_freed_with_its_object():
    freed = []

    class Answer:
        def __del__(self):
            freed.append(True)

    plan = Plan()
    once(plan, "answer", Answer)
    assert not freed
    del plan
    gc.collect()
    assert freed
