"""Comparisons of cohorts, paired runs, many segments, and trends: what figures of sessions allow to say.

Pure functions over arrays, on numpy, scipy and statsmodels: no distribution is written by hand. Neither SQL, nor files,
nor Dagster belong here; `from_file` alone knows the published tables, and reads them through whoever it is given.
scipy and statsmodels take seconds to import, so every module imports them where they are used. docs/statistics.md says
what the verdicts mean and what was measured.
"""
