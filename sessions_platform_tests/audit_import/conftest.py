from pathlib import Path

import pytest

from sessions_platform_tests.audit_import.support import Home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)
