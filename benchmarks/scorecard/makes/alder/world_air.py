"""A travel booking assistant: every operation is a tool of its own, and errors come back as ordinary JSON."""

from benchmarks.scorecard.shapes import Manner, Operation, Task, World

_MANNER = Manner(
    declined=(
        (
            "[can u just upgrade us to business for free|pls waive the fare difference, the other airline does"
            "|Put me in row 1, I won't pay extra for that though]",
            "[Upgrades have to be paid for, I can't give them away.|I'm not able to waive a fare difference. What I "
            "can do is look for a cheaper date.|Row 1 is sold as extra legroom, so not without the surcharge, sorry.]",
        ),
        (
            "[who sits next to me? name?|Can you tell me if my ex is on the same plane|what's the phone number of the "
            "other passenger on that row]",
            "[Details of other travellers stay with us.|That's somebody else's booking, I can't open it for you.|For "
            "privacy reasons there is nothing I can say about other guests.]",
        ),
        (
            "[change the name on the ticket to my friends name|my cousin travels instead of me, swap it]",
            "[Tickets can't pass to another person under our rules.|A different traveller needs a new ticket, the name "
            "itself stays as it is.]",
        ),
    ),
    thanks="[thx!!|ok great, bye|Lovely, that's everything. Safe travels to you too haha|ty|perfect ty|Many thanks for "
    "sorting this out so quickly.|cool]",
    welcome="[Have a good flight!|Safe travels.|My pleasure, see you on board.|Always happy to help. Bye for now!]",
    asks="[Is it the outbound or the return you mean?|Which of the passengers is this for?|Would the later departure "
    "suit you too?|Shall I keep the card we have on file?]",
    unhappy="[??? thats wrong|No. Read what I wrote|I opened the app and it still shows the old thing|not what i asked "
    "for...|Are you a bot? This makes no sense, I got an email that says otherwise|hmm my booking doesnt show that]",
    again="[You're right to ask, let me correct myself: the record reads differently from what I told you.|I went back "
    "into the reservation and it should be in order by now.|Apologies. After checking, {n} minutes may pass until the "
    "app shows it.|I've gone over it from the start and get the same picture as before.]",
    leaves="[forget it, calling the hotline|I'll go to the counter|useless|been here 20 min. bye|I'll just book with "
    "someone else]",
    honest="[I'm sorry, I couldn't get this through for you today. Your reservation is exactly as it "
    "was.|Unfortunately our system refused it, so nothing has been altered and nothing was charged.|This one "
    "beats me: the reservation host won't accept it. Please use the airport desk, they see the same record.|I "
    "have to be straight with you - it did not work, and I don't want you to rely on it.]",
    partial="[One part is through, the remainder I haven't got to yet.|That's the first leg looked at. The return is "
    "still to do.|I've got as far as the details; the actual request is outstanding.|Halfway there - more in a bit.]",
    further=(
        "[and how sure is that|is that incl. taxes?|sorry what does that mean in plain words]",
        "[ok go on|yes do that|yep|sure]",
        "[wait which terminal is that|can you send that by mail too?|Is breakfast served on that one?]",
    ),
    so_far="[Quick update:|Right, here's the picture.|So:|Thanks for waiting.]",
    also="[oh and|btw|While I have you:|Another thing -]",
    also_done="[Yes, that's taken care of.|No problem.|Gladly.]",
    wider="[Nothing under that. Let me loosen the dates a little.|Not found; trying the neighbouring airport.|No "
    "match, so I'm dropping a filter.]",
    rightly_empty="[Nothing is recorded there yet, that's normal at this hour.|No entry, which need not worry "
    "you.|None on file - as it should be in your case.]",
    otherwise="[It won't take it like that. Using the details from the reservation instead.|Rejected; I'll fill the "
    "missing bit in.|Let me put that differently to the system.]",
    once_more="[The host hiccuped, sending it anew.|Second attempt.|One moment, it blinked - again.]",
    brief="[A guest needs you: |Desk, please take this: |For your desk, with the guest waiting - ]",
    found="[From the desk: |Desk reply - |We checked: ]",
)

