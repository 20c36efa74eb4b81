from __future__ import annotations

import pytest

from app.kit.navigation import Navigator, Place
from app.kit.view_names import ViewName

E = ViewName.EPISODES


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 10
        return self.now


@pytest.fixture
def navigator(qapp: object) -> Navigator:
    return Navigator(Place(ViewName.OVERVIEW), clock=Clock())


def test_back_and_forward_walk_the_places_where_the_person_was(navigator: Navigator) -> None:
    moves: list[Place] = []
    navigator.moved.connect(moves.append)
    navigator.go(Place(E, 1))
    navigator.go(Place(E, 2))
    navigator.back()
    navigator.back()
    navigator.forward()
    assert moves == [Place(E, 1), Place(E, 2), Place(E, 1), Place(ViewName.OVERVIEW), Place(E, 1)]


def test_going_where_one_is_does_nothing(navigator: Navigator) -> None:
    navigator.go(Place(ViewName.OVERVIEW))
    assert not navigator.can_go_back


def test_steps_of_one_episode_share_an_entry(navigator: Navigator) -> None:
    for seq in range(5):
        navigator.go(Place(E, 1, seq))
    navigator.back()
    assert navigator.current == Place(ViewName.OVERVIEW)


def test_a_new_place_forgets_the_way_forward(navigator: Navigator) -> None:
    navigator.go(Place(E, 1))
    navigator.go(Place(E, 2))
    navigator.back()
    navigator.go(Place(ViewName.AUDIT))
    assert not navigator.can_go_forward
    navigator.back()
    assert navigator.current == Place(E, 1)


def test_episodes_passed_in_a_hurry_are_not_places(qapp: object) -> None:
    navigator = Navigator(Place(ViewName.OVERVIEW), clock=lambda: 1.0)
    for episode in range(1, 50):
        navigator.go(Place(E, episode))
    navigator.back()
    assert navigator.current == Place(ViewName.OVERVIEW)


def test_the_history_has_an_end(qapp: object) -> None:
    navigator = Navigator(Place(E, 0), limit=3, clock=Clock())
    for episode in range(1, 10):
        navigator.go(Place(E, episode))
    for _ in range(10):
        navigator.back()
    assert navigator.current == Place(E, 7)


def test_a_place_is_shown_again_where_one_is(navigator: Navigator) -> None:
    moves: list[Place] = []
    destination = Place(ViewName.PROTOTYPES, 1, prototype_id=7)
    navigator.moved.connect(moves.append)
    navigator.show(destination)
    navigator.show(destination)
    assert moves == [destination, destination]
    navigator.back()
    assert navigator.current == Place(ViewName.OVERVIEW)
