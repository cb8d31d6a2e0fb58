"""Capability gaps: rights, tools and arguments that the agent lacks, and plans that it could not carry out.

Groups of the checks whose kind in the catalog says so; nothing is added here.
"""

from sessions_platform.analysis.draft import Analysis

NAME: Analysis = "capability_gaps"
TITLE = "Capability gaps"
EMPTY = "No gap stood out beyond what chance and use explain."