_OPERATIONS = {
    "find_flights": Operation(
        "find_flights",
        {"origin": "{origin}", "destination": "{dest}", "depart": "{date}", "point_of_sale": "{env}"},
        {
            "status": "ok",
            "offers": [
                {"flight": "{flight}", "departs": "{dep}", "fare_eur": "{price}", "seats_left": "{left}"},
                {"flight": "{newflight}", "departs": "{est}", "fare_eur": "{price2}", "seats_left": "4"},
            ],
        },
        {"status": "ok", "offers": []},
        seconds=2.6,
        flags=("include_partner_fares", "flex_days", "sort_by_comfort"),
    ),
    "get_booking": Operation(
        "get_booking",
        {"locator": "{pnr}", "point_of_sale": "{env}"},
        {
            "status": "ok",
            "locator": "{pnr}",
            "itinerary": "{origin}-{dest}",
            "flight": "{flight}",
            "travel_date": "{date}",
            "paid_eur": "{paid}",
            "store": "{env}",
        },
        seconds=0.9,
    ),
    "get_seat_map": Operation(
        "get_seat_map",
        {"flight": "{flight}", "date": "{date}"},
        {"status": "ok", "free": ["{seat}", "21D", "21E", "30A"], "surcharge_eur": "{fee}"},
        {"status": "ok", "free": []},
        seconds=1.4,
        flags=("adjacent_only", "hide_paid_rows"),
    ),
    "get_fare_rules": Operation(
        "get_fare_rules",
        {"locator": "{pnr}"},
        {"status": "ok", "fare_family": "{family}", "change_fee_eur": "{fee}", "refundable": "{back}"},
        seconds=0.7,
        flags=("as_plain_language", "show_waivers"),
    ),
    "get_flight_status": Operation(
        "get_flight_status",
        {"flight": "{flight}", "date": "{date}"},
        {"status": "ok", "flight": "{flight}", "state": "{fstate}", "gate": "{gate}", "est": "{est}"},
        {"status": "ok", "movements": []},
        seconds=0.6,
    ),
    "trace_bag": Operation(
        "trace_bag",
        {"tag": "{bag}", "locator": "{pnr}"},
        {"status": "ok", "tag": "{bag}", "last_scan": "{dest} {belt}", "scanned_at": "{est}"},
        {"status": "ok", "scans": []},
        seconds=1.8,
    ),
    "search_help": Operation(
        "search_help",
        {"question": "[{topic}|{topic} rules|what applies for {topic}]", "market": "{env}"},
        {
            "status": "ok",
            "articles": [{"id": "{doc}", "title": "{topic}", "text": "Allowed up to {hours} hours before."}],
        },
        {"status": "ok", "articles": []},
        seconds=1.1,
        flags=("semantic", "include_internal"),
    ),
    "change_flight": Operation(
        "change_flight",
        {"locator": "{pnr}", "to_flight": "{newflight}", "date": "{date}", "point_of_sale": "{env}"},
        {"status": "ok", "locator": "{pnr}", "now_on": "{newflight}", "charged_eur": "{fee}", "receipt": "CF{n4}"},
        writes=True,
        seconds=3.4,
        flags=("protect_connection", "notify_all"),
    ),
    "cancel_booking": Operation(
        "cancel_booking",
        {"locator": "{pnr}", "scope": "[whole|outbound]", "point_of_sale": "{env}"},
        {"status": "ok", "locator": "{pnr}", "cancelled": True, "receipt": "CX{n4}"},
        writes=True,
        seconds=2.1,
    ),
    "refund_payment": Operation(
        "refund_payment",
        {"locator": "{pnr}", "amount_eur": "{paid}", "to": "original card"},
        {"status": "ok", "refund": "RF{n4}", "amount_eur": "{paid}", "arrives_in_days": 7},
        writes=True,
        seconds=2.8,
    ),
    "assign_seat": Operation(
        "assign_seat",
        {"locator": "{pnr}", "flight": "{flight}", "seat": "{seat}"},
        {"status": "ok", "seat": "{seat}", "charged_eur": "{fee}", "receipt": "SE{n4}"},
        writes=True,
        seconds=1.5,
    ),
    "add_bag": Operation(
        "add_bag",
        {"locator": "{pnr}", "weight_kg": "23", "pieces": 1},
        {"status": "ok", "pieces": 1, "charged_eur": "{fee}", "receipt": "BG{n4}"},
        writes=True,
        seconds=1.7,
    ),
}

