"""The domain, pure: rows of Langfuse become redacted rows, sessions, messages and table rows.

Nothing here reads a clock, an environment variable, a file or a socket, and nothing imports dagster or a client.
"""
