from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.episodes.conversation.heights import Heights

column = st.lists(st.integers(1, 500), min_size=1, max_size=1200)


@given(column, st.data())
def test_a_card_is_found_where_it_begins_and_ends(heights: list[int], data: st.DataObject) -> None:
    cards = Heights(heights)
    position = data.draw(st.integers(0, len(heights) - 1))
    assert cards.top(position) == sum(heights[:position])
    assert cards.covering(cards.top(position)) == position
    assert cards.covering(cards.top(position) + heights[position] - 1) == position


@given(column, st.data())
def test_a_changed_height_moves_all_that_follow(heights: list[int], data: st.DataObject) -> None:
    cards = Heights(heights)
    position = data.draw(st.integers(0, len(heights) - 1))
    assert cards.change(position, 777) == 777 - heights[position]
    heights[position] = 777
    assert cards.total == sum(heights)
    assert cards.top(len(heights) - 1) == sum(heights[:-1])


def test_beyond_the_ends_are_the_first_and_last_card() -> None:
    cards = Heights([10, 20, 30])
    assert cards.covering(-5) == 0
    assert cards.covering(60) == 2
    assert Heights().covering(10) == 0
