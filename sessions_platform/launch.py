"""Become a server: `python -m sessions_platform.launch PARENT SCRIPT ...` (or PARENT -m MODULE ...).

The kernel is asked to end this process with its parent (Linux), so that a killed demo or test leaves no server behind;
then the process turns into SCRIPT and keeps its id.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Sequence

_PR_SET_PDEATHSIG = 1


def main(arguments: Sequence[str]) -> None:
    """Turn into the script."""
    parent, script, *rest = arguments
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != int(parent):
            # The parent died before the kernel was asked.
            raise SystemExit(1)
    os.execv(sys.executable, [sys.executable, script, *rest])  # noqa: S606 - no shell, our own words


if __name__ == "__main__":
    main(sys.argv[1:])
