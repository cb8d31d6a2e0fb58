"""Engineers of a platform team have clusters, releases and state looked after by an agent with a shell."""

from benchmarks.scorecard.shapes import Operation, Task, World

_SERVICES = (
    "ledger-api",
    "quote-engine",
    "parcel-router",
    "seat-map",
    "feed-writer",
    "auth-gate",
    "thumbs",
    "geo-index",
)

PLATFORM_OPS = World(
    name="platform-ops",
    share=0.28,
    lead="conductor",
    helpers={
        "cluster_hand": ("pods", "podlogs", "describe", "restart"),
        "state_keeper": ("tfplan", "tfapply", "tfstate"),
    },
    delegate="dispatch",
    system="You look after clusters and releases of the platform team. Read before you write. Say what you changed.",
    style="shell",
    versions={"2.8.1": 0.5, "2.9.0": 0.36, "3.0.0-rc1": 0.14},
    platforms={"eks-west": 0.46, "gke-central": 0.34, "onprem-k3s": 0.2},
    models={"gpt-4.1-mini": (0.6, 0.4, 1.6), "claude-sonnet-4-5": (0.4, 3.0, 15.0)},
    slots={
        "service": _SERVICES,
        "space": ("checkout", "fleet", "media", "maps", "identity"),
        "ticket": ("OPS-1182", "OPS-1190", "OPS-1204", "OPS-1217", "OPS-1231", "OPS-1266"),
        "stack": ("edge-cache", "queue-tier", "object-vault", "dns-zones", "node-groups"),
        "setting": ("MAX_POOL", "FEED_BATCH", "CACHE_TTL", "LOG_LEVEL", "WORKER_COUNT"),
    },
    operations={
        "pods": Operation(
            "kubectl",
            {"command": "get pods -n {space}[| -o wide| --sort-by=.status.startTime]"},
            "NAME  READY  STATUS  RESTARTS  AGE\n{service}-{hex}-a1  1/1  Running  [0|0|1|2]  {n}h\n"
            "{service}-{hex}-b7  1/1  Running  0  {n}h\n[sidecar-{hex}  1/1  Running  0  {n}d\n|]",
            "No resources found in {space} namespace.",
            seconds=0.6,
            flags=("--health-only", "--with-owners", "--deep", "--group-by=node"),
        ),
        "podlogs": Operation(
            "kubectl",
            {"command": "logs deploy/{service} -n {space} --since={n}m[| --tail={n3}]"},
            '{clock} level=info msg="[served|handled|finished] batch" count={n3} took={ms}ms\n'
            '{clock} level=[info|warn|info] msg="[cache refreshed|queue depth {n}|lease renewed]"\n'
            '{clock} level=info msg="[checkpoint written|connection reused|heartbeat]" lag={ms}ms',
            "",
            seconds=1.2,
            flags=("--only-errors", "--level=error", "--dedupe", "--json-lines"),
        ),
        "describe": Operation(
            "kubectl",
            {"command": "describe deploy/{service} -n {space}"},
            "Name: {service}\nReplicas: {n} desired, {n} available\nImage: registry.internal/{service}:{hex}\n"
            "Events: [none|scaled up to {n}|pulled image in {ms}ms]",
            seconds=0.7,
            flags=("--as-tree", "--events-since=1h"),
        ),
        "restart": Operation(
            "kubectl",
            {"command": "rollout restart deploy/{service} -n {space} --context={env}"},
            "deployment.apps/{service} restarted[|\nWaiting for {n} replicas|\nrollout finished in {s}s]",
            writes=True,
            seconds=2.0,
            flags=("--drain-first", "--one-by-one", "--graceful"),
        ),
        "release": Operation(
            "helm",
            {"command": "upgrade {service} charts/{service} -n {space} --set image.tag={hex} --kube-context={env}"},
            'Release "{service}" has been upgraded.\nREVISION: {n}\nSTATUS: deployed',
            writes=True,
            seconds=4.0,
            flags=("--auto-rollback", "--canary=10", "--wait-healthy"),
        ),
        "tfplan": Operation(
            "terraform",
            {"command": "plan -input=false -target=module.{stack} -var env={env}"},
            "Refreshing state...\nPlan: {n} to add, {n} to change, 0 to destroy.",
            "No changes. Infrastructure matches the configuration.",
            seconds=6.0,
            flags=("-summary-only", "-cost", "-skip-refresh-data"),
        ),
        "tfapply": Operation(
            "terraform",
            {"command": "apply -auto-approve -target=module.{stack} -var env={env}"},
            "Apply complete! Resources: {n} added, {n} changed, 0 destroyed.",
            writes=True,
            seconds=9.0,
            flags=("-retry-locks=3", "-partial-ok"),
        ),
        "tfstate": Operation(
            "terraform",
            {"command": "state list module.{stack}"},
            "module.{stack}.main\nmodule.{stack}.policy\nmodule.{stack}.alias[|\nmodule.{stack}.replica]",
            seconds=1.5,
        ),
        "metrics": Operation(
            "promq",
            {"query": 'rate(http_requests_total{job="{service}"}[5m])', "window": "{n}m"},
            "{service} p50={ms}ms p99={n3}ms rps={n3} saturation={pct}%",
            "no series matched the selector",
            seconds=0.5,
        ),
        "runbook": Operation(
            "runbooks",
            {"operation": "find", "text": "{service} [slow starts|memory growth|queue lag|cold cache]"},
            "RB-{n}: [Drain the node first|Raise the limit, then restart|Check the lease holder]. Last "
            "edited {n} days ago.",
            "0 runbooks",
            seconds=0.3,
        ),
        "ticket": Operation(
            "tracker",
            {
                "operation": "comment",
                "ticket": "{ticket}",
                "text": "[Progress|Update|Note]: {service} in {space} looked at.",
            },
            "comment {n4} added to {ticket}",
            writes=True,
            seconds=0.4,
        ),
    },
    tasks={
        "incident": Task(
            0.3,
            0.3,
            "[We are paged for|Alert on|Trouble with] {service} in {space} ({env}): [p99 is up since "
            "{clock}|pods restart a lot"
            "|the queue keeps growing|5xx went up after {clock}]. [Find out why|Please get it stable|What is "
            "going on]?",
            "[And is|Also check whether] {service} [is fine now|still throws errors|keeps its memory "
            "flat][?|, please.]",
            ("pods", "podlogs", "describe", "metrics", "runbook", "restart"),
            "{service} in {env} is [stable again|healthy], p99 is back at {ms} ms. [The restart cleared a stuck lease|"
            "A cold cache was behind it|One replica held stale connections].",
            ("leave a note on {ticket} with what you found", "ticket", "{ticket} has a note with the findings"),
        ),
        "rollout": Task(
            0.3,
            0.14,
            "[Roll out|Ship|Please release] build {hex} of {service} to {env}[, namespace {space}| in {space}]. "
            "[Watch it for a bit|Tell me when it is live|Careful with the cache].",
            "[How does it look|Any errors since the rollout|Is the old replica set gone]?",
            ("describe", "pods", "release", "podlogs", "metrics"),
            "Build {hex} of {service} [is live|runs] in {env}, [all replicas ready|rollout finished], error "
            "rate unchanged.",
            ("raise {setting} to {n3} as part of it", "release", "{setting} is set to {n3}"),
        ),
        "infrastructure": Task(
            0.25,
            0.2,
            "[We need|Please make|Let us get] {n} more [shards|nodes|replicas] in module {stack} for {env}. "
            "[Plan first|Show me the plan|Keep the plan small], then apply.",
            "[Does|Will] this [touch|change] anything beside {stack}?",
            ("tfstate", "tfplan", "tfapply", "metrics"),
            "Applied: module {stack} in {env} [now has|got] the new [shards|nodes|capacity], nothing was destroyed.",
            ("tag the new resources with cost-centre {n4}", "tfapply", "the cost-centre tag {n4} is on them"),
        ),
        "cost-review": Task(
            0.15,
            0.08,
            "[Where does|Why does] {service} [spend so much|cost more than last month]? [Look at|Compare] "
            "requests and limits.",
            "[Which namespace is worst|What would we save]?",
            ("metrics", "describe", "pods", "runbook"),
            "{service} [asks for {n} cores and uses {pct}% of them|keeps {n} idle replicas]: "
            "[halving|lowering] that is safe.",
            (
                "list the three most idle services, too",
                "metrics",
                "the most idle ones are [thumbs|geo-index], seat-map, auth-gate",
            ),
        ),
    },
    transient=(
        ("[dial tcp|read tcp]: i/o timeout after {s}s", "Timeout", 504),
        ("the server is currently unable to handle the request", "ServiceUnavailable", 503),
        ("etcdserver: leader changed, try again", "Unavailable", 503),
        ("connection refused by the [api server|control plane]", "ConnectionRefused", 502),
        ("state lock held by [another run|pipeline {n4}]", "LockHeld", 409),
        ("net/http: TLS handshake timeout", "Timeout", 504),
        ("rate: too many requests, slow down", "TooManyRequests", 429),
    ),
    hard=(
        ('deployments.apps "{service}-old" not found', "NotFound", 404),
        ("yaml: line {n}: mapping values are not allowed here", "ParseError", 400),
        ("insufficient quota in zone for {n} vcpu", "QuotaExceeded", 403),
        ('module.{stack}: unsupported attribute "{setting}"', "ConfigError", 400),
    ),
    environments=("staging", "production"),
    chatter=(
        "[Let me|I will|Going to] [look at|check|see] the [state|current picture|facts] [first|now].",
        "[Next|Now] [I check|checking|a look at] {service}.",
        "[One moment|Right|Okay], [reading|looking into] {space}.",
    ),
)
