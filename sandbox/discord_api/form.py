"""What is wrong with a body, collected into the tree of a 50035 error."""

from typing import Any

from sandbox.discord_api.exchanges import Json
from sandbox.discord_api.replies import Refusal, RefusedCallError

Path = tuple[str | int, ...]


class Form:
    """Notes every wrong field, then refuses them all at once."""

    def __init__(self) -> None:
        self._errors: Json = {}

    def wrong(self, path: Path, code: str, message: str | None = None) -> None:
        """Note one wrong field."""
        place: dict[str, Any] = self._errors
        for part in path:
            place = place.setdefault(str(part), {})
        place.setdefault("_errors", []).append({"code": code, "message": message or code})

    def check(self, is_right: object, path: Path, code: str) -> None:
        """Note a field unless `is_right` holds."""
        if not is_right:
            self.wrong(path, code)

    def text(self, path: Path, value: object, maximum: int, *, minimum: int = 0) -> None:
        """Note a text that is none, or too short or too long."""
        if not isinstance(value, str):
            self.wrong(path, "STRING_TYPE_CONVERT", "Could not interpret as string.")
        elif len(value) > maximum:
            self.wrong(path, "BASE_TYPE_MAX_LENGTH", f"Must be {maximum} or fewer in length.")
        elif len(value) < minimum:
            self.wrong(path, "BASE_TYPE_REQUIRED", "This field is required")

    def refuse_if_wrong(self) -> None:
        """End the call if anything was noted.

        Raises:
            RefusedCallError: Something is wrong.
        """
        if self._errors:
            raise RefusedCallError(Refusal.INVALID_FORM, self._errors)
