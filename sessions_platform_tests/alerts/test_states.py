"""When a rule fires and resolves: figures in, events out, whatever the figures are and whenever one is stopped."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from sessions_platform.alerts.rules import Rule, parse_rules
from sessions_platform.alerts.states import Event, Figure, Reading, next_event, reading


def rule(threshold: str = "below 0.9", resolve_at: object = 0.95, **more: object) -> Rule:
    keys = {"metric": "success_rate", "window": "7d", "minimum_n": 10, "resolve_at": resolve_at, **more}
    lines = [f"threshold: {threshold}", *(f"{key}: {value}" for key, value in keys.items() if value is not None)]
    (made,) = parse_rules("alerts:\n- name: r\n  " + "\n  ".join(lines), "f")
    return made


def figure(value: float | None, n: int = 100, expected: float | None = None, *, outside: bool = True) -> Figure:
    return Figure("2026-11-03", value, n, expected=expected, outside=outside)


def events(made: Rule, readings: Sequence[Reading]) -> list[Event | None]:
    """Look at dates one after the other, as often as the test asks for a date."""
    firing, found, before = False, [], list[Reading]()
    for one in readings:
        before.insert(0, one)
        event = next_event(made, firing, before)
        firing = firing if event is None else event == "fired"
        found.append(event)
    return found


def test_a_value_below_fires_one_between_changes_nothing_and_one_at_resolve_at_resolves():
    said = [reading(rule(), figure(value)) for value in (0.89, 0.9, 0.92, 0.95, 1.0)]
    assert said == ["past", "between", "between", "clear", "clear"]
    above = rule("above 0.5", 0.4)
    assert [reading(above, figure(value)) for value in (0.51, 0.5, 0.41, 0.4)] == [
        "past",
        "between",
        "between",
        "clear",
    ]


def test_without_resolve_at_a_value_at_the_threshold_is_clear():
    bare = rule("above 0", None)
    assert [reading(bare, figure(value)) for value in (1.0, 0.0)] == ["past", "clear"]


def test_a_drop_fires_only_where_it_is_large_and_beyond_what_chance_leaves():
    drop = rule("drop of 0.1", 0.05)
    assert reading(drop, figure(0.8, expected=0.9)) == "past"
    assert reading(drop, figure(0.8, expected=0.9, outside=False)) == "between"
    assert reading(drop, figure(0.82, expected=0.9)) == "between"
    assert reading(drop, figure(0.86, expected=0.9)) == "clear"
    assert reading(drop, figure(0.99, expected=0.9)) == "clear"
    assert reading(drop, figure(0.5)) == "not enough data"


def test_a_rise_in_percent_is_a_share_of_what_was_expected():
    rise = rule("rise of 30%", "15%", metric="cost")
    said = [reading(rise, figure(value, expected=2.0)) for value in (2.6, 2.5, 2.3, 1.0)]
    assert said == ["past", "between", "clear", "clear"]
    assert reading(rise, figure(2.6, expected=0.0)) == "not enough data"


def test_too_few_sessions_neither_fire_nor_resolve():
    assert reading(rule(), figure(0.1, n=9)) == reading(rule(), figure(None)) == "not enough data"
    assert events(rule(), ["not enough data", "past", "not enough data", "clear"]) == [None, "fired", None, "resolved"]


def test_it_fires_and_resolves_only_after_as_many_dates_in_a_row():
    slow = rule(fire_after=2, resolve_after=3)
    said: list[Reading] = ["past", "between", "past", "past", "clear", "clear", "between", "clear", "clear", "clear"]
    assert events(slow, said) == [None, None, None, "fired", None, None, None, None, None, "resolved"]


READINGS: st.SearchStrategy[list[Reading]] = st.lists(
    st.sampled_from(["past", "between", "clear", "not enough data"]), max_size=60
)


@given(READINGS, st.integers(1, 3), st.integers(1, 3))
def test_events_alternate_begin_with_fired_and_each_stands_where_the_rule_says(readings, fire_after, resolve_after):
    made = rule(fire_after=fire_after, resolve_after=resolve_after)
    found = events(made, readings)
    told = [one for one in found if one]
    assert told == (["fired", "resolved"] * len(told))[: len(told)]
    for place, event in enumerate(found):
        run, word = (fire_after, "past") if event == "fired" else (resolve_after, "clear")
        assert event is None or readings[place + 1 - run : place + 1] == [word] * run


@given(st.lists(st.floats(0.9, 0.9499), max_size=40), st.booleans())
def test_nothing_flaps_inside_the_band(values, firing):
    made = rule()
    assert all(next_event(made, firing, [reading(made, figure(value))]) is None for value in values)


@given(READINGS.filter(bool), st.booleans())
def test_a_look_repeated_after_a_restart_finds_nothing_a_second_time(readings, firing):
    made = rule()
    event = next_event(made, firing, readings)
    if event is not None:
        assert next_event(made, event == "fired", readings) is None
