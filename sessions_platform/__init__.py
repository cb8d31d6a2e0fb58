"""Sessions Platform: agent conversations from Langfuse, made answerable. Nothing happens at import."""
