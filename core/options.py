"""Options are checked against their types when they are made: an invalid one raises an error."""

from __future__ import annotations

import inspect
import math
import types
from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any, ClassVar, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from core.errors import OptionError
from core.language import say

Limits = Mapping[str, tuple[float, float]]
NOT_NEGATIVE = (0.0, math.inf)
_LARGEST = 1e300  # whole numbers can be larger than any float
F = TypeVar("F", bound=Callable[..., Any])


class Checked:
    """An options class, a dataclass whose fields are held against their types.

    `limits`: per field the least and the largest number that it may hold, both allowed.
    """

    limits: ClassVar[Limits] = {}

    def __post_init__(self) -> None:
        """Refuse values that do not fit their type or limits.

        Raises
        ------
        OptionError
            With the option's name, its value, and what can be chosen.
        """
        kind: Any = type(self)
        for name, hint in _hints(kind).items():
            if name in self.__dict__:
                check(name, self.__dict__[name], hint)
        for name, (least, most) in self.limits.items():
            _check_range(name, self.__dict__[name], least, most)


def takes_options(function: F) -> F:
    """Decorate a function whose arguments are options: those of a `Literal` type are checked when it is called."""
    places = list(inspect.signature(function).parameters)

    @wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        for name, hint in _literals(function).items():
            place = places.index(name)
            if name in kwargs:
                check(name, kwargs[name], hint)
            elif place < len(args):
                check(name, args[place], hint)
        return function(*args, **kwargs)
    return cast(F, checked)


def check(name: str, value: Any, hint: Any) -> None:
    """Refuse a value that does not fit its type.

    Raises
    ------
    OptionError
        With the option's name, its value, and what can be chosen.
    """
    if _fits(value, hint):
        return
    choices = [str(c) for c in _choices(hint)]
    named = name.replace("_", " ")
    raise OptionError(say("{value} is no {named}.", value=f"{value!r}", named=named),
                      say("Choose one of: {choices}.", choices=', '.join(choices)) if choices else
                      say("Give what the documentation of these options says."))


def _check_range(name: str, value: Any, least: float, most: float) -> None:
    for one in value if isinstance(value, tuple) else (value,):
        if one is not None and not least <= one <= most:
            upper = "" if most == math.inf else say(" and at most {most}", most=f"{most!r}")
            raise OptionError(say("{value} is no {named}.", value=f"{one!r}", named=name.replace('_', ' ')),
                              say("Give at least {least}{upper}.", least=f"{least!r}", upper=upper))


def _fits(value: Any, hint: Any) -> bool:
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return value in parts
    if origin in (Union, types.UnionType):
        return any(_fits(value, part) for part in parts)
    if origin is tuple:
        inner = [parts[0]] * len(value) if isinstance(value, tuple) and parts[1:] == (...,) else list(parts)
        return isinstance(value, tuple) and len(value) == len(inner) and all(map(_fits, value, inner))
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST
    kind = origin or hint
    return isinstance(value, kind) if isinstance(kind, type) else True


def _choices(hint: Any) -> list[Any]:
    """Return the choices that an option's type names, at any depth."""
    if get_origin(hint) is Literal:
        return [c for c in get_args(hint) if c != ""]
    return [c for part in get_args(hint) if part is not ... for c in _choices(part)]


@lru_cache(maxsize=256)
def _hints(owner: Any) -> dict[str, Any]:
    return get_type_hints(owner)


@lru_cache(maxsize=256)
def _literals(function: Any) -> dict[str, Any]:
    return {name: hint for name, hint in get_type_hints(function).items()
            if name != "return" and any(get_origin(h) is Literal for h in (hint, *get_args(hint)))}
