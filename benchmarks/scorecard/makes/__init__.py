"""Worlds and patterns of other makes, each a package with `WORLDS` and `PATTERNS` that knows nothing of the others."""
