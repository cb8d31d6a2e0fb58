"""The words by which memories are recognised: asking for help, a capability that is missing, names of services.

Data only, in one place. Few and narrow: a memory that is missing is still found in the digest, a wrong one misleads.
All are searched in lower-cased text with straight apostrophes, most of them within one sentence.
"""

import re
from typing import NamedTuple


class Phrase(NamedTuple):
    """A pattern, what it shows, and words of which every match has one: looking for those first is far quicker."""

    shows: str
    needs: tuple[str, ...]
    pattern: re.Pattern[str]


_HAVE = r"(?:do not|don't|don't currently|do not currently|currently don't|currently do not) have"
_ABLE = r"(?:access|ability|abilities|permissions?|tools?|capability|capabilities|privileges|authori[sz]ation)"
_WITHIN = r"[^.!?\n]"

CANNOT = Phrase(
    "lacks a capability",
    (
        "not have",
        "n't have",
        "lack",
        "access",
        "authori",
        "permitted",
        "there's no",
        "there is no",
        "able to",
        "because",
    )
    + ("beyond my", "outside my"),
    re.compile(
        rf"\bi {_HAVE} (?:[\w'-]+ ){{0,3}}{_ABLE}\b"
        rf"|\bi {_HAVE} (?:a|any) (?:way|means) (?:to|of)\b"
        rf"|\bi lack (?:[\w'-]+ ){{0,2}}{_ABLE}\b"
        r"|\bi(?:'m| am) (?:unable|not able) to access\b|\bi (?:cannot|can't) access\b"
        r"|\bi(?:'m| am) not (?:authori[sz]ed|permitted) to\b"
        r"|\bthere(?:'s| is) no (?:tool|function|api|command|way for me)\b"
        r"|\b(?:beyond|outside) my (?:capabilities|permissions|access|tools)\b"
        rf"|\bi(?:'m| am) (?:unable|not able) to\b{_WITHIN}{{1,100}}\b(?:directly|from here|in this environment"
        r"|through this (?:chat|system|channel)|with (?:my|the available) tools)\b"
        rf"|\bi (?:cannot|can't)\b{_WITHIN}{{1,100}}\bbecause (?:i (?:don't|do not|lack|cannot|can't|only)|my tools?"
        r"|there(?:'s| is) no|the tool)\b"
    ),
)
"""An agent says that it lacks access, a tool or a permission (not: that a rule forbids it, or a fact is missing)."""

REFUSED = re.compile(
    rf"\b(?:tool|function|command|method|operation|action|subcommand|endpoint)\b{_WITHIN}{{0,60}}?"
    r"\b(?:not found|does not exist|doesn't exist|is unknown"
    r"|is not (?:available|supported|implemented|recogni[sz]ed))\b"
    r"|\b(?:unknown|no such|unrecogni[sz]ed) (?:tool|function|command|subcommand|action|operation|method)\b"
    r"|\bcommand not found\b|\bnot implemented\b|\bnotimplementederror\b|\bno module named\b"
    r"|\bunsupported (?:operation|action|method|command)\b|\b(?:operation|method) not (?:supported|allowed)\b"
    r"|\b(?:permission|access)(?: was| is)? denied\b|\baccessdenied\w*|\bunauthori[sz]ed\b|\bforbidden\b"
    r"|\bnot (?:authori[sz]ed|permitted) to\b|\binsufficient (?:permissions?|privileges|scopes?)\b"
    r"|\b(?:invalid|missing) (?:api key|credentials|access token)\b"
)
"""A tool's error says that the tool, the operation or the permission is not there."""

AGENT_ASKS = (
    Phrase(
        "a decision",
        ("proceed", "advise", "i need", "i'll need", "wait", "should i", "shall i", "do you"),
        re.compile(
            r"\bhow (?:would|do|should) (?:you (?:like|want|prefer)(?: me| us)?|we|i) to proceed\b|\bplease advise\b"
            r"|\bhow should (?:i|we) proceed\b"
            r"|\bi(?:'ll)? need (?:your|a) (?:decision|approval|go-ahead|sign-off|guidance|input)\b"
            r"|\b(?:waiting|wait) for your (?:approval|decision|go-ahead)\b"
            r"|\b(?:should|shall) i (?:proceed|continue|go ahead|roll|apply|deploy|delete|restart|scale|merge|revert)\b"
            r"|\bdo you (?:approve|want me to (?:proceed|apply|deploy|delete|restart|merge|revert|roll))\b"
        ),
    ),
    Phrase(
        "credentials",
        ("pass", "api key", "token", "access key", "credential", "secret key", "ssh key", "kubeconfig", "login", "mfa"),
        re.compile(
            r"\b(?:please (?:provide|share|send|enter|paste|set)"
            r"|(?:could|can) you (?:please )?(?:provide|share|send|enter|set)"
            rf"|i need|we need|give me)\b{_WITHIN}{{0,40}}"
            r"\b(?:password|passphrase|api key|api token|access token|access key|credentials|secret key|ssh key"
            r"|kubeconfig|login details|mfa code)\b"
        ),
    ),
    Phrase(
        "help, being stuck",
        ("stuck", "blocked", "out of ideas", "sure how", "help", "assistance", "without"),
        re.compile(
            r"\bi(?:'m| am) (?:stuck|blocked|out of ideas)\b"
            r"|\bi(?:'m| am) (?:not sure|unsure) how to (?:proceed|continue)\b"
            r"|\bi need (?:your|some|human|someone's) (?:help|assistance)\b|\bi cannot (?:proceed|continue) without\b"
            r"|\bi can't (?:proceed|continue) without\b"
        ),
    ),
    Phrase(
        "a human to take over",
        ("transferr", "escalat"),
        re.compile(
            r"\b(?:transferring you|being transferred|transferred you|i(?:'ve| have) (?:transferred|escalated)"
            rf"|escalating)\b{_WITHIN}{{0,40}}"
            r"\b(?:human|live agent|representative|specialist|supervisor|on-?call|support team)\b"
        ),
    ),
)
"""An agent asks the user, or gives up to a human. Asking for facts of the case, or to confirm a step, is no help."""

