"""The words generated sessions are made of: DevOps tasks, what people ask, what tools print. Data only."""

from dataclasses import dataclass

ORCHESTRATOR = "devops-orchestrator"
ORCHESTRATOR_SYSTEM = "You coordinate operations work. Ask before changing production, and say what you did."
SERVICES = ("checkout", "billing", "search", "catalog", "gateway", "notifications", "ledger", "media", "identity")
ENVIRONMENTS = ("production", "production", "staging", "development")
TEAMS = ("payments", "platform", "discovery", "core")
VERSIONS = ("2.3.0", "2.3.1", "2.4.0")
RELEASES = ("2026.40", "2026.42", "2026.44")
THANKS = ("Thanks, that is all for today.", "Great, thank you.", "Perfect, thanks for the help.")
GOODBYE = "Thanks, goodbye!"
YES = "yes"


@dataclass(frozen=True)
class Command:
    """One thing an agent runs: the tool, its sub-command ('' if it has none), the line, and what success prints."""

    tool: str
    operation: str
    line: str
    prints: str


@dataclass(frozen=True)
class Task:
    """One kind of session. `{svc}` is a service, `{n}` a number that makes the text its own."""

    name: str
    platform: str
    specialist: str
    system: str
    opening: tuple[str, ...]
    follow_up: tuple[str, ...]
    brief: str
    finding: str
    done: str
    question: str
    commands: tuple[Command, ...]


@dataclass(frozen=True)
class Model:
    """USD per million tokens; None where the price is not known to Langfuse."""

    name: str
    input_price: float | None
    output_price: float | None


MODELS = (Model("gpt-5-mini", 0.25, 2.0), Model("claude-sonnet-4-5", 3.0, 15.0), Model("ops-llama-70b", None, None))

_KUBECTL = (
    Command("kubectl", "get", "kubectl get pods -n {svc}", "NAME READY STATUS RESTARTS\n{svc}-{n} 1/1 Running 0"),
    Command(
        "kubectl", "logs", "kubectl logs deploy/{svc} --tail=200", "listening on :8080\nrequest {n} served in 12ms"
    ),
    Command("kubectl", "rollout", "kubectl rollout status deploy/{svc}", "deployment {svc} rolled out, revision {n}"),
)
_GIT = (
    Command("git", "log", "git log --oneline -5", "{n}a bump {svc} base image\n{n}b tidy the chart"),
    Command("git", "diff", "git diff HEAD~1 -- deploy/", "+  replicas: 3\n-  replicas: 2  # {n}"),
)
_TERRAFORM = (
    Command("terraform", "plan", "terraform plan -out=tf.plan", "Plan: 2 to add, 1 to change, 0 to destroy. ({n})"),
    Command("terraform", "apply", "terraform apply tf.plan", "Apply complete. Resources: 2 added, 1 changed. ({n})"),
)
_BASH = (
    Command("bash", "", "tail -n 50 /var/log/{svc}.log", "worker {n} idle\nqueue empty"),
    Command("bash", "", "df -h /data", "/dev/sda1 200G 131G 69G 66% /data ({n})"),
)

TASKS = (
    Task(
        "deploy",
        "kubernetes",
        "kubernetes-agent",
        "You change Kubernetes workloads, one step at a time.",
        ("Please deploy build {n} of {svc}.", "Roll {svc} out to build {n}, slowly."),
        ("Is {svc} build {n} healthy now?", "Scale {svc} to {n} millicores as well."),
        "Roll out build {n} of {svc} and watch its pods.",
        "Build {n} of {svc} runs on every pod.",
        "The rollout of {svc} is finished, change {n}.",
        "Should I roll {svc} out to the second region too, change {n}?",
        (*_KUBECTL, *_GIT),
    ),
    Task(
        "crash",
        "kubernetes",
        "kubernetes-agent",
        "You find out why workloads crash.",
        ("{svc} pods restart all the time since build {n}.", "CrashLoopBackOff in {svc}, ticket {n}. Find the reason."),
        ("What about the memory limit of {svc}, ticket {n}?", "Restart {svc} once more, ticket {n}."),
        "Read the logs of {svc} and tell what kills the pods, ticket {n}.",
        "{svc} runs out of memory at {n} MiB.",
        "I raised the memory limit of {svc}; ticket {n} can be closed.",
        "May I raise the memory limit of {svc} for ticket {n}?",
        (*_KUBECTL, *_BASH),
    ),
    Task(
        "terraform",
        "terraform",
        "terraform-agent",
        "You plan and apply infrastructure. Never destroy.",
        ("Plan the new bucket for {svc}, request {n}.", "Terraform drift in {svc}, request {n}: put it right."),
        ("Apply the plan of request {n} for {svc}.", "Show what request {n} changes in {svc}."),
        "Plan the module of {svc} for request {n} and report what changes.",
        "The plan of request {n} adds two resources to {svc}.",
        "Request {n} for {svc} is applied.",
        "Shall I apply request {n} for {svc} now?",
        (*_TERRAFORM, *_GIT),
    ),
    Task(
        "ci",
        "github-actions",
        "ci-agent",
        "You mend failing pipelines.",
        ("Pipeline {n} of {svc} is red, have a look.", "The tests of {svc} fail on main since run {n}."),
        ("Run {svc} pipeline {n} again.", "Which commit broke {svc} in run {n}?"),
        "Find the first failing step in run {n} of {svc}.",
        "Run {n} of {svc} fails in the lint step.",
        "Run {n} of {svc} is green again.",
        "Do you want the flaky test of {svc} skipped in run {n}?",
        (*_GIT, *_BASH),
    ),
    Task(
        "incident",
        "aws",
        "incident-agent",
        "You run incidents: impact first, then cause.",
        ("Alert {n}: {svc} answers slowly.", "Incident {n}: customers of {svc} see timeouts."),
        ("Post an update on incident {n} for {svc}.", "Has {svc} recovered from incident {n}?"),
        "Measure the impact of incident {n} on {svc}.",
        "Incident {n}: a tenth of the requests to {svc} were slow.",
        "{svc} is back to normal; incident {n} is closed.",
        "Should I page the owner of {svc} for incident {n}?",
        (*_KUBECTL, *_TERRAFORM[:1], *_BASH),
    ),
)
