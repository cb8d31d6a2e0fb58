"""Generated requests over the API's own description: never a mistake of the server, and every answer as described."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sessions_platform.api.app import create_app
from sessions_platform.loopback import LoopbackServer
from sessions_platform.statistics import libraries
from sessions_platform_tests.api.conftest import installation, settings_of

OPERATIONS = 16
ANSWERED: Counter[int] = Counter()
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
# The description needs no file, and is the same for every installation.
schema = schemathesis.openapi.from_dict(create_app(settings_of(Path("/nowhere"))).openapi())


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = installation(tmp_path_factory.mktemp("generated")).home
    libraries.load()  # as a server does before its first request
    with LoopbackServer(create_app(settings_of(home)), name="api") as server:
        yield server.url
    assert ANSWERED[200] > 50, "hardly any generated request was a good one"


def check(case: schemathesis.Case, url: str) -> None:
    answer = case.call(base_url=url)
    ANSWERED[answer.status_code] += 1
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    if answer.status_code >= 400:
        assert list(answer.json()) == ["detail"]
        assert answer.json()["detail"]
    # 405 answers methods that the description does not have.
    if answer.status_code != 405:
        case.validate_response(answer, checks=CHECKS)


@schema.parametrize()
@settings(max_examples=300 // OPERATIONS + 1, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_generated_request_is_answered_as_described(case: schemathesis.Case, url: str) -> None:
    check(case, url)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=10_000 // OPERATIONS, deadline=None, suppress_health_check=list(HealthCheck))
def test_ten_thousand_generated_requests_are_answered_as_described(case: schemathesis.Case, url: str) -> None:
    check(case, url)


def test_the_description_has_every_endpoint_of_the_contract() -> None:
    assert set(schema.raw_schema["paths"]) == {
        "/", "/health", "/api/sessions", "/api/sessions/{session_id}", "/api/tool-stats", "/api/agent-activity",
        "/api/compare", "/api/timeline/{session_id}", "/api/metrics", "/api/compare/cohorts", "/api/trends",
        "/api/interaction-matrix", "/api/search", "/api/findings", "/api/reports/{week}", "/api/data-health",
    }  # fmt: skip
    assert len(schema.raw_schema["paths"]) == OPERATIONS
