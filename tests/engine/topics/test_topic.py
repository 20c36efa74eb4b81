from __future__ import annotations

from hpm_engine.topics.sayings import Sayings, saying
from hpm_engine.topics.stop_words import LINKS, STOP_WORDS
from hpm_engine.topics.topic import NameFit, Topic, name_fit, named

SHOP = {
    1: ("shop/api", "Discount rounding in the basket is off by a cent"),
    2: ("shop/api", "The basket forgets its discount rounding after a reload"),
    3: ("shop/api", "Discount rounding in the basket for vouchers"),
    4: ("shop/web", "Dark mode for the settings page"),
    5: ("shop/web", "Because something is wrong again, please look at dark mode"),
    6: ("shop/web", "Settings page in dark mode has white scroll bars"),
}


def name_of(*episodes: int, taken: set[str] | None = None, terms: tuple[str, ...] = ()) -> Topic:
    return named(dict.fromkeys(episodes, 1.0), Sayings(SHOP), terms, taken or set(), True)


def test_a_topic_is_what_its_users_asked_and_others_did_not() -> None:
    assert name_of(1, 2, 3).name == "api: Discount rounding"
    assert name_of(4, 5, 6).name == "web: Dark mode"


def test_a_project_stands_before_it_only_where_most_of_the_memories_are_of_it() -> None:
    assert name_of(1, 4, 5).project == "web"
    assert name_of(1, 2, 4, 5).project in ("api", "web")
    sayings = Sayings(SHOP | {7: ("third", "Dark mode"), 8: ("fourth", "Dark mode")})
    assert named(dict.fromkeys((4, 7, 8), 1.0), sayings, (), set(), True).name == "Dark mode"
    assert named(dict.fromkeys((1, 2, 3), 1.0), sayings, (), set(), False).project == ""


def test_no_two_have_the_same_name() -> None:
    taken: set[str] = set()
    for _ in range(60):
        topic = name_of(1, 2, 3, taken=taken)
        assert topic.name.casefold() not in taken
        taken.add(topic.name.casefold())


def test_a_title_begins_and_ends_with_a_word_that_tells() -> None:
    taken: set[str] = set()
    for _ in range(20):
        topic = name_of(4, 5, 6, taken=taken)
        taken.add(topic.name.casefold())
        for part in topic.title.split(", "):
            words = part.casefold().split()
            assert words[0] not in STOP_WORDS and words[-1] not in STOP_WORDS
            assert not set(words) & (STOP_WORDS - LINKS)
            assert len(topic.title.split()) <= 6


def test_where_nobody_asked_anything_it_is_told_by_the_words_of_its_steps() -> None:
    silent = Sayings({1: ("shop/api", ""), 2: ("web", "")})
    topic = named({1: 1.0}, silent, ("because", "ledger", "invoice"), {"api: ledger"}, True)
    assert topic.name == "api: invoice"
    assert named({1: 1.0}, silent, (), {"api 2"}, True).name == "api 3"


def test_what_was_asked_right_before_its_memories_counts_as_well() -> None:
    asks = [saying("", "Explain the currency table of the importer")] * 4
    topic = named({1: 1.0}, Sayings(SHOP), (), set(), True, asks)
    assert "currency table" in topic.title


def stays(topic: Topic, shares: dict[int, float], sayings: Sayings) -> bool:
    return name_fit(topic, shares, sayings).stays


def test_a_name_stays_until_nobody_says_it_any_more() -> None:
    sayings = Sayings(SHOP)
    topic = name_of(1, 2, 3)
    assert stays(topic, {1: 1.0, 2: 1.0}, sayings)
    assert stays(topic, {1: 1.0, 2: 1.0, 4: 1.0}, sayings)
    assert not stays(topic, {4: 1.0, 5: 1.0, 6: 1.0}, sayings)
    assert not stays(Topic(), {1: 1.0}, sayings)


def test_a_name_of_a_project_goes_when_the_project_is_a_small_part() -> None:
    topic = name_of(1, 2, 3)
    sayings = Sayings(SHOP | {7: ("third", "Discount rounding"), 8: ("fourth", "Discounts")})
    assert stays(topic, {1: 1.0, 7: 1.0, 8: 1.0}, sayings)
    assert not stays(topic, {1: 1.0, 4: 2.0}, sayings), "it is of another project now"
    assert not stays(topic, {7: 1.0, 8: 1.0}, sayings)


def test_a_name_that_was_made_from_later_asks_is_judged_by_them() -> None:
    asks = [saying("", "Explain the currency table of the importer")] * 4
    sayings = Sayings(SHOP)
    topic = named({1: 1.0}, sayings, (), set(), True, asks)
    assert name_fit(topic, {1: 1.0}, sayings, asks).stays
    assert name_fit(topic, {1: 1.0}, sayings).share < name_fit(topic, {1: 1.0}, sayings, asks).share


def test_a_name_yields_only_to_one_that_is_much_better() -> None:
    few = NameFit(elsewhere=False, share=0.08, least=0.1)
    assert not few.stays
    assert not few.yields_to(Topic("bulk create", share=0.35))
    assert few.yields_to(Topic("Square Park", share=0.45))
    assert NameFit(elsewhere=True, share=0.4, least=0.1).yields_to(Topic("other", share=0.1))
    assert NameFit(elsewhere=False, share=0.0, least=0.1).yields_to(Topic("any", share=0.0))


def test_it_is_looked_at_again_when_it_holds_half_as_many_again() -> None:
    topic = name_of(1, 2, 3).seen(10)
    assert not topic.is_due(14) and topic.is_due(15)
    assert Topic().is_due(1)
