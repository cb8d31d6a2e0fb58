"""What a date would cost is told without fetching it."""

from sessions_platform.extraction import plan_date
from sessions_platform_tests.extraction.conftest import DAY, Bench, row


async def test_a_plan_tells_rows_sessions_and_hours_and_writes_nothing(bench: Bench) -> None:
    async with bench.client() as source:
        plan = await plan_date(source, bench.store, DAY)
    assert (plan.rows, plan.sessions_estimate) == (36, 4)
    assert plan.hours_to_fetch == ["08", "09", "10", "11", "12", "13"]
    assert 36 * 300 < plan.bytes_estimate < 36 * 2000
    assert bench.changes() == {} and sum(bench.server.stats.requests.values()) <= 6
    await bench.run()
    assert plan.requests >= sum(bench.server.stats.requests.values()) > plan.requests / 2


async def test_a_plan_of_a_stored_date_is_its_fingerprint(bench: Bench) -> None:
    await bench.run()
    async with bench.client() as source:
        plan = await plan_date(source, bench.store, DAY)
        assert (plan.requests, plan.bytes_estimate, plan.hours_to_fetch) == (5, 0, [])
        bench.server.dataset.add([row("t04", "t04-3", "10:00:05", parentObservationId="t04-r")])
        assert (await plan_date(source, bench.store, DAY)).hours_to_fetch == ["10"]
