"""The graph as Dagster sees it: names, groups, flow; and what loading it costs."""

import subprocess
import sys

from sessions_platform.automation import DAILY_JOB
from sessions_platform.definitions import build_defs
from sessions_platform.settings import load_settings

FLOW = {
    "raw_sessions": ("raw", set()),
    "staged_sessions": ("staged", {"raw_sessions"}),
    "session_tables": ("tables", {"staged_sessions"}),
    "tool_success_rates": ("tables", {"session_tables"}),
    "interaction_matrix": ("tables", {"session_tables"}),
    "agent_activity": ("tables", {"session_tables"}),
    "daily_metrics": ("tables", {"session_tables"}),
    "data_health": (
        "tables",
        {"session_tables", "tool_success_rates", "interaction_matrix", "agent_activity", "daily_metrics"},
    ),
}


def graph():
    return build_defs(load_settings()).resolve_asset_graph()


def test_groups_and_dependencies_draw_the_flow():
    nodes = {key.to_user_string(): graph().get(key) for key in graph().get_all_asset_keys()}
    for name, (group, parents) in FLOW.items():
        assert nodes[name].group_name == group
        assert {key.to_user_string() for key in nodes[name].parent_keys} == parents
    assert nodes["analytics_database"].group_name == "analytics"
    assert {key.to_user_string() for key in nodes["analytics_database"].parent_keys} == set(FLOW) - {
        "raw_sessions",
        "staged_sessions",
    }


def test_every_asset_is_partitioned_by_utc_date_or_week_and_described():
    for key in graph().get_all_asset_keys():
        node = graph().get(key)
        weekly = node.group_name == "weekly"
        assert node.partitions_def.cron_schedule == ("0 0 * * 1" if weekly else "0 0 * * *")
        assert node.partitions_def.timezone == "UTC"
        assert len(node.description or "") > 60


def test_only_the_publisher_holds_the_database_pool():
    pools = {key.to_user_string(): graph().get(key).pools for key in graph().get_all_asset_keys()}
    assert {name for name, held in pools.items() if held} == {"analytics_database"}
    assert pools["analytics_database"] == {"duckdb"}


def test_the_daily_job_runs_in_one_process():
    job = build_defs(load_settings()).resolve_job_def(DAILY_JOB)
    assert job.executor_def.name == "in_process"
    assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == {*FLOW, "analytics_database"}


def test_loading_the_definitions_imports_nothing_slow_and_warns_of_nothing():
    code = (
        "import sys, sessions_platform.definitions;"
        "slow = {'pandas', 'duckdb', 'pyarrow', 'boto3', 'dagster_aws', 'obstore', 'httpx'} & set(sys.modules);"
        "sys.exit(', '.join(sorted(slow)) or 0)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
