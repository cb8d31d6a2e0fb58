"""The weekly analysis: facts of a week from the published file, and the report on them.

Here so far: `facts` (SQL, no model) and `report` (plain Markdown). What assets do with them is in `assets.weekly`.
"""
