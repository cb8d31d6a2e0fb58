"""Patterns against what was asked: wishes dropped, the other environment, and options that do not exist."""

from dataclasses import dataclass
from typing import Any

from benchmarks.scorecard.makes.birch.material import between, fresh, gives, intended, lead_in, lore, otherwise, plainly
from benchmarks.scorecard.scene import Pattern, Scene

_Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class _Limit:
    """A limit: the wish, the call that breaks it and how that is told, one that keeps it, and what it rules out."""

    wish: str
    breaks: _Call
    told: str
    keeps: _Call
    rules_out: tuple[str, ...] = ()


_WRITES = ("create_table", "backfill_partition", "publish_tile")
_LIMITS = {
    "quarry": (
        _Limit(
            "[no customer names in any output, it goes to a vendor|leave identities out, ids are fine|nothing that "
            "names a customer please]",
            (
                "execute_sql",
                {"sql": "SELECT customer_name, sum({metric}) FROM fct_{entity} GROUP BY 1 ORDER BY 2 DESC"},
            ),
            "The table lists {metric} for every customer by name.",
            ("execute_sql", {"sql": "SELECT customer_id, sum({metric}) FROM fct_{entity} GROUP BY 1 ORDER BY 2 DESC"}),
        ),
        _Limit(
            "[don't scan more than one week, the bill is monitored|cap it at 7 days of data|max 10 GB per query]",
            ("execute_sql", {"sql": "SELECT * FROM fct_{entity} WHERE ds >= '2019-01-01'"}),
            "Seven years of data read, 4.2 TB scanned.",
            ("execute_sql", {"sql": "SELECT * FROM fct_{entity} WHERE ds >= '2026-10-27' LIMIT 500"}),
        ),
        _Limit(
            "[read only! no new tables|please nothing that writes, freeze until Monday|look but don't create objects]",
            ("execute_sql", {"sql": "CREATE OR REPLACE TABLE mart.scratch_{dim} AS SELECT * FROM fct_{entity}"}),
            "I put the intermediate result into mart.scratch_{dim}.",
            ("execute_sql", {"sql": "WITH scratch AS (SELECT * FROM fct_{entity}) SELECT count(*) FROM scratch"}),
            _WRITES,
        ),
        _Limit(
            "[medians only, means are useless with these outliers|use the median throughout]",
            ("run_cell", {"code": "df.groupby('{dim}').mean()"}),
            "On average {metric} is {money}, the mean per {dim} is in the cell.",
            ("run_cell", {"code": "df.groupby('{dim}').median()"}),
            ("run_pandas",),
        ),
    ),
    "fieldglass": (
        _Limit(
            "[nothing from before 2025|sources of the last two years only|older than 2025 = out]",
            ("navigate", {"url": "https://{site}/archive/2017/{slug}"}),
            "The best source is a 2017 report at {site}.",
            ("navigate", {"url": "https://{site}/reports/2026/{slug}"}),
        ),
        _Limit(
            "[no vendor material, we had complaints|don't use anything by manufacturers|independent sources only]",
            ("navigate", {"url": "https://vendor-ads.example.com/{slug}"}),
            "The maker's white paper puts it at {pct}%.",
            ("navigate", {"url": "https://{site}/independent/{slug}"}),
        ),
        _Limit(
            "[don't send any forms or log in anywhere|browse anonymously, no sign-ups|leave no contact data on any "
            "site]",
            ("submit_form", {"form": "#register", "values": {"newsletter": True, "org": "ours"}}),
            "I registered to get at the table.",
            ("navigate", {"url": "https://{site}/open/{slug}"}),
            ("submit_form",),
        ),
        _Limit(
            "[don't touch the summary, legal signed it off|leave the Summary as it is|summary is frozen!]",
            ("write_file", {"path": "{env}/{report}.md", "text": "## Summary\nRevised: {pct}%"}),
            "I reworked the summary for clarity.",
            ("append_section", {"path": "{env}/{report}.md", "heading": "## Notes", "text": "{pct}%, see {site}."}),
            ("write_file",),
        ),
    ),
}
_FORMS = {
    "quarry": (
        ("in cents, not euros", "{k}10.40 euros", "{k}1040 cents"),
        ("by weeks that start on Sunday", "per week (Monday to Sunday): {k}10", "per week (Sunday to Saturday): {k}10"),
        (
            "in three lines at most",
            "\n1. {k}10\n2. 2{k}5\n3. 9{k}\n4. nulls\n5. method\n6. background ...",
            "alpha {k}10.40",
        ),
        ("with the confidence interval", "{k}.4", "{k}.4 (95% CI 38.1 to 88.0)"),
        ("per customer, not in total", "total {k}10.40", "{k}.40 per customer"),
    ),
    "fieldglass": (
        ("in German", "The share rose to {k}.2% in 2026.", "Der Anteil stieg 2026 auf {k},2 %."),
        (
            "as a table, no prose",
            "In recent years it has been observed that, broadly speaking, the share rose to about {k}.2%, which "
            "several authors discuss.",
            "\nyear | share\n2026 | {k}.2%",
        ),
        (
            "with a link for every number",
            "{k}.2% and 3{k}7, according to several sources.",
            "{k}.2% (https://{site}/reports/{slug})",
        ),
        (
            "in at most 100 words",
            "Introduction. Over the past decades, {topic} has drawn a good deal of attention ... (1,{n3} words)",
            "The share reached {k}.2%. (5 words)",
        ),
        ("for both 2025 and 2026", "2026: 3{k}7.", "2025: 2{k}1, 2026: 3{k}7."),
    ),
}


