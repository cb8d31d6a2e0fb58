"""Bad input, as a person meets it: one line that names the variable or file, exit 2, nothing half-written."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import dagster as dg
import pytest
from moto.server import ThreadedMotoServer

from sessions_platform.automation import DAILY_JOB
from sessions_platform.definitions import build_defs
from sessions_platform.demo.generator import Corpus, generate
from sessions_platform.demo.server import Dataset, LangfuseServer, ServerOptions
from sessions_platform_tests.end_to_end.support import (
    KEY,
    command,
    days_between,
    differing,
    files,
    installation,
    run,
    run_command,
    settings_of,
    tables,
)

DAY = "2026-10-20"
AWS_SECRET = "aws-secret-of-the-tests"


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return generate(9, days_between(DAY, DAY), 4)


@pytest.fixture(scope="module")
def running(corpus: Corpus) -> Iterator[LangfuseServer]:
    with LangfuseServer(Dataset(corpus.observations, corpus.scores)) as server:
        yield server


@pytest.fixture
def server(running: LangfuseServer) -> LangfuseServer:
    running.options = ServerOptions()
    return running


@pytest.fixture(scope="module")
def finished(running: LangfuseServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose day is done; tests work on copies or change nothing."""
    home = tmp_path_factory.mktemp("finished") / "home"
    assert [outcome.ok for outcome in run(installation(running, home), DAY)] == [True]
    return home


@pytest.fixture(scope="module")
def s3() -> Iterator[dict[str, str]]:
    """A bucket `sessions` on a loopback S3, as AWS_* variables."""
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    moto.start()
    host, port = moto.get_host_and_port()
    variables = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "key-of-the-tests",
        "AWS_SECRET_ACCESS_KEY": AWS_SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    client = boto3.client(
        "s3",
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id="key-of-the-tests",
        aws_secret_access_key=AWS_SECRET,
        region_name="us-east-1",
    )
    client.create_bucket(Bucket="sessions")
    client.close()
    yield variables
    moto.stop()


def _assert_refused(
    variables: dict[str, str], result: "subprocess.CompletedProcess[str]", *names: str, code: int = 2
) -> None:
    lines = result.stderr.splitlines()
    assert (result.returncode, len(lines)) == (code, 1), result.stderr
    assert lines[0].startswith("sessions-platform: ")
    for name in names:
        assert name in lines[0]
    everything = result.stdout + result.stderr
    assert "Traceback" not in everything
    secrets = [variables.get("LANGFUSE_SECRET_KEY"), variables.get("SESSIONS_REDACTION_KEY"), AWS_SECRET]
    assert [secret for secret in secrets if secret and secret in everything] == []


def _rows_written(home: Path) -> list[str]:
    return [name for name in files(home) if name.startswith(("store/", "analytics")) and ".check" not in name]


WRONG = {
    "wrong secret key": ({"LANGFUSE_SECRET_KEY": "sk-lf-of-somebody-else"}, ("LANGFUSE_SECRET_KEY", "LANGFUSE_HOST=")),
    "wrong public key": ({"LANGFUSE_PUBLIC_KEY": "pk-lf-of-somebody-else"}, ("LANGFUSE_PUBLIC_KEY",)),
    "no keys": ({"LANGFUSE_PUBLIC_KEY": "", "LANGFUSE_SECRET_KEY": ""}, ("LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY",)),
    "no host": ({"LANGFUSE_HOST": ""}, ("LANGFUSE_HOST",)),
    "unreachable host": ({"LANGFUSE_HOST": "http://127.0.0.1:9"}, ("LANGFUSE_HOST=http://127.0.0.1:9", "reached")),
    "no host at all": ({"LANGFUSE_HOST": "https://"}, ("LANGFUSE_HOST",)),
    "unknown store": ({"SESSIONS_STORE_URL": "gs://bucket"}, ("SESSIONS_STORE_URL=gs://bucket",)),
    "no start date": ({"SESSIONS_START_DATE": "yesterday"}, ("SESSIONS_START_DATE",)),
    "later start date": ({"SESSIONS_START_DATE": "2026-10-21"}, ("SESSIONS_START_DATE=2026-10-21", DAY)),
    "short key": ({"SESSIONS_REDACTION_KEY": "short"}, ("SESSIONS_REDACTION_KEY",)),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_variable_is_named_and_nothing_is_written(case: str, server: LangfuseServer, tmp_path: Path) -> None:
    changes, names = WRONG[case]
    variables = installation(server, tmp_path / "home", **changes)
    _assert_refused(variables, run_command(variables, DAY), *names)
    assert _rows_written(tmp_path / "home") == []


def test_a_date_that_is_not_over_is_refused(server: LangfuseServer, tmp_path: Path) -> None:
    today = datetime.now(UTC).date().isoformat()
    variables = installation(server, tmp_path / "home")
    _assert_refused(variables, run_command(variables, today), "--to", today, "not over in UTC")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--from", DAY, "--to", "2026-10-19"), "--from"),
        (("--from", "2026-09-01", "--to", DAY), "SESSIONS_START_DATE"),
        (("--from", DAY, "--to", DAY, "--select", "no_such_asset"), "--select"),
        (("--from", DAY, "--to", DAY, "--select", "and and"), "--select"),
    ],
)
def test_wrong_words_of_the_command_are_named(
    words: tuple[str, ...], named: str, server: LangfuseServer, tmp_path: Path
) -> None:
    variables = installation(server, tmp_path / "home")
    _assert_refused(variables, command(variables, "run", *words), named)


