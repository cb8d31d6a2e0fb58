"""The graph as Dagster sees it: names, groups, flow; and what loading it costs."""

import subprocess
import sys

import dagster as dg

from sessions_platform.automation import DAILY_JOB, WEEKLY_JOB
from sessions_platform.definitions import build_defs
from sessions_platform.settings import load_settings

FLOW = {
    "raw_sessions": ("raw", set()),
    "staged_sessions": ("staged", {"raw_sessions"}),
    "openviking_commits": ("openviking", {"staged_sessions"}),
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


WEEKLY = (
    "week_facts",
    "candidates",
    "l0_labels",
    "l1_readings",
    "l2_evidence",
    "findings",
    "verified_findings",
    "weekly_report",
)


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
        "openviking_commits",
    }


def test_the_weekly_steps_follow_the_published_file_one_after_the_other():
    nodes = {key.to_user_string(): graph().get(key) for key in graph().get_all_asset_keys()}
    parents = {name: {key.to_user_string() for key in nodes[name].parent_keys} for name in WEEKLY}
    assert parents == {name: {before} for before, name in zip(("analytics_database", *WEEKLY), WEEKLY, strict=False)}
    job = build_defs(load_settings()).resolve_job_def(WEEKLY_JOB)
    assert job.executor_def.name == "in_process"
    assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == set(WEEKLY)
    checks = {f"{key.asset_key.to_user_string()}.{key.name}" for key in job.asset_layer.asset_graph.asset_check_keys}
    assert {"week_facts.days_complete", "verified_findings.every_quote_and_number_verified"} <= checks


def test_every_asset_is_partitioned_by_utc_date_or_week_and_described():
    for key in graph().get_all_asset_keys():
        node = graph().get(key)
        weekly = node.group_name == "weekly"
        assert node.partitions_def.cron_schedule == ("0 0 * * 1" if weekly else "0 0 * * *")
        assert node.partitions_def.timezone == "UTC"
        assert len(node.description or "") > 60


def test_what_publishes_holds_one_pool_and_the_index_another_and_nothing_else_does():
    pools = {key.to_user_string(): graph().get(key).pools for key in graph().get_all_asset_keys()}
    held = {name: pool for name, pool in pools.items() if pool}
    published = ("analytics_database", "findings", "verified_findings", "weekly_report")
    assert held == {**dict.fromkeys(published, {"duckdb"}), "openviking_commits": {"openviking"}}


def test_nothing_waits_for_the_index_or_fails_with_it():
    assert not graph().get(dg.AssetKey("openviking_commits")).child_keys
    steps = build_defs(load_settings()).resolve_job_def(DAILY_JOB).graph.nodes
    priorities = {node.name: int(node.definition.tags.get("dagster/priority", "0")) for node in steps}
    assert min(priorities, key=priorities.__getitem__) == "openviking_commits"


def test_marts_and_the_published_file_are_expected_fresh_every_day():
    fresh = {key.to_user_string() for key in graph().get_all_asset_keys() if graph().get(key).freshness_policy}
    marts = {"tool_success_rates", "interaction_matrix", "agent_activity", "daily_metrics", "data_health"}
    assert fresh == marts | {"analytics_database"}


def test_the_daily_job_runs_in_one_process():
    job = build_defs(load_settings()).resolve_job_def(DAILY_JOB)
    assert job.executor_def.name == "in_process"
    assert {key.to_user_string() for key in job.asset_layer.executable_asset_keys} == {*FLOW, "analytics_database"}


def test_loading_the_definitions_imports_nothing_slow_and_warns_of_nothing():
    code = (
        "import sys, sessions_platform.definitions;"
        "slow = {'pandas', 'duckdb', 'pyarrow', 'boto3', 'dagster_aws', 'obstore', 'httpx', 'numpy', 'scipy',"
        " 'sklearn', 'statsmodels', 'vl_convert'} & set(sys.modules);"
        "sys.exit(', '.join(sorted(slow)) or 0)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
