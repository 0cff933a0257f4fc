"""A Rocket.Chat look-alike with a mail sink and a chat page, so that a demo or a test needs no server.

It knows only the wire: it imports nothing of the project, and of the project only `demo` and tests import it.
What it believes about Rocket.Chat is written in its docstrings; where a fact is unproven it says so.
"""
