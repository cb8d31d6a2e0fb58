"""The offline model gateway: an OpenAI-compatible endpoint without a model behind it.

Embeddings are hashed words; chat answers are parts of the prompt's own text, in the form that OpenViking's prompt asks
for. It is here so that the embedded stack runs without network and without keys. It knows no synonyms, draws no
conclusions, and refuses a prompt that it does not recognise. What reads sessions does not belong here: the gateway sees
only the requests of a server.
"""

from sessions_platform.gateway.app import CHAT_MODEL, EMBEDDING_MODEL
from sessions_platform.gateway.embeddings import DIMENSIONS
from sessions_platform.gateway.options import GatewayOptions
from sessions_platform.gateway.server import Gateway, main

__all__ = ["CHAT_MODEL", "DIMENSIONS", "EMBEDDING_MODEL", "Gateway", "GatewayOptions", "main"]
