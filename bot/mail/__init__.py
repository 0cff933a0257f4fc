"""E-mail: composing and sending it, and taking it in."""
