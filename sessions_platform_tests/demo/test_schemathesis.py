"""The sample server against the API's own description: generated requests, every answer as described, never a crash.

The description lies beside the checkout with the sample; where it does not, the test says so and is skipped.
"""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from sessions_platform.demo.generator import generate
from sessions_platform.demo.server import Dataset, LangfuseServer

DESCRIPTION = Path(__file__).parents[3] / "shared" / "facts" / "langfuse-openapi.yml"
ANSWERED: Counter[int] = Counter()
PATHS = [f"/api/public/{name}" for name in ("v2/observations", "v3/scores", "v2/metrics", "projects", "health")]

if not DESCRIPTION.is_file():
    pytest.skip("the description of Langfuse's API does not stand beside this checkout", allow_module_level=True)

schema = schemathesis.openapi.from_path(DESCRIPTION).include(path=PATHS)


@pytest.fixture(scope="module")
def server() -> Any:
    corpus = generate(7, [date(2026, 11, 3)], 5)
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as running:
        yield running
    assert ANSWERED[200] > 5, "hardly any generated request was a good one: nothing was held against the description"


@schema.parametrize()
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_generated_request_is_answered_as_described(case: schemathesis.Case, server: LangfuseServer) -> None:
    answer = case.call(base_url=server.url, auth=(server.public_key, server.secret_key))
    # Wrong values, keys and methods are generated too.
    assert answer.status_code in (200, 400, 401, 405)
    ANSWERED[answer.status_code] += 1
    if answer.status_code == 200:
        case.validate_response(answer, checks=[content_type_conformance, response_schema_conformance])
