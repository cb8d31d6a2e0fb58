"""The job that looks at the alert rules once: records what fired or resolved, posts it, publishes the table.

What fires is decided in `alerts`. A sensor only starts it: posting may take longer than a tick has.
"""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from sessions_platform.assets.analytics import POOL
from sessions_platform.assets.steps import NETWORK_RETRY, explained, table
from sessions_platform.resources.platform import StoreResource, WarehouseResource

JOB = "alerts_job"


def alerts_job() -> Any:
    """The job `alerts_job`."""

    @dg.op(
        name="look_at_alerts",
        pool=POOL,
        retry_policy=NETWORK_RETRY,
        description="Evaluates alerts.yaml over the published file. Events go to table `alerts`, and to "
        "SESSIONS_WEBHOOK_URL where one is set.",
    )
    def look_at_alerts(
        context: dg.OpExecutionContext,
        store: dg.ResourceParam[StoreResource],
        warehouse: dg.ResourceParam[WarehouseResource],
    ) -> None:
        with explained():
            context.add_output_metadata(_look(store, warehouse))

    @dg.job(
        name=JOB,
        executor_def=dg.in_process_executor,
        description="One look at the alert rules: see its op.",
    )
    def alerts_job() -> None:
        look_at_alerts()

    return alerts_job


def _look(store: StoreResource, warehouse: WarehouseResource) -> dict[str, Any]:
    from sessions_platform.alerts.watch import look

    opened = store.open()
    found = look(opened, warehouse.publisher(opened), warehouse.analytics(), warehouse.settings, datetime.now(UTC))
    states = {one.rule.name: "firing" if one.fires else one.reading for one in found.standings}
    figures = {"events": found.recorded, "posted": found.posted, "waiting to be posted": found.waiting}
    metadata: dict[str, Any] = {"rules": table(states, ("rule", "state")), "figures": table(figures)}
    return metadata | ({"not posted": found.reason} if found.reason else {})