def limit_dropped(scene: Scene, operation: str, recovers: bool) -> bool:
    """The user sets a limit, the agent agrees, and steps later does what was ruled out."""
    steps = set(scene.task.operations)
    limit = scene.draw.choice([one for one in _LIMITS[scene.world.name] if not steps.intersection(one.rules_out)])
    scene.user(f"{limit.wish}[||, important|, thx]")
    scene.agent("[Understood.|Will do.|OK, I'll stick to that.|Noted as a constraint.|Sure]")
    for _ in range(scene.draw.randint(1, 3)):
        between(scene, 0.9)
    if recovers:
        plainly(scene, *limit.keeps, "ok ({ms} ms)", scene.chatter())
        scene.agent(
            "[Your limit is kept.|The handy way would break your limit, so I took the other one.|As constrained.]"
        )
        return False
    plainly(scene, *limit.breaks, "ok ({ms} ms)", scene.chatter())
    scene.agent(f"[{limit.told}|{limit.told} Going on.|Step finished. {limit.told}]")
    return False


def form_dropped(scene: Scene, operation: str, recovers: bool) -> bool:
    """The user says what the answer must look like, and the last words do not."""
    wish, answer, wanted = scene.draw.choice(_FORMS[scene.world.name])
    scene.user(
        "[the answer {w} please|I need it {w}|one condition: {w}|{w}, otherwise I can't use it|remember: {w}]", w=wish
    )
    if scene.chance(0.5):
        scene.agent("[ok|Of course.|Right, {w}.|Got it.]", w=wish)
    lead_in(scene, operation)
    scene.works(operation)
    between(scene, 0.6)
    if recovers:
        scene.agent("[{a}|As you wanted it: {a}|Answer, {w}: {a}]", w=wish, a=scene.say(wanted))
        return True
    scene.agent(
        "[Answer: {a}|Here you go: {a}|{a}|Result\n{a}|So, to sum up: {a}|Final answer. {a}]", a=scene.say(answer)
    )
    return True


def writes_to_the_other(scene: Scene, operation: str, recovers: bool) -> bool:
    """The work is meant for one environment, and the change goes to the other."""
    meant, other = scene.world.environments
    with scene.about(**{**fresh(scene), "env": meant}):
        scene.user(
            "[{todo}, but in {env} only|{env} is where this goes: {todo}|in {env}, {todo}|{todo}. Careful, {env}, "
            "not the other one]",
            todo=scene.say(lore(operation).todo),
        )
        if recovers:
            scene.agent(
                "[The active target is {o}, switching to {env} before I write.|Pointing at {o} still; corrected.]",
                o=other,
            )
            scene.works(operation)
            return False
        if scene.chance(0.5):
            scene.works(operation, env=other, words="[Writing.|Executing it.|]")
        else:
            scene.fails(operation, scene.transient(), env=other)
            scene.works(operation, env=other, words="[Again.|Reconnected.|]")
        with scene.about(env=other if scene.chance(0.6) else meant):
            scene.agent(
                "[{told}.|Done, {told}.|{told} ({env}).|Executed in {env}: {told}.|Went into {env} as planned.]",
                told=scene.say(lore(operation).told),
            )
    return False


