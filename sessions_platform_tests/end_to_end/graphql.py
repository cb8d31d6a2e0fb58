"""What the UI asks of `dagster-webserver`, as GraphQL. Each has one field, whose answer `Deployment.ask` returns."""

REPOSITORIES = """{ repositoriesOrError { __typename
  ... on RepositoryConnection { nodes { name location { name } } } ... on PythonError { message } } }"""

BACKFILL = """mutation($order: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $order) { __typename
  ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }"""

BACKFILL_STATUS = """query($id: String!) { partitionBackfillOrError(backfillId: $id) { __typename
  ... on PartitionBackfill { status } ... on PythonError { message } } }"""

LAUNCH = """mutation($order: ExecutionParams!) { launchRun(executionParams: $order) { __typename
  ... on LaunchRunSuccess { run { id } } ... on PythonError { message } } }"""

RUNS = """query($filter: RunsFilter) { runsOrError(filter: $filter, limit: 500) { __typename
  ... on Runs { results {
    id jobName status tags { key value } stats { ... on RunStatsSnapshot { launchTime endTime } } } }
  ... on PythonError { message } } }"""

EVENTS = """query($run: ID!, $cursor: String) { logsForRun(runId: $run, afterCursor: $cursor) { __typename
  ... on EventConnection { cursor hasMore events {
    ... on MessageEvent { eventType level message stepKey }
    ... on ErrorEvent { error { message stack causes { message } } }
    ... on ExecutionStepFailureEvent { failureMetadata { description } } } }
  ... on PythonError { message } } }"""

SCHEDULES = """query($repository: RepositorySelector!) { schedulesOrError(repositorySelector: $repository) { __typename
  ... on Schedules { results { name scheduleState { status } } } ... on PythonError { message } } }"""

SENSORS = """query($repository: RepositorySelector!) { sensorsOrError(repositorySelector: $repository) { __typename
  ... on Sensors { results { name sensorState { status } } } ... on PythonError { message } } }"""

DRY_TICK = """mutation($schedule: ScheduleSelector!, $at: Float) {
  scheduleDryRun(selectorData: $schedule, timestamp: $at) { __typename
    ... on DryRunInstigationTick { evaluationResult { error { message } runRequests { runKey tags { key value } } } }
    ... on PythonError { message } } }"""

SENSOR_TICKS = """query($sensor: SensorSelector!) { sensorOrError(sensorSelector: $sensor) { __typename
  ... on Sensor { sensorState { ticks(limit: 500) { timestamp status runKeys skipReason error { message } } } }
  ... on PythonError { message } } }"""

DAEMONS = """{ instance { daemonHealth { allDaemonStatuses {
  daemonType required healthy lastHeartbeatErrors { message } } } } }"""
