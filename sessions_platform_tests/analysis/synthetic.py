"""A week of constraint logs made of numbers alone: background that happens in any week, and patterns planted in it.

The instrument by which recall by prevalence and false findings of a null week are measured without any text. Rates are
chosen to be untidy: tools differ in how often they fail, users in how much they do, tasks in how hard they are, and
sessions with errors fail more often than others.
"""

from dataclasses import dataclass, field

import numpy as np

from sessions_platform.analysis.model import Label, SessionLog, Signal
from sessions_platform.analysis.population import Use

TASKS = ("incident", "deploy", "ci_failure", "access", "configuration", "cost", "investigation", "code_change")
PLATFORMS = ("kubernetes", "terraform", "git", "aws", "database")
VERSIONS = ("2.3.0", "2.3.1", "2.4.0")
AGENTS = ("planner", "executor", "reviewer", "researcher")
TOOLS = tuple(f"tool-{number}" for number in range(12))
OPERATIONS = tuple((tool, f"{tool} op-{number}") for tool in TOOLS for number in range(3))
SPECIFIC = ("timeout_chain", "false_claim", "handoff_loss", "unknown_tool")
HAZARD = ("obeyed_data",)
WEAK = ("unrecovered_error", "edit_without_verify", "goal_forgotten", "repeated_call")
KINDS = (
    "specific_operation",
    "weak_operation_version",
    "specific_everywhere",
    "version_task",
    "cost_agent",
    "weak_platform_tool",
    "weak_shape",
    "hazard",
    "specific_agent",
    "specific_version",
)


@dataclass
class Drawn:
    """One session while it is drawn."""

    number: int
    user: str
    task: str
    platform: str
    version: str
    operations: list[tuple[str, str]]
    agents: list[str]
    bad: float
    cost: float
    signals: list[Signal] = field(default_factory=list)
    failed: bool = False
    pattern: str = ""


@dataclass
class Week:
    """Logs, labels and uses as the steps before would give them, and the sessions of each planted pattern."""

    logs: list[SessionLog]
    labels: list[Label]
    uses: list[Use]
    planted: dict[str, frozenset[str]]


def week(seed: int, size: int, prevalence: float = 0.0, kinds: tuple[str, ...] = KINDS) -> Week:
    """A week of `size` sessions with each kind planted in a share `prevalence` of them (0: a null week)."""
    rng = np.random.default_rng(seed)
    world = _World(rng)
    drawn = [world.session(number) for number in range(size)]
    if prevalence:
        for kind in kinds:
            _plant(rng, world, drawn, kind, max(3, round(prevalence * size)))
    return _finished(rng, drawn)


