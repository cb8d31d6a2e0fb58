"""Patients and receptionists have appointments, records and bills of a group of clinics handled by an agent."""

from benchmarks.scorecard.shapes import Operation, Task, World

CLINIC = World(
    name="clinic-desk",
    share=0.26,
    lead="frontdesk",
    helpers={"scheduler": ("slots", "book", "move"), "billing": ("invoice", "insurer")},
    delegate="route",
    system="You are the desk of the clinics. Confirm only what the calendar confirmed. Keep to the named branch.",
    style="text",
    versions={"r118": 0.5, "r119": 0.35, "r120": 0.15},
    platforms={"kiosk": 0.25, "website": 0.45, "hotline": 0.3},
    models={"gpt-4o-mini": (0.5, 0.15, 0.6), "claude-haiku-4-5": (0.5, 1.0, 5.0)},
    slots={
        "doctor": ("Dr Aldana", "Dr Bruhn", "Dr Castell", "Dr Dimov", "Dr Eklund"),
        "unit": ("dermatology", "eye unit", "physio", "dental", "imaging"),
        "case": ("case 7713", "case 7842", "case 7955", "case 8020", "case 8164"),
        "cover": ("BasicCare", "UnionPlus", "Nordic Mutual"),
    },
    operations={
        "slots": Operation(
            "calendar",
            {"op": "free", "unit": "{unit}", "branch": "{env}"},
            "{weekday} {clock} {doctor}; {weekday} {clock} {doctor}",
            "no free slot",
            seconds=0.6,
            flags=("any_branch", "soonest", "waitlist"),
        ),
        "book": Operation(
            "calendar",
            {"op": "book", "doctor": "{doctor}", "case": "{case}", "branch": "{env}"},
            "booked: {weekday} {clock}, ref {hex}",
            writes=True,
            seconds=0.9,
            flags=("double_ok", "hold_only", "sms"),
        ),
        "move": Operation(
            "calendar",
            {"op": "move", "case": "{case}", "to": "{weekday} {clock}", "branch": "{env}"},
            "moved, ref {hex}",
            writes=True,
            seconds=0.9,
            flags=("keep_old", "no_fee"),
        ),
        "record": Operation(
            "records",
            {"op": "summary", "case": "{case}"},
            "{case}: {unit}, last visit {weekday}, {n} notes",
            "no entry for this case",
            seconds=0.7,
            flags=("full_text", "with_images"),
        ),
        "referral": Operation(
            "records",
            {"op": "referral", "case": "{case}", "to": "{unit}"},
            "referral {hex} filed",
            writes=True,
            seconds=1.1,
        ),
        "invoice": Operation(
            "billing",
            {"op": "invoice", "case": "{case}"},
            "invoice {n4}: {money}, due in {n} days",
            "nothing billed yet",
            seconds=0.5,
            flags=("as_table", "with_history"),
        ),
        "insurer": Operation(
            "billing",
            {"op": "cover", "plan": "{cover}", "case": "{case}"},
            "{cover} pays {pct}% of {unit}",
            "plan unknown",
            seconds=1.4,
        ),
        "remind": Operation(
            "messages", {"op": "remind", "case": "{case}"}, "reminder queued", writes=True, seconds=0.3
        ),
    },
    tasks={
        "appointment": Task(
            0.45,
            0.15,
            "[I need|Could I get|Looking for] an appointment at {unit}, [with {doctor}|any doctor], branch "
            "{env}[ this week| before {weekday}|].",
            "[Is anything earlier free|Can it be after five|Which door is it]?",
            ("record", "slots", "book"),
            "You are [booked|down] with {doctor} on {weekday} at {clock}, branch {env}.",
            ("remind me the day before", "remind", "a reminder is set"),
        ),
        "reschedule": Task(
            0.3,
            0.22,
            "[I can't come|Something came up] on {weekday}, [move|shift] {case} [to another day|to next week], please.",
            "[And keep {doctor}|Does that cost anything]?",
            ("record", "slots", "move"),
            "{case} [is moved|now stands] on {weekday} {clock}.",
            ("tell me what the last visit said", "record", "the last note is of {weekday}"),
        ),
        "bill-question": Task(
            0.25,
            0.28,
            "[Why is|What is] {money} on [my bill|the invoice] for {case}? I have {cover}.",
            "[Who pays the rest|When is it due]?",
            ("invoice", "insurer", "record"),
            "{cover} pays {pct}% for {unit}, [your share is {money}|the rest is {money}].",
            ("send a reminder before it is due", "remind", "the reminder is queued"),
        ),
    },
    transient=(
        ("calendar is syncing, come back in {s} s", "Busy", 503),
        ("gave up on the insurer's line after {s} s", "Timeout", 504),
        ("[someone else edits|edit lock on] this entry", "Lock", 409),
    ),
    hard=(
        ("slot was taken", "Conflict", 409),
        ("case is closed", "State", 422),
        ("{cover} does not list this unit", "Cover", 422),
    ),
    environments=("Lakeside", "Old Town"),
    chatter=("[I check|Let me check] the calendar.", "[A moment, please|Just a moment].", "[Right|Okay], {case}."),
)
