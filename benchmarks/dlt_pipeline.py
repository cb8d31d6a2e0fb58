"""The peer: one UTC day of a Langfuse project into DuckDB with dlt's REST source. Needs no platform.

    python dlt_pipeline.py HOST PUBLIC_KEY SECRET_KEY DAY HOME defaults|parquet

`defaults`: the declarative REST source as it stands; nested values become columns and child tables, rows go in as
INSERTs. `parquet`: what one who knows dlt sets for long texts: nested values stay JSON, load files are Parquet.
Runs with the Python of a throwaway environment in which dlt is installed, so it imports nothing else.
"""

import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

FIELDS = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"


def resources(day: date) -> list[dict[str, Any]]:
    """Observations and scores of the day, every field, in the largest pages that Langfuse gives."""
    since, until = f"{day}T00:00:00Z", f"{day + timedelta(days=1)}T00:00:00Z"
    observations = {"fields": FIELDS, "limit": 1000, "fromStartTime": since, "toStartTime": until}
    scores = {"fields": "details,subject", "limit": 100, "fromTimestamp": since, "toTimestamp": until}
    return [
        {"name": "observations", "endpoint": {"path": "v2/observations", "params": observations}},
        {"name": "scores", "endpoint": {"path": "v3/scores", "params": scores}},
    ]


def main() -> None:
    """Load the day."""
    import dlt
    from dlt.sources.rest_api import rest_api_source

    host, public, secret, day, home, way = sys.argv[1:7]
    client = {
        "base_url": f"{host}/api/public/",
        "auth": {"type": "http_basic", "username": public, "password": secret},
        "paginator": {"type": "cursor", "cursor_path": "meta.cursor", "cursor_param": "cursor"},
    }
    defaults = {"endpoint": {"data_selector": "data"}, "write_disposition": "append"}
    if way == "parquet":
        defaults["max_table_nesting"] = 0
    source = rest_api_source(
        {"client": client, "resource_defaults": defaults, "resources": resources(date.fromisoformat(day))}
    )
    pipeline = dlt.pipeline(
        pipeline_name="langfuse",
        destination=dlt.destinations.duckdb(str(Path(home) / "peer.duckdb")),
        dataset_name="langfuse",
        pipelines_dir=str(Path(home) / "pipelines"),
    )
    pipeline.run(source, **({"loader_file_format": "parquet"} if way == "parquet" else {}))


if __name__ == "__main__":
    main()
