"""Every example of the table is caught, every look-alike survives, under RE2 and under plain `re`."""

import pytest

from sessions_platform.sessions.redact import Redactor
from sessions_platform.sessions.redact.table import Rule, table
from sessions_platform_tests.sessions.redact.oracle import still_there

REDACTOR = Redactor(b"a key for tests")
RULES = table().rules


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_example_of_a_rule_is_replaced_by_a_token_of_its_class(rule: Rule) -> None:
    for example in rule.catches:
        redacted = REDACTOR.trace().text(f"before {example} after")
        assert f"<{rule.class_}:" in redacted, example
        assert redacted.startswith("before ") and redacted.endswith(" after")
        assert still_there(redacted) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_look_alike_of_a_rule_survives_byte_for_byte(rule: Rule) -> None:
    for text in rule.spares:
        assert REDACTOR.trace().text(text) == text
        assert still_there(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "id 3f2c1a90-7b1e-4c55-9a10-0123456789ab and 0af7651916cd43dd8448eb211c80319c",
        "commit 8f14e45fceea167a5a36dedd4bea2543d41d8cd9",
        "image registry.k8s.io/pause@sha256:9001185023633d17a2f98ff69b6ff2615b8ea02a825adffa40422f51dfdcde9d",
        "pod/web-7d4b9c6f5d-x2x9z in namespace team-a-prod-1, node ip-node-12",
        "at 2026-11-18T00:00:02.345Z, 1763424002345, 1763424002345678901, 2026-11-18 00:00:02,345",
        "versions 1.2.3, v1.28.4, 3.11.7, >=1.2,<2, 2.0.0-rc.1+build.5, python-3.11.7.1",
        "http://localhost:8080 http://127.0.0.1:3000 [::1]:443 0.0.0.0:80",
        "3.14159265358979 -12.5 1,234,567.89 100% 42 1000000 0x7fffdeadbeef 1e-10",
        "@@ -1234,56 +1240,61 @@ def f(self): return a@b",
        "exit code 137, 12345 ms, 200 OK, 64 bytes from icmp_seq=1 ttl=64",
        "a table: 123 456 789 / 12 34 56 / 1111 2222",
        "secretKeyRef: name: db-credentials; imagePullSecrets; serviceAccountToken; token_count=512",
        "def login(user, password): return session.post(url, password=password)",
        "R&D &amp; 50% off &lt;b&gt; \\n \\t \\u00e9 %20",
        "aGVsbG8gd29ybGQsIHRoaXMgaXMgZmluZQ== iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB",
    ],
)
def test_what_operations_write_all_day_survives(text: str) -> None:
    assert REDACTOR.trace().text(text) == text


def test_rules_have_unique_names_examples_and_look_alikes() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    gates = set(table().gates)
    assert all(rule.catches and rule.spares and rule.gates <= gates for rule in RULES)
