"""Recall on texts with labelled spans of personal data.

Names, addresses and organisations in free text are out of scope.
"""

import json
from collections import Counter

from sessions_platform.sessions.redact import Redactor
from sessions_platform_tests.sample import SAMPLE, needs_sample

# Found of labelled, as measured; the sample holds no IBAN, and its URLs carry no credentials.
MEASURED = {
    "EMAIL_ADDRESS": (2, 2),
    "PHONE_NUMBER": (10, 10),
    "CREDIT_CARD": (10, 10),
    "US_SSN": (3, 3),
    "IP_ADDRESS": (2, 2),
}


@needs_sample
def test_labelled_values_are_found_as_often_as_measured_and_nothing_else_is_touched() -> None:
    records = json.loads((SAMPLE / "pii" / "dev_generated_small.json").read_text(encoding="utf-8"))
    redactor = Redactor(b"a key for tests")
    found: Counter[str] = Counter()
    labelled: Counter[str] = Counter()
    touched = 0
    for record in records:
        trace = redactor.trace()
        redacted = trace.text(record["full_text"])
        values = [span for span in record["spans"] if span["entity_type"] in MEASURED]
        for span in values:
            labelled[span["entity_type"]] += 1
            found[span["entity_type"]] += span["entity_value"] not in redacted
        touched += max(0, trace.counts.total() - len(values))
    assert {kind: (found[kind], labelled[kind]) for kind in MEASURED} == MEASURED
    assert touched == 0
