"""Customers of a shop write to an agent, which works through its interfaces: orders, refunds, parcels, accounts."""

from benchmarks.scorecard.shapes import Operation, Task, World

SHOP_CARE = World(
    name="shop-care",
    share=0.26,
    lead="host",
    helpers={"refund_desk": ("refund", "policy", "order"), "parcel_desk": ("track", "carrier", "redirect")},
    delegate="transfer",
    system="You are the shop's service. Follow the policy. Never promise what the tools did not confirm.",
    style="http",
    versions={"2026.40": 0.4, "2026.41": 0.45, "2026.42": 0.15},
    platforms={"web-chat": 0.45, "mobile-app": 0.35, "phone-bridge": 0.2},
    models={"gpt-4o-mini": (0.7, 0.15, 0.6), "claude-haiku-4-5": (0.3, 1.0, 5.0)},
    slots={
        "order": ("A-20417", "A-20933", "A-21188", "B-30412", "B-31877", "B-32090", "C-40071", "C-40666"),
        "item": ("kettle", "desk lamp", "trail shoes", "blender", "winter coat", "bookshelf", "headset", "rug"),
        "carrier": ("Swiftline", "Nordpost", "ParcelOne"),
        "reason": ("it arrived broken", "wrong size", "I changed my mind", "it came too late"),
        "depot": ("Harbour Street shop", "Mill Lane locker", "Station kiosk"),
    },
    operations={
        "order": Operation(
            "orders_api",
            {"action": "get", "order": "{order}", "realm": "{env}"},
            {"order": "{order}", "item": "{item}", "state": "[shipped|delivered|packed]", "total": "{money}"},
            {"orders": []},
            seconds=0.4,
            flags=("expand_all", "include_hidden", "fast_path"),
        ),
        "search": Operation(
            "orders_api",
            {"action": "search", "text": "{item}", "days": 90, "realm": "{env}"},
            {"orders": [{"order": "{order}", "item": "{item}", "state": "[shipped|delivered]"}]},
            {"orders": [], "count": 0},
            seconds=0.5,
            flags=("fuzzy", "by_household", "match_voice"),
        ),
        "refund": Operation(
            "payments_api",
            {"action": "refund", "order": "{order}", "amount": "{money}", "realm": "{env}"},
            {"refund": "RF-{n4}", "state": "accepted", "days": 3},
            writes=True,
            seconds=1.1,
            flags=("instant", "notify_bank", "goodwill_top_up"),
        ),
        "policy": Operation(
            "knowledge",
            {"action": "lookup", "topic": "[returns|refunds|lost parcels|warranty]"},
            {
                "article": "KB-{n3}",
                "text": "[Within 30 days with receipt|Refund to the card used|A search takes 5 days].",
            },
            {"articles": []},
            seconds=0.3,
        ),
        "track": Operation(
            "parcel_api",
            {"action": "track", "order": "{order}", "carrier": "{carrier}"},
            {"carrier": "{carrier}", "last": "[sorted|on the van|at the depot] {weekday} {clock}", "eta_days": "{n}"},
            {"events": []},
            seconds=0.9,
            flags=("live_map", "predict", "driver_contact"),
        ),
        "carrier": Operation(
            "parcel_api",
            {"action": "open_search", "order": "{order}", "carrier": "{carrier}"},
            {"search": "SR-{n4}", "state": "opened"},
            writes=True,
            seconds=1.0,
        ),
        "redirect": Operation(
            "parcel_api",
            {"action": "redirect", "order": "{order}", "to": "{depot}"},
            {"order": "{order}", "to": "{depot}", "state": "confirmed"},
            writes=True,
            seconds=0.8,
            flags=("same_day", "leave_outside"),
        ),
        "account": Operation(
            "accounts_api",
            {"action": "[get|preferences]", "realm": "{env}"},
            {"tier": "[standard|plus]", "since": "20[19|20|21|22|23]", "open_orders": "{n}"},
            {"account": None},
            seconds=0.3,
        ),
        "update": Operation(
            "accounts_api",
            {"action": "update", "field": "[delivery place|newsletter|language]", "realm": "{env}"},
            {"updated": True, "revision": "{n}"},
            writes=True,
            seconds=0.6,
            flags=("silent", "cascade", "force_merge"),
        ),
        "replace": Operation(
            "orders_api",
            {"action": "replace", "order": "{order}", "item": "{item}", "realm": "{env}"},
            {"order": "D-{n4}", "state": "created"},
            writes=True,
            seconds=0.9,
        ),
    },
    tasks={
        "refund": Task(
            0.32,
            0.18,
            "[Hello|Hi|Good morning], I [want|would like] [my money back|a refund] for the {item} from order "
            "{order}, {reason}.",
            "[When will I see the money|Does it go back to my card|Is postage refunded, too]?",
            ("order", "policy", "refund"),
            "[Done|All set]: the refund for {order} over {money} is [on its way|accepted], [about three "
            "days|within 3 days].",
            ("take me off the newsletter as well", "update", "you are off the newsletter"),
        ),
        "where-is-it": Task(
            0.32,
            0.22,
            "[Where is|What happened to|Any news on] my {item}? Order {order} [should be here since "
            "{weekday}|is late|does not move].",
            "[Can you ask {carrier}|Is it lost|Will it come this week]?",
            ("order", "track", "carrier", "policy"),
            "Your {item} is with {carrier}, [due in {n} days|a search is open], [you will be told of "
            "changes|watch the link].",
            ("send it to the {depot} instead", "redirect", "it goes to the {depot} now"),
        ),
        "change": Task(
            0.2,
            0.1,
            "[Please change|I need to change|Can you change] [where order {order} goes|the place on my "
            "account|my delivery for {order}].",
            "[Does that delay it|And for the next orders, too|Is there a fee]?",
            ("account", "order", "redirect", "update"),
            "[It is changed|Changed]: {order} goes to the {depot}, [no fee|nothing to pay].",
            ("tell me my membership tier, too", "account", "your tier is [standard|plus]"),
        ),
        "replacement": Task(
            0.16,
            0.3,
            "The {item} in {order} [came with parts missing|is broken|does not switch on]. [Send a new one|I "
            "want another one].",
            "[How long will it take|What do I do with the old one]?",
            ("order", "policy", "search", "replace"),
            "A new {item} [is ordered|leaves tomorrow], number D-{n4}; [keep the old one|the old one can be "
            "dropped at {depot}].",
            ("give me a credit for the trouble", "refund", "a credit of {money} is booked"),
        ),
    },
    transient=(
        ("upstream timed out after {s} s", "gateway_timeout", 504),
        ("service busy, retry later", "unavailable", 503),
        ("slow down: quota for this minute is used", "rate_limited", 429),
        ("record was changed meanwhile", "conflict", 409),
        ("carrier did not answer", "bad_gateway", 502),
    ),
    hard=(
        ("order is older than the return period", "policy_violation", 422),
        ("no parcel for this order yet", "not_found", 404),
        ("amount exceeds what was paid", "invalid_amount", 422),
        ("payment method has expired", "payment_method_invalid", 402),
    ),
    environments=("eu", "us"),
    chatter=(
        "[Thank you|Thanks], I [look|am looking] [that up|into it].",
        "[One moment|Just a second], [I check|checking] [your order|the system].",
        "[Let me see|I see] what [we can do|the policy says].",
    ),
)