USER_ASKS = (
    Phrase(
        "a human",
        (
            "talk",
            "speak",
            "escalate",
            "transfer me",
            "connect me",
            "put me",
            "i want a",
            "i need a",
            "get me",
            "give me",
        ),
        re.compile(
            rf"\b(?:talk|speak|speaking|talking|escalate|transfer me|connect me|put me through)\b{_WITHIN}{{0,30}}?"
            r"\b(?:human|real person|representative|supervisor|manager|live agent|operator|someone)\b"
            r"|\b(?:i (?:want|need)|get me|give me) a (?:human|real person|live agent|representative|supervisor)\b"
        ),
    ),
)
"""A user asks for a person, whenever in the session."""

USER_ASKS_AFTER_FAILURE = (
    Phrase(
        "help",
        ("help", "stuck"),
        re.compile(
            r"\b(?:can|could|would) you (?:please )?help(?: me)?(?: out)?(?: with (?:this|that|it))?"
            r"(?:,? please)?\s*[?!.]"
            r"|\b(?:can|could|would) (?:someone|anyone|anybody) (?:please )?help\b|\bplease help(?: me)?\s*[!.]"
            r"|\bi(?:'m| am) stuck\b|\bi (?:really )?need (?:your |some )?help\b"
        ),
    ),
)
"""A user asks for help once a call has failed. Before that, such words only state the task."""

NOT_ASKED = re.compile(
    r"^\W*(?:if|when|unless)\b|\b(?:don't|do not|didn't|wouldn't) (?:really )?(?:want|need|have) to\b"
)
"""What makes a sentence with such words no asking: a condition, a refusal."""

HUMAN_TOOLS = re.compile(
    r"(?:transfer|escalate|hand_?off|page|ask|contact|notify)\w*?_?(?:to_)?(?:human|operator|on_?call)\w*"
    r"|ask_user|human_input|request_(?:approval|help|human)"
)
"""Tools whose call is the asking."""

_NAME = r"([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)"
_KIND = r"(?:deployments?|deploy|statefulsets?|sts|daemonsets?|ds|services?|svc)"
SERVICES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\w./-]){_KIND}(?:\.apps)?/{_NAME}(?![\w./-])",
        rf"\b(?:service|deployment|statefulset)\s+\\?[\"'`]{_NAME}\\?[\"'`]",
        rf"[\"'`]{_NAME}\\?[\"'`]\s+(?:service|deployment)\b",
        rf"\b(?:restart|deploy|redeploy|roll back|rollback|scale|migrate) (?:the )?{_NAME} (?:service|deployment)\b",
        r"\bthe ([a-z0-9]+(?:-[a-z0-9]+)+) (?:service|deployment)\b",
    )
)
"""Where the name of a service or deployment stands, in arguments and in a user's words; a namespace is none."""
SERVICES_IN_CALLS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:restart|status|undo|pause|resume|history|scale|get|describe|logs|delete|edit|expose|autoscale|patch)\s+"
        rf"{_KIND}\s+{_NAME}(?![\w./=-])",
        rf"\"(?:service|service_?name|deployment|deployment_?name)\"\s*:\s*\"{_NAME}\"",
        rf"\bsystemctl\s+(?:-\S+\s+)*(?:restart|start|stop|status|reload|enable|disable)\s+{_NAME}(?:\.service)?\b",
        rf"\bjournalctl\b[^|;&\n\"]{{0,40}}?\s-u\s*{_NAME}(?:\.service)?\b",
    )
)
"""Where it stands in a tool's arguments alone: such words mean something else in a sentence."""
SERVICES_NEED = ("service", "svc", "deploy", "statefulset", "sts", "daemonset", "ds", "systemctl", "journalctl")
NO_SERVICES = frozenset({"the", "all", "my", "your", "our", "this", "that", "a", "an", "every", "each", "any", "new"})