def test_keys_of_another_project_and_another_redaction_key_are_refused(server: LangfuseServer, finished: Path) -> None:
    before = _kept(finished)
    variables = installation(server, finished, SESSIONS_REDACTION_KEY="another-key-of-sixteen-letters")
    _assert_refused(variables, run_command(variables, DAY), "SESSIONS_REDACTION_KEY has changed")
    server.options = ServerOptions(project_id="proj-of-others")
    variables = installation(server, finished)
    _assert_refused(variables, run_command(variables, DAY), "LANGFUSE_PUBLIC_KEY", "proj-of-others", "proj-demo")
    assert differing(before, _kept(finished)) == {}


def _kept(home: Path) -> dict[str, bytes]:
    return {name: data for name, data in files(home).items() if not name.startswith("dagster/")}


@pytest.mark.parametrize("which", ["session", "manifest"])
def test_a_damaged_staged_object_is_named(which: str, server: LangfuseServer, tmp_path: Path) -> None:
    home = tmp_path / "home"
    variables = installation(server, home)
    run(variables, DAY)
    folder = home / "store" / "staged" / f"date={DAY}"
    path = sorted(folder.glob("*.zst"))[0] if which == "session" else folder / "manifest.json"
    path.write_bytes(b"\x00" * len(path.read_bytes()))
    note = home / "store" / "tables" / "session_tables" / f"date={DAY}" / "note.json"
    note.unlink()
    before = _kept(home)
    result = run_command(variables, DAY)
    _assert_refused(variables, result, f"sessions-platform: {DAY}: ", f"staged/date={DAY}/{path.name}", "--force")
    assert differing(before, _kept(home)) == {}
    # What the message says mends it.
    assert [outcome.ok for outcome in run(variables, DAY, force=True)] == [True]


@contextlib.contextmanager
def _mounted(folder: Path, *options: str) -> Iterator[Path]:
    folder.mkdir(parents=True)
    words = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("only root with the right to mount can make a small or read-only file system here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)  # noqa: S607


def test_a_read_only_home_and_a_read_only_store_are_named(server: LangfuseServer, tmp_path: Path) -> None:
    with _mounted(tmp_path / "fixed", "ro") as folder:
        variables = installation(server, folder / "home", SESSIONS_STORE_URL=str(tmp_path / "store"))
        _assert_refused(variables, run_command(variables, DAY), f"{folder}")
        variables = installation(server, tmp_path / "home", SESSIONS_STORE_URL=str(folder))
        _assert_refused(variables, run_command(variables, DAY), f"SESSIONS_STORE_URL={folder}", "read-only")
    assert _rows_written(tmp_path / "home") == []


def test_a_full_disk_is_said_and_leaves_no_half_object(server: LangfuseServer, tmp_path: Path) -> None:
    with _mounted(tmp_path / "small", "size=48k") as folder:
        variables = installation(server, tmp_path / "home", SESSIONS_STORE_URL=str(folder))
        result = run_command(variables, DAY)
        _assert_refused(variables, result, "SESSIONS_STORE_URL=", "the disk is full")
        assert [name for name in files(folder) if ".tmp-" in name] == []
        subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True)  # noqa: S607
        assert [outcome.ok for outcome in run(variables, DAY)] == [True]


