"""The scorecard: weeks of made sessions in which it is known what goes wrong, and what the weekly analysis finds there.

What belongs here: worlds and how sessions run in them (worlds, course, recorder), what is planted (patterns, heldout),
which plants a week gets (plan), writing it as the platform's own store (store, build), and scoring (matching, checking,
baselines, running, scoring, page). What does not: anything of the analysis. This package knows the format of sessions
and the published tables, and nothing of how findings are made; nobody who tunes the analysis reads `heldout`.
"""
