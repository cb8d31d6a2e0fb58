"""Where the real sample sessions lie, for the tests that measure against them. They are never copied in here."""

from pathlib import Path

import pytest

SAMPLE = Path(__file__).parents[2] / "shared" / "sample"

needs_sample = pytest.mark.skipif(
    not SAMPLE.is_dir(), reason="the sample of real sessions does not stand beside this checkout (../shared/sample)"
)