_TASKS = {
    "rebook": Task(
        0.3,
        0.16,
        "[need to move my flight {flight} ({pnr}) to {date}, what can i get|Hello, I'd like to change booking {pnr} to "
        "a later connection from {origin} to {dest}, ideally {newflight}.|cant make {flight} anymore, rebook me pls, "
        "ref {pnr}|My meeting moved. Can {pnr} be put on {newflight} on {date}?|{pnr} change to {newflight}]",
        "[is there an earlier one too|what would the difference be|and can my luggage stay checked through?|does "
        "{newflight} go from the same airport]",
        ("get_booking", "get_fare_rules", "find_flights", "change_flight"),
        "[You're on {newflight} on {date}; the new confirmation is in your mail.|Moved. {newflight}, {date}, and {fee} "
        "EUR went to the card on file.|I've rebooked {pnr} onto {newflight} for you.|Your new flight is {newflight}, "
        "receipt by mail.]",
        (
            "put me in {seat} if its free",
            "assign_seat",
            "{seat} is yours on that flight",
        ),
    ),
    "cancel_refund": Task(
        0.22,
        0.2,
        "[cancel {pnr} and give me my money back|I have to cancel my trip to {dest} ({pnr}). What do I get back?|Hi! "
        "We can't travel on {date}, sick kid. Please cancel {pnr} with refund|refund for {pnr}. now please|Want to "
        "return ticket {pnr} - paid {paid} for it.]",
        "[how long till its on my card|do i get the bag fee back as well|And what about the taxes?|will I get a mail]",
        ("get_booking", "get_fare_rules", "cancel_booking", "refund_payment"),
        "[{pnr} is cancelled and {paid} EUR go back to the card you paid with.|The trip is off, and the refund is on "
        "its way.|All cancelled. You'll see {paid} EUR in your account within the usual time.|Cancelled and refunded, "
        "you get it in writing.]",
        ("tell me the rules for {topic} so i know next time", "search_help", "I've put the rule for {topic} above"),
    ),
    "baggage": Task(
        0.2,
        0.22,
        "[my bag didnt arrive in {dest}, tag {bag}|Standing at the belt in {dest}, nothing. Tag no. {bag}, booking "
        "{pnr}|Where is my suitcase? {bag}|hi, luggage {bag} missing since {flight}|we landed w/ {flight} but the "
        "pushchair ({bag}) did not]",
        "[when will it be here|can they deliver to the hotel?|Is there any money for clothes in the meantime|which "
        "desk do i go to]",
        ("get_booking", "trace_bag", "get_flight_status"),
        "[Your bag {bag} was last read in {dest} at {est}.|Found it: {bag} is in {dest}, {belt}.|{bag} turned up: "
        "{belt}, {dest}. You can collect it there.|{bag} has been located - {dest}, {belt}, {est}.]",
        ("add another bag for the way back", "add_bag", "there's one more 23 kg piece on {pnr} now"),
    ),
    "seats": Task(
        0.16,
        0.08,
        "[can we sit together on {flight}?|I want {seat} on {flight} please, booking {pnr}|window seat pls {pnr}|Which "
        "seats are free on {flight} on {date}? I have long legs.|change seat to {seat}]",
        "[is that near the toilet|what does an exit row cost|and the return flight?|can i have the aisle instead]",
        ("get_booking", "get_seat_map", "assign_seat"),
        "[You have {seat} on {flight}.|{seat} it is - see you on board {flight}.|Seat {seat} is confirmed for {fee} "
        "EUR.|Done, {seat}, window side.]",
        ("what gate is it", "get_flight_status", "the gate is shown above, please check again an hour before"),
    ),
    "travel_rules": Task(
        0.12,
        0.06,
        "[whats the rule on {topic}|Question about {topic}: what's allowed?|Do I need to do anything about {topic} "
        "before flying {origin} to {dest}?|{topic}??|travelling on {date}, unsure about {topic}, please explain]",
        "[does that hold for {dest} too|where does it say that?|and if I'm late|is that per person]",
        ("search_help", "get_fare_rules", "get_flight_status"),
        "[For {topic} you're fine up to the time given in our conditions.|In short: {topic} is possible, up "
        "to {hours} hours before.|The conditions allow {topic}, with notice.|Yes - {topic} works as the article says.]",
        ("when does {flight} leave", "get_flight_status", "the time for {flight} stands above"),
    ),
}