class _World:
    """What stays the same all week: how hard tasks are, how often operations fail, who the users are."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.hard = dict(zip(TASKS, rng.normal(0, 0.4, len(TASKS)), strict=True))
        self.errs = dict(zip(OPERATIONS, 0.04 * np.exp(rng.normal(0, 0.6, len(OPERATIONS))), strict=True))
        self.of_task = {task: rng.permutation(len(OPERATIONS)) for task in TASKS}
        self.shares = 1 / np.arange(1, 121) ** 0.8
        self.versions = rng.dirichlet([4, 4, 2])

    def session(self, number: int) -> Drawn:
        rng = self.rng
        task = TASKS[int(rng.integers(len(TASKS)))]
        platform = PLATFORMS[int((TASKS.index(task) + rng.geometric(0.4)) % len(PLATFORMS))]
        order = self.of_task[task]
        picks = np.minimum(rng.geometric(0.12, size=int(rng.integers(2, 9))) - 1, len(order) - 1)
        operations = sorted({OPERATIONS[int(order[pick])] for pick in picks})
        one = Drawn(
            number,
            f"user-{int(rng.choice(120, p=self.shares / self.shares.sum()))}",
            task,
            platform,
            VERSIONS[int(rng.choice(3, p=self.versions))],
            operations,
            sorted({AGENTS[0], *(AGENTS[int(n)] for n in rng.integers(0, 4, size=2))}),
            -1.9 + self.hard[task],
            float(np.exp(rng.normal(-3, 0.8)) * (rng.pareto(1.5) + 1 if rng.random() < 0.05 else 1)),
        )
        self._background(one)
        return one

    def _background(self, one: Drawn) -> None:
        rng = self.rng
        for operation in one.operations:
            if rng.random() < self.errs[operation]:
                if rng.random() < 0.35:
                    signal(one, "unrecovered_error", operation, f"common {int(rng.zipf(1.6)) % 30}", agent(rng, one))
                    one.bad += 1.8
                if rng.random() < 0.25:
                    signal(one, "repeated_call", operation, "", agent(rng, one))
        if one.task == "code_change" and rng.random() < 0.3:
            signal(one, "edit_without_verify", one.operations[0], "", one.agents[0])
        if rng.random() < 0.01:
            signal(one, "goal_forgotten", ("", ""), "", one.agents[0])
            one.bad += 1.0
        if rng.random() < 0.0015:
            name = (*SPECIFIC, *HAZARD)[int(rng.integers(5))]
            signal(one, name, one.operations[0], "", agent(rng, one))


def agent(rng: np.random.Generator, one: Drawn) -> str:
    return one.agents[int(rng.integers(len(one.agents)))]


def signal(one: Drawn, check: str, operation: tuple[str, str], shape: str, who: str) -> None:
    one.signals.append(Signal(check, 3 + len(one.signals), f"quote {check}", shape, 1, who, operation[0], operation[1]))


def _plant(rng: np.random.Generator, world: _World, drawn: list[Drawn], kind: str, count: int) -> None:
    operation = OPERATIONS[int(rng.integers(len(OPERATIONS)))]
    version, task = VERSIONS[int(rng.integers(3))], TASKS[int(rng.integers(len(TASKS)))]
    platform, who = PLATFORMS[int(rng.integers(len(PLATFORMS)))], AGENTS[int(rng.integers(1, 4))]
    check = SPECIFIC[int(rng.integers(len(SPECIFIC)))]
    free = [drawn[int(n)] for n in rng.permutation(len(drawn)) if not drawn[int(n)].pattern]
    for one in free[:count]:
        one.pattern = kind
        one.operations = sorted({*one.operations, operation})
        one.agents = sorted({*one.agents, who})
        one.bad += 4.0
        if kind == "specific_operation":
            signal(one, check, operation, "", who)
        elif kind == "weak_operation_version":
            one.version = version
            signal(one, "unrecovered_error", operation, f"odd {int(rng.integers(40))}", agent(rng, one))
        elif kind in ("specific_everywhere", "hazard"):
            one.bad -= 4.0 * (kind == "hazard")
            signal(one, check if kind != "hazard" else HAZARD[0], one.operations[0], "", agent(rng, one))
        elif kind == "version_task":
            one.version, one.task = version, task
        elif kind == "cost_agent":
            one.bad -= 4.0
            one.cost *= float(rng.uniform(8, 20))
        elif kind == "weak_platform_tool":
            one.platform = platform
            signal(one, "repeated_call", operation, "", agent(rng, one))
        elif kind == "weak_shape":
            signal(one, "unrecovered_error", operation, "planted shape", who)
        elif kind == "specific_agent":
            signal(one, check, ("", ""), "", who)
        else:
            one.version = version
            signal(one, check, one.operations[0], "", agent(rng, one))


def _finished(rng: np.random.Generator, drawn: list[Drawn]) -> Week:
    logs, labels, uses = [], list[Label](), list[Use]()
    planted: dict[str, set[str]] = {}
    for one in drawn:
        session = f"s{one.number:05d}"
        failed = rng.random() < 1 / (1 + np.exp(-one.bad))
        known = rng.random() < 0.85
        outcome = ("failed" if failed else "success") if known else "unknown"
        calls = len(one.operations) + 1
        logs.append(
            SessionLog(
                session,
                one.user,
                outcome,
                "abandoned" if failed and rng.random() < 0.3 else "completed",
                int(rng.integers(1, 9)),
                calls,
                len(one.signals),
                4 * calls,
                one.cost,
                True,
                1000,
                {"task": (one.task,), "platform": (one.platform,), "version": (one.version,)},
                f"{one.task} on {one.platform}",
                tuple(one.signals),
            )
        )
        uses += [Use(session, "operation", operation) for _, operation in one.operations]
        uses += [Use(session, "tool", tool) for tool in sorted({tool for tool, _ in one.operations})]
        uses += [Use(session, "agent", name) for name in one.agents]
        if one.pattern:
            planted.setdefault(one.pattern, set()).add(session)
    return Week(logs, labels, uses, {kind: frozenset(found) for kind, found in planted.items()})
