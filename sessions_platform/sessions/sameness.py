"""Numbers for texts: two texts have the same number if they are equal after white space is collapsed.

Texts are compared by their two ends first, so that a log of megabytes is collapsed only if another one looks like it.
"""

_SKETCH = 64
_END = 256


class SameTexts:
    """The texts of a session. State is a reference to each text, and a copy only of those that look like another."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._alone: dict[str, tuple[str, str, int] | None] = {}
        self._collapsed: dict[str, int] = {}
        self._next = 0

    def number(self, text: str, joint: str) -> int:
        """The number of a text. `joint` stands for a run of white space: a blank, or '' where it means nothing."""
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = self._look(text, joint)
        return number

    def _look(self, text: str, joint: str) -> int:
        sketch = _sketch(text)
        if sketch not in self._alone:
            number = self._new()
            self._alone[sketch] = (text, joint, number)
            return number
        if first := self._alone[sketch]:
            self._collapsed[_collapse(first[0], first[1])] = first[2]
            self._alone[sketch] = None
        collapsed = _collapse(text, joint)
        known = self._collapsed.get(collapsed)
        if known is None:
            known = self._collapsed[collapsed] = self._new()
        return known

    def _new(self) -> int:
        self._next += 1
        return self._next


def _collapse(text: str, joint: str) -> str:
    return joint.join(text.split())


def _sketch(text: str) -> str:
    """Both ends of the text without its white space: the same for texts that are equal, whatever joins their words."""
    if len(text) > 2 * _END:
        head, tail = _collapse(text[:_END], ""), _collapse(text[-_END:], "")
        if len(head) >= _SKETCH and len(tail) >= _SKETCH:
            return head[:_SKETCH] + tail[-_SKETCH:]
    bare = _collapse(text, "")
    return bare[:_SKETCH] + bare[-_SKETCH:]
