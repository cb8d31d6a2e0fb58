"""`python -m sessions_platform`."""

from sessions_platform.cli import main

main()
