"""Failure modes: what checks saw go wrong, where it is concentrated, and that its sessions fail more than their like.

All of it is groups of labels; nothing is added here.
"""

from sessions_platform.analysis.draft import Analysis

NAME: Analysis = "failure_modes"
TITLE = "Failure modes"
EMPTY = "No failure mode stood out beyond what chance and use explain."
