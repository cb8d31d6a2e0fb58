"""Regressions: versions, models, tools and agents whose sessions fail more than matched ones, alone or two together."""

from sessions_platform.analysis.draft import Analysis

NAME: Analysis = "regressions"
TITLE = "Regressions"
EMPTY = "No version, model, tool or agent fails more than its like."
