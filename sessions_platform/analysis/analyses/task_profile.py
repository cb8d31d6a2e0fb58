"""Task profile: which tasks there are, how many turns they take, how often they fail or are given up.

The profile itself is facts (`tasks`); a task becomes a finding where it fails more than tasks differ by nature.
"""

from sessions_platform.analysis.draft import Analysis

NAME: Analysis = "task_profile"
TITLE = "Tasks"
EMPTY = "No task fails more than tasks differ by nature."
