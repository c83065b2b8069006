"""Stands where Rasa imports TensorFlow, so that TensorFlow need not be installed.

Rasa 3.6 imports TensorFlow when it starts, also when no component of the pipeline uses it. Whatever it takes from here
at import time is an *absent* class: it can be named, subclassed, subscripted and used in annotations, which is all that
an import does. Creating or calling one raises :class:`TensorFlowAbsentError`, which says how to get the real thing.

Every ``import tensorflow.x.y`` and ``import keras.x.y`` is answered by :class:`AbsentModuleFinder`, so no list of
Rasa's imports is kept here.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType

__version__ = "2.12.0"

_STOOD_FOR = ("tensorflow", "keras")


class TensorFlowAbsentError(RuntimeError):
    """Something really needed TensorFlow: docs/adr/0001 says how to install it."""


class AbsentClass(type):
    """The type of every stand-in: attributes are further stand-ins, and a call is an error."""

    def __getattr__(cls, name: str) -> AbsentClass:
        if name.startswith("_"):  # protocols (pickling, copying, inspection) must see that it is not there
            raise AttributeError(name)
        absent = AbsentClass(name, (), {"__module__": cls.__module__})
        setattr(cls, name, absent)
        return absent

    def __getitem__(cls, _parameters: object) -> AbsentClass:
        return cls

    def __call__(cls, *args: object, **kwargs: object) -> object:
        if not kwargs and len(args) == 1 and isinstance(args[0], FunctionType):
            return args[0]  # used as a decorator while a module is imported
        raise TensorFlowAbsentError(
            f"{cls.__module__}.{cls.__qualname__} was called, but TensorFlow is not part of this environment: "
            "a component in config.yml needs it. See docs/adr/0001 for how to go back to the real package."
        )


class AbsentModule(ModuleType):
    """A module of which every attribute is an :class:`AbsentClass`."""

    __path__: list[str] = []  # a package, so that its submodules are asked for as well

    def __getattr__(self, name: str) -> AbsentClass:
        if name.startswith("_"):
            raise AttributeError(name)
        absent = AbsentClass(name, (), {"__module__": self.__name__})
        setattr(self, name, absent)
        return absent


class AbsentModuleFinder(MetaPathFinder, Loader):
    """Answers the import of any submodule of what this package stands for."""

    def find_spec(self, fullname: str, path: Sequence[str] | None = None, target: object = None) -> ModuleSpec | None:
        if fullname.partition(".")[0] in _STOOD_FOR and "." in fullname:
            return ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> AbsentModule:
        return AbsentModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run: the module is its name."""


if not any(isinstance(finder, AbsentModuleFinder) for finder in sys.meta_path):
    sys.meta_path.append(AbsentModuleFinder())
sys.modules[__name__].__class__ = AbsentModule