@pytest.mark.parametrize("size", ["100k", "500k"])
def test_a_full_home_is_said_in_one_line_whoever_meets_it_first(
    size: str, server: LangfuseServer, tmp_path: Path
) -> None:
    """Dagster's own storage lies in SESSIONS_HOME, too: on a small disk it is full before the store is."""
    with _mounted(tmp_path / "small", f"size={size}") as folder:
        variables = installation(server, folder / "home")
        result = run_command(variables, DAY)
        # Dagster itself tells on stderr of each event that it could not keep; the last line is ours.
        *_, line = result.stderr.splitlines()
        assert (result.returncode, line.startswith("sessions-platform: ")) == (2, True), result.stderr
        assert "full" in line and str(folder) in line
        assert "Traceback" not in result.stderr
        assert [name for name in files(folder) if ".tmp-" in name or name.endswith("duckdb")] == []


S3_WRONG = {
    "no bucket": ({"SESSIONS_STORE_URL": "s3://nobody-made-this/x"}, ("SESSIONS_STORE_URL=s3://nobody-made-this/x",)),
    "wrong endpoint": ({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}, ("SESSIONS_STORE_URL=s3://sessions/x",)),
    "no redaction key": ({"SESSIONS_REDACTION_KEY": ""}, ("SESSIONS_REDACTION_KEY", "s3://")),
}


@pytest.mark.parametrize("case", S3_WRONG)
def test_a_wrong_bucket_or_endpoint_is_named(
    case: str, server: LangfuseServer, s3: dict[str, str], tmp_path: Path
) -> None:
    changes, names = S3_WRONG[case]
    variables = installation(server, tmp_path / "home", **{"SESSIONS_STORE_URL": "s3://sessions/x"} | s3 | changes)
    _assert_refused(variables, run_command(variables, DAY), *names)
    assert _rows_written(tmp_path / "home") == []


def test_a_run_on_s3_gives_the_objects_and_tables_of_a_local_run(
    server: LangfuseServer, s3: dict[str, str], finished: Path, tmp_path: Path
) -> None:
    variables = installation(server, tmp_path / "home", SESSIONS_STORE_URL="s3://sessions/whole", **s3)
    result = run_command(variables, DAY)
    assert result.returncode == 0, result.stderr
    client = boto3.client(
        "s3",
        endpoint_url=s3["AWS_ENDPOINT_URL"],
        aws_access_key_id=s3["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=AWS_SECRET,
        region_name="us-east-1",
    )
    listed = client.list_objects_v2(Bucket="sessions", Prefix="whole/")["Contents"]
    found = {
        entry["Key"].removeprefix("whole/"): client.get_object(Bucket="sessions", Key=entry["Key"])["Body"].read()
        for entry in listed
    }
    client.close()
    assert differing(found, files(finished / "store")) == {}
    assert differing(tables(tmp_path / "home" / "analytics.duckdb"), tables(finished / "analytics.duckdb")) == {}


def test_in_dagster_a_wrong_key_is_a_failed_step_with_that_message(server: LangfuseServer, tmp_path: Path) -> None:
    variables = installation(server, tmp_path / "home", LANGFUSE_SECRET_KEY="sk-lf-of-somebody-else")
    defs = build_defs(settings_of(variables))
    with dg.instance_for_test() as instance:
        result = defs.resolve_job_def(DAILY_JOB).execute_in_process(
            partition_key=DAY,
            asset_selection=[dg.AssetKey("raw_sessions")],
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    said = failure.step_failure_data.user_failure_data
    assert said is not None and said.description is not None
    assert said.description.startswith(f"LANGFUSE_HOST={server.url} does not accept LANGFUSE_PUBLIC_KEY")
    assert "sk-lf-of-somebody-else" not in str(result.all_events)
    assert KEY not in str(result.all_events)
    assert _rows_written(tmp_path / "home") == []
