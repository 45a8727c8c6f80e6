"""What a member usually wants goes where they say nothing."""

from dataclasses import replace

from bot.domain import Preferences, VideoRequest


def preferred(request: VideoRequest, chosen: Preferences) -> VideoRequest:
    """Say the member's usual model and shape where they said none.

    A video that is made from another keeps the model and the shape of that one.
    """
    if request.mode is not None:
        return request
    return replace(
        request,
        model=request.model or chosen.model,
        aspect_ratio=request.aspect_ratio or chosen.aspect_ratio,
    )