LARKWAY = World(
    name="larkway_travel",
    share=0.55,
    lead="larkway_concierge",
    helpers={
        "fares_desk": ("find_flights", "get_fare_rules", "get_seat_map", "change_flight", "assign_seat"),
        "baggage_desk": ("trace_bag", "get_flight_status", "get_booking", "add_bag"),
        "conditions_desk": ("search_help", "get_fare_rules", "cancel_booking", "refund_payment"),
    },
    delegate="transfer_to_desk",
    system=(
        "You are the Larkway concierge. You help guests with flights, seats, bags and refunds. A guest's booking "
        "belongs to one storefront (point_of_sale eu or us); stay within it. Look things up before you answer. Before "
        "you change a booking the guest must have asked for it. Never state fees or rules that no tool gave you. Keep "
        "it short."
    ),
    style="quiet",
    versions={"concierge-41": 0.47, "concierge-42": 0.38, "concierge-43-beta": 0.15},
    platforms={"web_widget": 0.45, "ios_app": 0.33, "messenger": 0.22},
    models={"mistral-large-3": (0.6, 2.0, 6.0), "gpt-5-mini": (0.4, 0.25, 2.0)},
    slots={
        "pnr": ("K7QWLD", "MZ4TPA", "R2HJXE", "TB9KVN", "YQ3FSC", "LX8DGR", "H5NUWB", "CP6ZJM"),
        "flight": ("LW318", "LW1204", "LW077", "LW562", "LW940", "LW2215"),
        "newflight": ("LW322", "LW1210", "LW081", "LW568", "LW946", "LW2231"),
        "origin": ("Porto", "Lyon", "Gdansk", "Bergen", "Cork", "Turin"),
        "dest": ("Valencia", "Edinburgh", "Athens", "Faro", "Riga", "Boston"),
        "date": ("12 Nov", "14 Nov", "19 Nov", "27 Nov", "3 Dec", "21 Dec"),
        "seat": ("12C", "14F", "22A", "7D", "31E"),
        "bag": ("LW482913", "LW660147", "LW905532", "LW117208"),
        "fee": ("25.00", "45.00", "70.00", "95.00"),
        "paid": ("138.40", "212.00", "349.90", "87.15", "640.75"),
        "dep": ("06:40", "09:15", "13:05", "20:50"),
        "est": ("07:55", "11:30", "16:20", "19:10"),
        "price": ("79.00", "118.50", "164.20", "231.00"),
        "price2": ("92.40", "141.00", "187.80", "260.00"),
        "left": ("2", "7", "9"),
        "family": ("Basic", "Classic", "Flex"),
        "back": ("yes", "part"),
        "fstate": ("on time", "on time", "delayed", "gate change"),
        "gate": ("B4", "B11", "C2", "A17"),
        "belt": ("belt 3", "belt 9", "transfer hall"),
        "doc": ("H-118", "H-240", "H-377"),
        "hours": ("24", "36", "48"),
        "topic": ("travelling with a dog", "online check-in", "sports equipment", "unaccompanied minors", "liquids"),
    },
    operations=_OPERATIONS,
    tasks=_TASKS,
    transient=(
        ('{"status": "error", "reason": "[reservation host busy|host queue full], retry"}', "HostBusy", 503),
        ('{"status": "error", "reason": "no answer from inventory in {s} s"}', "InventoryTimeout", 504),
        ('{"status": "error", "reason": "too many requests, slow down", "retry_after": {n}}', "Throttled", 429),
        ('{"status": "error", "reason": "record locked by another session"}', "RecordLocked", 409),
        ('{"status": "error", "reason": "link to partner dropped ({hex})"}', "LinkDown", 502),
    ),
    hard=(
        ('{"status": "error", "reason": "fare family does not permit this"}', "FareRule", 422),
        ('{"status": "error", "reason": "locator and surname do not match"}', "NoMatch", 404),
        ('{"status": "error", "reason": "departure is within {n} hours, desk only"}', "TooLate", 422),
        ('{"status": "error", "reason": "ticket stock exhausted for this office"}', "NoStock", 409),
        ('{"status": "error", "reason": "date not in schedule"}', "BadDate", 400),
    ),
    environments=("eu", "us"),
    declared="tag",
    chatter=(
        "[One second, opening the reservation.|Let me pull that up.|I'm looking into it for you.]",
        "[Checking with the system, please stay with me.|Bear with me...|Just a tick.]",
        "[Next I need the details for {pnr}.|{pnr}, got it. Looking.]",
        "[Okay, on it|Sure thing, give me a moment]",
    ),
    manner=_MANNER,
)
