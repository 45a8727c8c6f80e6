"""Discord messages as pictures, as a person sees them in the dark client."""

from sandbox.portrait.message import draw_message

__all__ = ["draw_message"]
