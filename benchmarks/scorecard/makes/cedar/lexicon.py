"""What each operation is for, in the words of those who ask for it; and what differs between the two worlds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Deed:
    """An operation as people speak of it. All but `key` and `label` are templates."""

    ask: str
    """What a user says, as an order without a subject."""
    matter: str
    """What it is about, as a noun."""
    did: str
    """How an agent reports it done, or what it found."""
    key: str
    """Slot of the number that names the thing."""
    label: str
    """Slot of the words that name it, which stand in the answer too."""
    noun: str
    menu: str
    """Where a person would do it by hand."""


DEEDS: dict[str, Deed] = {
    "fetch_invoice": Deed(
        "[look up invoice {invoice} of {vendor}|see how {invoice} from {vendor} stands|get me the data of {invoice}, "
        "{vendor}]",
        "[the state of invoice {invoice}|invoice {invoice}]",
        "[{invoice} from {vendor} is on file, gross {amount} EUR.|{vendor}'s {invoice} reads {amount} EUR.]",
        "invoice",
        "vendor",
        "invoice",
        "Payables > Documents > Display",
    ),
    "search_register": Deed(
        "[find {vendor} ({vendor_no}) in the vendor register|check the register entry {vendor_no}, {vendor}]",
        "[the register entry {vendor_no}|vendor {vendor_no}]",
        "[{vendor_no} is {vendor}, open balance {amount} EUR.|The register has {vendor} as {vendor_no}, nothing "
        "blocked.]",
        "vendor_no",
        "vendor",
        "vendor record",
        "Master data > Vendors",
    ),
    "list_claims": Deed(
        "[list the open expense claims of {centre}|see which claims {centre} has handed in, that of the {staff} too]",
        "[the claim list of {centre}|the worklist of {centre}]",
        "[On {centre} there is {claim} of the {staff}, {amount} EUR.|{centre}: {claim} is what waits, with receipts.]",
        "centre",
        "staff",
        "claim list",
        "Travel and expenses > Worklist",
    ),
    "leave_balance": Deed(
        "[check the leave left for {person}, the {staff}|see how many days {person} ({staff}) still has]",
        "[the leave balance of {person}|the leave account of {person}]",
        "[{person}, the {staff}, has days enough.|The balance of {person} covers it.]",
        "person",
        "staff",
        "leave account",
        "Time > Accounts > Overview",
    ),
    "rate_sheet": Deed(
        "[take the {currency} rate from sheet {sheet}|tell me what {sheet} says for {currency}]",
        "[the rate on {sheet}|sheet {sheet}]",
        "[{sheet} has a rate for {currency} and I use it.|Rate for {currency} taken from {sheet}.]",
        "sheet",
        "currency",
        "rate sheet",
        "Treasury > Rates",
    ),
    "joiner_steps": Deed(
        "[see what is open for joiner {person}, the {staff}|read the joiner file {person} ({staff})]",
        "[the joiner file of {person}|the checklist of {person}]",
        "[For {person}, {staff}: laptop and access are what is open.|{person} has contract and tax form in.]",
        "person",
        "staff",
        "joiner file",
        "People > Joiners > Checklist",
    ),
    "read_policy": Deed(
        "[read what {policy} says on {topic}|look into {policy}, the part about {topic}]",
        "[rule {policy}|what {policy} says on {topic}]",
        "[{policy} wants one signature up to 25,000.00 EUR.|By {policy}, {topic} needs receipts.]",
        "policy",
        "topic",
        "rule",
        "Intranet > Rules > Current",
    ),
    "post_journal": Deed(
        "[post invoice {invoice} of {vendor}, {amount} EUR|book {invoice} from {vendor} over {amount} EUR]",
        "[the posting of {invoice}|booking {invoice}]",
        "[{invoice} of {vendor} is posted with {amount} EUR.|Booked {invoice}, {amount} EUR.|{invoice} is in the "
        "books.]",
        "invoice",
        "vendor",
        "invoice",
        "Payables > Documents > Enter",
    ),
    "schedule_payment": Deed(
        "[schedule the payment of {invoice} to {vendor} for {day}|put {invoice}, {vendor}, into the run of {day}]",
        "[the payment of {invoice}|{invoice} in the payment run]",
        "[{invoice} will be paid on {day}.|Payment to {vendor} is down for {day}.|{invoice} is in the run of {day}.]",
        "invoice",
        "vendor",
        "payment",
        "Treasury > Payment run > Proposal",
    ),
    "approve_claim": Deed(
        "[approve claim {claim} of the {staff}|release {claim}, it is from the {staff}]",
        "[the approval of {claim}|claim {claim}]",
        "[{claim} is approved.|The {staff}'s claim {claim} has been released.|Signed off {claim}.]",
        "claim",
        "staff",
        "expense claim",
        "Travel and expenses > Worklist > Decide",
    ),
    "book_leave": Deed(
        "[enter leave for {person}, the {staff}, from {day}|book days off for {person} ({staff}) beginning {day}]",
        "[the leave of {person}|the absence of {person}]",
        "[{person} has leave from {day}.|Absence of {person} entered, first day {day}.|Leave booked for the {staff}.]",
        "person",
        "staff",
        "leave request",
        "Time > Absences > Create",
    ),
    "provision_access": Deed(
        "[order bundle {bundle} for {person}, the {staff}|give {person} ({staff}) the {bundle} access]",
        "[access for {person}|the {bundle} order of {person}]",
        "[{bundle} is ordered for {person}.|{person} gets {bundle}.|Access for the {staff} is set up: {bundle}.]",
        "person",
        "staff",
        "access order",
        "People > Access > Bundles",
    ),
    "dock_list": Deed(
        "[show the doors at {site}, {dock} above all|see who is on {dock} at {site}]",
        "[the door plan of {site}|{dock} at {site}]",
        "[{site}: {dock} has {load}, D-19 is free.|At {site} there is one free door.]",
        "dock",
        "site",
        "dock",
        "Board > Docks",
    ),
    "driver_hours": Deed(
        "[check duty of {driver}, {crew}|look up how many hours {driver} ({crew}) has]",
        "[the duty sheet of {driver}|the duty of {driver}]",
        "[{driver} of {crew} is below the cap.|{driver} has hours left.]",
        "driver",
        "crew",
        "duty record",
        "Crews > Duty",
    ),
    "load_show": Deed(
        "[show {load} for {customer}|see where {load} stands, {customer}]",
        "[load {load}|the state of {load}]",
        "[{load} for {customer} is with {driver}, door {dock}.|{load} is fine, {driver} has it.]",
        "load",
        "customer",
        "load",
        "Board > Loads",
    ),
    "board_find": Deed(
        "[find {account} {customer} on the board|see what we have under {account}, {customer}]",
        "[account {account}|what {account} has open]",
        "[{account} is {customer}, home {site}.|{customer} runs under {account}.]",
        "account",
        "customer",
        "account",
        "Board > Search",
    ),
    "sensor_read": Deed(
        "[read {probe} at {site}|check what {probe} in {site} shows]",
        "[{probe}|the reading of {probe}]",
        "[{probe} at {site} is in range, door shut.|{site}, {probe}: nothing to worry about.]",
        "probe",
        "site",
        "probe",
        "Plant > Cold rooms > Probes",
    ),
    "ticket_find": Deed(
        "[see if there is a ticket on {asset}, the {machine}|look for open repairs on {machine} {asset}]",
        "[the ticket on {asset}|the repair of {asset}]",
        "[{asset} has one open ticket, the yearly check.|The {machine} {asset} is known to the workshop.]",
        "asset",
        "machine",
        "machine",
        "Workshop > Tickets",
    ),
    "route_eta": Deed(
        "[get eta of {load} for {customer}|see when {load} gets to {customer}]",
        "[the arrival of {load}|the eta of {load}]",
        "[{load} is about an hour out.|{customer} gets {load} within the hour.]",
        "load",
        "customer",
        "load",
        "Routes > Live",
    ),
    "load_assign": Deed(
        "[put {driver} on {load}, {customer}|assign {load} ({customer}) to {driver}]",
        "[the crew for {load}|the assignment of {load}]",
        "[{load} is with {driver}.|{driver} takes {load}.|Crew set on {load}: {driver}.]",
        "load",
        "customer",
        "load",
        "Board > Loads > Crew",
    ),
    "dock_book": Deed(
        "[hold {dock} for {load}, {customer}, at {slot}|book {dock} {slot} for {load} ({customer})]",
        "[the door for {load}|{dock} at {slot}]",
        "[{dock} is held for {load} at {slot}.|{load} has its door: {dock}.|Door booked, {slot}.]",
        "load",
        "customer",
        "load",
        "Board > Docks > Hold",
    ),
    "setpoint_push": Deed(
        "[bring {probe} at {site} to {degrees} C|set {site} {probe} to {degrees} degrees]",
        "[the setpoint of {probe}|{probe} at {degrees} C]",
        "[{probe} at {site} is set to {degrees} C.|New target for {probe}: {degrees} C.|{site} cools to {degrees} C "
        "now.]",
        "probe",
        "site",
        "cold room",
        "Plant > Cold rooms > Setpoints",
    ),
    "ticket_open": Deed(
        "[raise a ticket on {machine} {asset}, it {trouble}|report {asset} ({machine}) to the workshop]",
        "[a ticket for {asset}|reporting {asset}]",
        "[The workshop has a ticket for {asset}.|{asset} is reported.|Ticket raised on the {machine}.]",
        "asset",
        "machine",
        "machine",
        "Workshop > New ticket",
    ),
    "crew_message": Deed(
        "[tell {driver} of {crew} to come to {dock} at {slot}|send {driver} ({crew}) the door, {dock} {slot}]",
        "[word to {driver}|the message to {driver}]",
        "[{driver} has been told.|Message is with {driver}: {dock}, {slot}.|{crew} knows.]",
        "driver",
        "crew",
        "crew",
        "Crews > Inbox",
    ),
}

TRAITS: dict[str, tuple[tuple[str, str], ...]] = {
    "ledger": (("Graz office", "Linz office"), ("year 2026", "year 2024"), ("active", "left the group")),
    "yard": (("new hall", "old hall"), ("tonight", "last night"), ("north gate", "south gate")),
}
"""What tells the right one of two namesakes from the wrong one."""
GUARDS: dict[str, str] = {
    "ledger": "[amount or span above single-signature limit, second approver needed|four-eyes rule: needs release by "
    "the head of accounts|over your own limit, goes to second signature]",
    "yard": "[over desk limit, shift planner must sign off|more than a desk may do alone, sign-off of planner "
    "needed|second desk has to confirm this size]",
}
"""How a control says no."""
SIGNER: dict[str, str] = {"ledger": "[head of accounts|second approver]", "yard": "[shift planner|second desk]"}
ROLES: dict[str, tuple[str, ...]] = {
    "ledger": ("BK_POSTER", "Z_MASTER_EDIT", "approver-2"),
    "yard": ("yard-lead", "shift-admin", "board-editor"),
}
SHOWN_BY: dict[str, str] = {
    "post_journal": "fetch_invoice",
    "schedule_payment": "fetch_invoice",
    "approve_claim": "list_claims",
    "book_leave": "leave_balance",
    "provision_access": "joiner_steps",
    "load_assign": "load_show",
    "dock_book": "dock_list",
    "setpoint_push": "sensor_read",
    "ticket_open": "ticket_find",
    "crew_message": "driver_hours",
}
"""The read that shows what a change has done."""
ALONG: dict[str, tuple[str, ...]] = {"dock_book": ("dock", "slot"), "load_assign": ("driver",)}
"""What else is another where the thing is."""
