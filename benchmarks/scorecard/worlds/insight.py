"""Analysts ask a data agent, which writes SQL over a warehouse, looks into a catalogue and keeps dashboards."""

from benchmarks.scorecard.shapes import Operation, Task, World

INSIGHT = World(
    name="insight",
    share=0.24,
    lead="analyst",
    helpers={"schema_scout": ("catalog", "columns", "lineage"), "sql_writer": ("query", "explain", "sample")},
    delegate="hand_to",
    system="You answer questions on the company's figures. Name the table you used and the period.",
    style="level",
    versions={"14": 0.44, "15": 0.42, "16-beta": 0.14},
    platforms={"snowflake": 0.5, "bigquery": 0.3, "clickhouse": 0.2},
    models={"gpt-4o": (0.5, 2.5, 10.0), "gpt-4.1-mini": (0.5, 0.4, 1.6)},
    slots={
        "table": (
            "fct_bookings",
            "fct_visits",
            "dim_member",
            "fct_invoices",
            "fct_shipments",
            "dim_plan",
            "fct_sessions",
        ),
        "measure": (
            "net revenue",
            "active members",
            "churned plans",
            "first bookings",
            "refund share",
            "visits a member",
        ),
        "cut": ("region", "plan", "channel", "device", "cohort month"),
        "board": ("Growth weekly", "Finance close", "Retention", "Supply health", "Exec pulse"),
        "column": ("booked_at", "member_key", "net_amount", "plan_code", "region_code", "is_trial"),
    },
    operations={
        "query": Operation(
            "run_sql",
            {
                "sql": "SELECT {column}, sum(net_amount) FROM {env}.{table} WHERE day >= '2026-[08|09|10]-01' "
                "GROUP BY 1"
                "[ ORDER BY 2 DESC| LIMIT {n3}|]"
            },
            "{column} | total\n[north|emea|web|basic] | {n4}\n[south|apac|app|plus] | "
            "{n4}\n[west|amer|partner|pro] | {n3}\n(3 rows)",
            "(0 rows)",
            seconds=3.0,
            flags=("APPROX_EXACT", "WITH STATS", "SAMPLE SMART", "QUALIFY RECENT"),
        ),
        "sample": Operation(
            "run_sql",
            {"sql": "SELECT * FROM {env}.{table} LIMIT {n}"},
            "{column} | net_amount | region_code\n2026-10-0[1|2|3|4] | {n3} | [EU|US|JP]\n2026-10-1[1|2|3|4] "
            "| {n3} | [EU|US|JP]",
            "(0 rows)",
            seconds=1.2,
        ),
        "explain": Operation(
            "explain_sql",
            {"sql": "SELECT count(*) FROM {env}.{table} GROUP BY {column}"},
            "estimated rows {n4}, partitions scanned {n} of {n3}, cost [low|low|medium]",
            seconds=0.6,
            flags=("dry_run_cost", "optimizer_hint"),
        ),
        "catalog": Operation(
            "catalog",
            {"action": "search", "text": "{measure}", "limit": 10},
            "{table} (owner: [finance|growth|supply], fresh {n}h ago)\nstg_{table} (staging, do not use)",
            "0 assets match",
            seconds=0.4,
            flags=("fuzzy_owner", "rank_by_usage", "semantic"),
        ),
        "columns": Operation(
            "catalog",
            {"action": "columns", "asset": "{table}"},
            "day DATE, {column} VARCHAR, net_amount DECIMAL, region_code VARCHAR, member_key BIGINT",
            "asset has no columns registered",
            seconds=0.4,
        ),
        "lineage": Operation(
            "lineage",
            {"asset": "{table}", "depth": "2"},
            "{table} <- stg_{table} <- raw_events; feeds [{board}|Exec pulse|Finance close]",
            "no edges",
            seconds=0.7,
        ),
        "chart": Operation(
            "dashboards",
            {"action": "add_chart", "board": "{board}", "title": "{measure} by {cut}", "workspace": "{env}"},
            "chart {n4} added to '{board}'",
            writes=True,
            seconds=1.0,
            flags=("auto_title", "theme_from_board", "pin_top"),
        ),
        "refresh": Operation(
            "pipelines",
            {"action": "rerun", "job": "build_{table}", "target": "{env}"},
            "run {n4} finished: {n4} rows written in {s} s",
            writes=True,
            seconds=8.0,
            flags=("skip_tests", "only_late"),
        ),
        "share": Operation(
            "dashboards",
            {"action": "share", "board": "{board}", "with": "[finance|growth|board] group"},
            "'{board}' shared with the group",
            writes=True,
            seconds=0.5,
        ),
    },
    tasks={
        "metric-question": Task(
            0.4,
            0.12,
            "[What was|How did|Can you tell me] {measure} by {cut} [develop since August|in October|over the "
            "last quarter]?"
            "[ I need it for a meeting.| Use the {env} schema.|]",
            "[And|What about] [without trials|only new members|the same for last year]?",
            ("catalog", "columns", "query", "sample"),
            "{measure} by {cut}, from {table}: [north leads with {n4}|emea is up {pct}%|plus overtook basic "
            "with {n4}].",
            ("give the median beside the mean", "query", "the median is {n3}"),
        ),
        "dashboard": Task(
            0.25,
            0.2,
            "[Add|Put|I want] {measure} by {cut} [on|onto|into] the board '{board}' [in {env}|of workspace {env}].",
            "[Make it a line chart|Can it be stacked|Could you use weeks], please[?|.]",
            ("catalog", "columns", "query", "chart"),
            "'{board}' [has|shows] a chart of {measure} by {cut} now; it reads {table}.",
            ("share the board with the finance group", "share", "the finance group can see it"),
        ),
        "data-quality": Task(
            0.2,
            0.33,
            "[Numbers in|Totals of] {table} look [off|too low|doubled] since [{weekday}|the last load]. "
            "[Why|What happened]?",
            "[Since when exactly|Which rows|Is {board} hit, too]?",
            ("lineage", "sample", "query", "explain", "refresh"),
            "{table} [was loaded twice on {weekday}|missed one partition]: I [ran build_{table} again|had it "
            "rebuilt], totals agree.",
            ("check the downstream board '{board}' as well", "lineage", "'{board}' reads the mended rows"),
        ),
        "tuning": Task(
            0.15,
            0.17,
            "[My query on|The report over] {table} takes {n} minutes. [Make it faster|Can this be cheaper]?",
            "[Does the result stay the same|How much less does it scan]?",
            ("explain", "columns", "query"),
            "[Pruning on day|Grouping before the join] brings it [down to {s} s|to {n} partitions]; the "
            "result is equal.",
            ("write down the old and the new cost", "explain", "cost went from {n4} to {n3}"),
        ),
    },
    transient=(
        ("Statement timed out in queue after {s} seconds", "QueryTimeout", 504),
        ("Warehouse is resuming, retry shortly", "WarehouseSuspended", 503),
        ("Concurrent update of table, transaction aborted", "SerializationFailure", 409),
        ("Lost connection to coordinator", "OperationalError", 502),
        ("Slots exhausted in reservation", "ResourcesExceeded", 429),
    ),
    hard=(
        ("SQL compilation error: invalid identifier '{column}_utc'", "ProgrammingError", 400),
        ("Division by zero", "DataError", 400),
        ("Object stg_{table}_old does not exist", "ProgrammingError", 404),
        ("Numeric value 'n/a' is not recognized", "DataError", 400),
    ),
    environments=("analytics_dev", "analytics"),
    chatter=(
        "[I look for|Searching|Let me find] the right [table|source] [first|for this].",
        "[Checking|I check|Verifying] [columns|grain|freshness] of {table}.",
        "[Now|Next] the [figures|numbers] by {cut}.",
    ),
)
