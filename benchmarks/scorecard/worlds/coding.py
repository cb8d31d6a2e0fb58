"""Developers give issues to a coding agent, which reads, edits and tests in a repository."""

from benchmarks.scorecard.shapes import Operation, Task, World

CODING = World(
    name="patchwork",
    share=0.22,
    lead="maker",
    helpers={"reader": ("grep", "open", "history"), "tester": ("tests", "typecheck")},
    delegate="spawn",
    system="You change code in a repository. Run the tests before you say that something works.",
    style="json_exit",
    versions={"0.21.4": 0.48, "0.22.0": 0.38, "0.23.0": 0.14},
    platforms={"ide-plugin": 0.5, "ci-runner": 0.28, "terminal": 0.22},
    models={"claude-sonnet-4-5": (0.6, 3.0, 15.0), "gpt-4o": (0.4, 2.5, 10.0)},
    slots={
        "module": (
            "ledger/rounding.py",
            "feeds/merge.py",
            "cache/evict.py",
            "parse/dates.py",
            "auth/scopes.py",
            "ui/table.tsx",
        ),
        "function": ("split_amount", "merge_feeds", "evict_oldest", "read_date", "scopes_of", "renderRows"),
        "issue": ("#412", "#437", "#458", "#471", "#503", "#519"),
        "package": ("httpkit", "fastcols", "tinylog", "yamlish"),
    },
    operations={
        "grep": Operation(
            "search_code",
            {"pattern": "{function}", "path": "src"},
            "{module}:{n3}: def {function}(\n{module}:{n3}: return "
            "{function}(value)\ntests/test_{function}.py:{n}: {function}",
            "no matches",
            seconds=0.3,
            flags=("semantic", "by_author", "with_callers"),
        ),
        "open": Operation(
            "read_file",
            {"path": "src/{module}", "from_line": "{n3}"},
            "def {function}(value, *, strict=False):\n    [rows|items|parts] = load(value)\n    if not "
            "[rows|items|parts]:\n"
            "        return None\n    return [rows|items|parts][0] if strict else [rows|items|parts]",
            "",
            seconds=0.2,
        ),
        "edit": Operation(
            "edit_file",
            {"path": "src/{module}", "find": "return None", "replace": "return [empty(value)|()|default]"},
            "1 replacement in src/{module}",
            writes=True,
            seconds=0.3,
            flags=("fuzzy_match", "all_files", "auto_import"),
        ),
        "tests": Operation(
            "shell",
            {"command": "python -m pytest tests/test_{function}.py -q"},
            "{n} passed in {n}.{n}s",
            "no tests ran",
            seconds=7.0,
            flags=("--changed-only", "--smart", "--stop-at=first"),
        ),
        "typecheck": Operation(
            "shell",
            {"command": "mypy src/{module}"},
            "Success: no issues found in {n} source files",
            seconds=5.0,
            flags=("--fast-mode", "--fix"),
        ),
        "history": Operation(
            "shell",
            {"command": "git log --oneline -{n} -- src/{module}"},
            "{hex} [Round half to even|Merge in order|Keep the newest]\n{hex} [Add strict flag|Tidy names|Speed up]",
            "",
            seconds=0.5,
        ),
        "push": Operation(
            "shell",
            {"command": "git push origin HEAD:{env}"},
            "To origin\n   {hex}..{hex}  HEAD -> {env}",
            writes=True,
            seconds=2.2,
            flags=("--squash", "--auto-merge", "--sign-all"),
        ),
        "install": Operation(
            "shell",
            {"command": "pip install {package}==1.{n}.0"},
            "Successfully installed {package}-1.{n}.0",
            writes=True,
            seconds=6.0,
            flags=("--resolve-latest", "--trust"),
        ),
        "note": Operation(
            "issue_tracker",
            {"operation": "comment", "issue": "{issue}", "text": "[Fixed|Changed] in {module}."},
            "comment posted on {issue}",
            writes=True,
            seconds=0.5,
        ),
    },
    tasks={
        "bugfix": Task(
            0.42,
            0.25,
            "[Fix|Please fix|Can you look at] {issue}: `{function}` in {module} [returns None for empty "
            "input|loses the last row"
            "|rounds the wrong way|breaks on leap days]. [Work on branch {env}.|Target branch is {env}.|]",
            "[Does it handle unicode|Is strict mode covered|Could you simplify the loop]?",
            ("grep", "open", "history", "edit", "tests", "push"),
            "{issue} is fixed in {module}: `{function}` [handles the empty case|keeps the last row]; {n} tests pass.",
            ("mention it on {issue}", "note", "{issue} has a comment"),
        ),
        "feature": Task(
            0.28,
            0.3,
            "[Add|We want|Please add] a [strict flag|batch mode|dry run] to `{function}` ({module}), [with "
            "tests|and cover it], on {env}.",
            "[Rename the flag|Make it keyword-only|What is the default], please[?|.]",
            ("grep", "open", "edit", "edit", "tests", "typecheck", "push"),
            "`{function}` has the [strict flag|batch mode|dry run], [covered by|with] {n} tests, pushed to {env}.",
            ("type-check the module, too", "typecheck", "the type check is clean"),
        ),
        "upgrade": Task(
            0.16,
            0.16,
            "[Upgrade|Move us to the new|Bump] {package} [to 1.{n}|, the old one is end of life], branch {env}.",
            "[Any breaking changes|Did the lock file change]?",
            ("grep", "install", "tests", "push"),
            "{package} is [upgraded|at the new version], tests pass, [no call had to change|{n} calls were adapted].",
            ("say on {issue} what changed", "note", "{issue} says what changed"),
        ),
        "explain": Task(
            0.14,
            0.06,
            "[How does|Explain how] `{function}` [work|decide what to keep]? [I am new here|Short, please].",
            "[And who calls it|Since when is it like that]?",
            ("grep", "open", "history"),
            "`{function}` loads the [rows|items], [returns the first in strict mode|keeps all], and [nothing "
            "else|caches none].",
            ("say who changed it last", "history", "the last change was {hex}"),
        ),
    },
    transient=(
        ("command timed out after {s} s", "Timeout", 504),
        ("sandbox is starting, try again", "SandboxBusy", 503),
        ("fatal: unable to access origin: could not resolve host", "NetworkError", 502),
        ("Text file busy", "Busy", 409),
        ("429 from package index", "RateLimited", 429),
    ),
    hard=(
        ("E  assert {n} == {n3}\n{n} failed, {n} passed", "AssertionError", 400),
        ("find text occurs 0 times in src/{module}", "NoMatch", 400),
        ("error: {function} has incompatible type", "TypeError", 400),
        ("! [rejected] HEAD -> {env} (non-fast-forward)", "PushRejected", 409),
    ),
    environments=("next", "release"),
    declared="metadata",
    chatter=(
        "[I will|Let me] [read|look at] the [code|tests] [first|around it].",
        "[Checking|Looking at] `{function}`.",
        "[Next step|Now]: [the change|tests|a closer look].",
    ),
)
