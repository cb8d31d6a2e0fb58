"""Worlds and patterns of other makes, each a package with `WORLDS` and `PATTERNS` that knows nothing of the others.

Rules were looked at with these too, but with no word list made for them.
"""

MAKES = ("alder", "birch", "cedar")