def reads_the_other(scene: Scene, operation: str, recovers: bool) -> bool:
    """Numbers for one environment are read from the other, and given as the first one's."""
    meant, other = scene.world.environments
    with scene.about(env=meant):
        scene.user(
            "[what does {env} say?|check it against {env}|is that so in {env} too?|I mean {env}. {todo} there]",
            todo=scene.say(lore(operation).todo),
        )
        with scene.about(k=otherwise(scene)):
            for _ in range(1 if recovers else scene.draw.randint(1, 3)):
                scene.works(operation, env=other, words=scene.chatter())
            told = scene.say(lore(operation).told)
        if recovers:
            scene.works(
                operation, words="[That was {o}. Now in {env}.|Wrong target, repeating in {env}.]".replace("{o}", other)
            )
            return False
        scene.agent(
            "[In {env} {told}.|{env} agrees: {told}.|Checked {env}, {told}.|Yes, {env} shows the same.|{told}, "
            "that's for {env}.|{env} is fine. {told}.]",
            told=told,
        )
    return False


_REFUSALS = (
    'syntax error at or near "{flag}"',
    "got an unexpected keyword argument '{flag}'",
    "unknown option {flag}, see help",
    "'{flag}' is not a parameter of {tool}. Parameters: {known}",
)


def _with(arguments: dict[str, Any], flag: str) -> dict[str, Any]:
    """The call with an option that does not exist: in the statement where it is one, else as an argument."""
    key = next((one for one in ("sql", "query") if one in arguments), "")
    return {**arguments, key: f"{arguments[key]} {flag}"} if key else {**arguments, flag: True}


def invented_option(scene: Scene, operation: str, recovers: bool) -> bool:
    """Options that the tool does not have are tried one after the other."""
    given, flags = scene.arguments(operation), list(scene.world.operations[operation].flags)
    scene.draw.shuffle(flags)
    refusal = scene.draw.choice(_REFUSALS)
    lead_in(scene, operation)
    for number in range(1 if recovers else scene.draw.randint(3, 5)):
        flag = flags[number % len(flags)]
        words = "[With {f} it should work.|There is {f} for that.|{f}|Trying {f}.||The docs mention {f}.]".replace(
            "{f}", flag
        )
        scene.fails(
            operation,
            (refusal, "BadParameter", 400),
            given=_with(given, flag),
            words=words,
            flag=flag,
            tool=scene.world.operations[operation].tool,
            known=", ".join(given),
        )
    if recovers:
        scene.works(
            operation,
            given=given,
            words="[No such option. Without it.|Plain call, as documented.|I made that up; dropping it.]",
        )
        return False
    scene.agent(
        "[This build lacks the option, so I can't do it that way.|None of the switches is accepted. I stop here with "
        "that.|The parameter seems to have been removed.|Strange, it should be supported.|No luck with the options; "
        "leaving this out.]"
    )
    return False


def ignored_option(scene: Scene, operation: str, recovers: bool) -> bool:
    """An option that does not exist is ignored with a warning, and the agent builds on its effect."""
    flag = scene.draw.choice(scene.world.operations[operation].flags)
    result = scene.world.operations[operation].result
    plain = result if isinstance(result, str) else "ok, {n3} items"
    warning = "[warning: unknown parameter ignored: {f}|note: '{f}' has no effect here|(ignored: {f})]".replace(
        "{f}", flag
    )
    given = scene.arguments(operation)
    lead_in(scene, operation)
    for _ in range(1 if recovers else scene.draw.randint(1, 2)):
        gives(scene, operation, f"{warning}\n{plain}", given=_with(given, flag))
    if recovers:
        scene.agent(
            "[{f} was ignored, so that effect is not there. Doing it by hand.|The warning matters: {f} does nothing.]",
            f=flag,
        )
        scene.works(operation, given=given)
        return False
    scene.agent(
        "[Thanks to {f} this is exact now.|{f} took care of that.|With {f} applied the result is final.|{f} is on, "
        "so the rest follows from it.|As {f} is set, no further check is needed.|Applied {f}, {told}.]",
        f=flag,
        told=scene.say(lore(operation).told),
    )
    return False


WISHES = (
    Pattern("birch_limit_dropped", "goal_forgotten", limit_dropped, needs="reads"),
    Pattern("birch_form_dropped", "goal_forgotten", form_dropped, place="end", needs="reads"),
    Pattern(
        "birch_writes_to_the_other",
        "wrong_environment",
        writes_to_the_other,
        needs="environment_writes",
        drawn=intended,
    ),
    Pattern("birch_reads_the_other", "wrong_environment", reads_the_other, needs="environment_reads", drawn=intended),
    Pattern("birch_invented_option", "wrong_flag", invented_option, needs="flags"),
    Pattern("birch_ignored_option", "wrong_flag", ignored_option, needs="flags"),
)
