"""Every kind of answer, held against Langfuse's own OpenAPI document where it stands beside the checkout."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

DOCUMENT = Path(__file__).parents[3] / "shared" / "facts" / "langfuse-openapi.yml"
FIELDS = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"
QUERY = {
    "view": "observations",
    "metrics": [{"measure": "count", "aggregation": "count"}],
    "dimensions": [{"field": "type"}],
    "fromTimestamp": "2026-11-02T00:00:00Z",
    "toTimestamp": "2026-11-05T00:00:00Z",
}
REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("/api/public/v2/observations", {}),
    ("/api/public/v2/observations", {"fields": FIELDS, "limit": 1000}),
    ("/api/public/v2/observations", {"fields": "metadata", "type": "TOOL"}),
    ("/api/public/v2/observations", {"fields": "model,usage", "limit": 3}),
    ("/api/public/v3/scores", {"fields": "details,subject,annotation", "limit": 100}),
    ("/api/public/v3/scores", {"limit": 2}),
    ("/api/public/v2/metrics", {"query": json.dumps(QUERY)}),
    ("/api/public/v2/metrics", {"query": json.dumps(QUERY | {"timeDimension": {"granularity": "day"}})}),
    ("/api/public/projects", {}),
    ("/api/public/health", {}),
]


@pytest.fixture(scope="module")
def document() -> Any:
    openapi_core = pytest.importorskip("openapi_core", reason="openapi-core is not installed")
    if not DOCUMENT.is_file():
        pytest.skip("Langfuse's OpenAPI document does not stand beside this checkout (../shared/facts)")
    return openapi_core.OpenAPI.from_file_path(str(DOCUMENT))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("path", "params"), REQUESTS)
def test_an_answer_is_valid_by_the_openapi_document(
    http: httpx.Client, document: Any, path: str, params: dict[str, Any]
) -> None:
    from openapi_core.testing import MockRequest, MockResponse

    answer = http.get(path, params=params)
    assert answer.status_code == 200
    request = MockRequest("http://localhost", "get", path, args={key: str(value) for key, value in params.items()})
    response = MockResponse(answer.content, answer.status_code, content_type="application/json")
    document.validate_response(request, response)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_validation_notices_a_missing_column(http: httpx.Client, document: Any) -> None:
    from openapi_core.testing import MockRequest, MockResponse
    from openapi_core.validation.response.exceptions import InvalidData

    path = "/api/public/v2/observations"
    answer = http.get(path).json()
    del answer["data"][0]["projectId"]
    response = MockResponse(json.dumps(answer).encode(), 200, content_type="application/json")
    with pytest.raises(InvalidData):
        document.validate_response(MockRequest("http://localhost", "get", path), response)
