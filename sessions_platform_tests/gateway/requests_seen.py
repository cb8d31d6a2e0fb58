"""Chat requests in the shape in which OpenViking 0.5.2 sends them.

Only the words by which a kind is recognised, and the marks around the data, are its own; the long rules between them
are left out. `test_real_server` shows that the whole requests are recognised too.
"""

from typing import Any

RULES = "\n\n(rules of the template)\n"
SECTIONS = (
    "Session Title",
    "Current State",
    "Task & Goals",
    "Key Facts & Decisions",
    "Files & Context",
    "Errors & Corrections",
    "Open Issues",
)


def user(text: str) -> dict[str, Any]:
    return {"model": "m", "temperature": 0.0, "messages": [{"role": "user", "content": text}]}


def file_prompt(opening: str, name: str, content: str) -> dict[str, Any]:
    return user(
        f"Output Language: en\n\n{opening}\n\n【File Name】\n{name}\n\n【File Content】\n{content}\n\n"
        f"Output requirements:\n- Length: some words{RULES}"
    )


def document(content: str, name: str = "digest.md") -> dict[str, Any]:
    return file_prompt("You are a documentation analysis expert. Generate a summary.", name, content)


def code(content: str, name: str = "deploy.py") -> dict[str, Any]:
    return file_prompt("You are a code analysis expert. Generate a summary.", name, content)


def plain_file(content: str, name: str = "LICENSE") -> dict[str, Any]:
    return file_prompt("Please generate a summary for the following file:", name, content)


def overview(name: str, files: str = "None", folders: str = "None", coverage: str = "All entries.") -> dict[str, Any]:
    return user(
        "Output Language: en\nWrite in en.\nTranslate into en.\n\n"
        "Generate an overview document based on the following directory content:\n\n"
        f"[Directory Name]\n{name}\n\n[Directory Scale and Coverage]\n{coverage}\n\n"
        f"[Files and Their Summaries in Directory]\n{files}\n\n"
        "Note: Each entry above carries a link, e.g. [display title](viking://input_sample_f1).\n\n"
        f"[Subdirectories and Their Summaries]\n{folders}\n\nRelationship rules:\n- none{RULES}"
    )


def working_memory(conversation: str) -> dict[str, Any]:
    form = "\n\n".join(f"## {name}\n_What {name} is._" for name in SECTIONS)
    return user(
        "You are a session note-taker. Produce a document.\n\nConversation content:\n"
        f"<session_content>\n{conversation}\n</session_content>{RULES}Output:\n\n# Working Memory\n\n{form}\n"
    )


def tool(name: str) -> dict[str, Any]:
    return {
        "tools": [{"type": "function", "function": {"name": name, "parameters": {}}}],
        "tool_choice": {"type": "function", "function": {"name": name}},
    }


def working_memory_update(current: str, conversation: str) -> dict[str, Any]:
    text = (
        "You are the Working Memory maintainer for a long-running session.\n\n"
        f"<current_wm>\n{current}\n</current_wm>\n\n<new_content>\n{conversation}\n</new_content>{RULES}"
        "- Do not fabricate information not grounded in <new_content> or <current_wm>.\n"
    )
    return {**user(text), **tool("update_working_memory")}


def memories(conversation: str, *, events: bool = True, form: str = "restricted Python memory SDK") -> dict[str, Any]:
    methods = "- sdk.create_events(*, event_name: str, goal: str, summary: str, ranges: str)" if events else ""
    system = f"\nYou are a memory extraction and maintenance agent.{RULES}## Output Format: {form}\n{methods}"
    history = (
        f"## Conversation History\n**Session Time:** 2026-01-01 10:00 (Thursday)\n\n{conversation}\n\n"
        "After exploring, analyze the conversation and output all operations."
    )
    messages = [{"role": "system", "content": system}, {"role": "user", "content": history}]
    return {"model": "m", "max_tokens": 32768, "temperature": 0.0, "messages": messages}


def intent(message: str, restricted: str = "") -> dict[str, Any]:
    scope = f"\n\n## Search Scope Constraints\n\n**Restricted Context Type**: {restricted}\n" if restricted else ""
    return user(
        "You are OpenViking's context query planner.\n\n### Recent Conversation\nNone\n\n"
        f"### Current Message\n{message}\n{scope}\n\nExternal information takes priority over the rest.{RULES}"
    )
