"""Platform comparison: platforms that fail more than others on the same mix of tasks and versions."""

from sessions_platform.analysis.draft import Analysis

NAME: Analysis = "platforms"
TITLE = "Platforms"
EMPTY = "On the same mix of tasks no platform fails more than the others."
