"""Save a whole game and go on with it later. A file holds tensors and text; loading runs no code from it."""

import functools
import importlib
import json
import os
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gan_lessons.files import load_tensors, save_tensors
from gan_lessons.losses import Loss
from gan_lessons.recipes import Recipe
from gan_lessons.streams import Stream
from gan_lessons.training import GAN

FORMAT = "gan_lessons game 1"
GENERATOR_FORMAT = "gan_lessons generator 1"
OWN_CODE = "give it back with load(path, recipe=...)"
NAMEABLE = ("losses", "schedules", "penalties", "models", "recipes")  # the modules a recipe's parts come from


def save(gan: GAN, path: str | os.PathLike) -> None:
    """Write everything that the run needs to go on exactly: players, average, optimisers, random state, step, recipe.

    Whole or not at all. Parts of the recipe that are your own code are saved by name only; `load` then asks for them.
    """
    parts = _state(gan)
    tensors = {f"{part}/{key}": value for part, state in parts.items() for key, value in state.items()}
    notes = {
        "format": FORMAT,
        "step": str(gan.step),
        "recipe": json.dumps(describe(gan.recipe)),
        "parts": json.dumps({part: len(state) for part, state in parts.items()}),
    }
    save_tensors(path, tensors, notes)


def load(path: str | os.PathLike, recipe: Recipe | None = None, device: torch.device | str = "cpu") -> GAN:
    """The game saved at `path`, on `device`, ready to go on.

    Without `recipe` the file's own is rebuilt, which needs every part of it to be one of this package's. Raises
    `ValueError` where `recipe` is given and differs (every difference is named), where the file is of another
    kind or not whole, and where its weights do not fit the players; `FileNotFoundError` where there is none.
    """
    tensors, notes = load_tensors(path)
    _check_format(path, notes, FORMAT)
    parts: dict[str, dict[str, Tensor]] = {part: {} for part in json.loads(notes["parts"])}
    for name, tensor in tensors.items():
        part, _, key = name.partition("/")
        parts.setdefault(part, {})[key] = tensor
    for part, count in json.loads(notes["parts"]).items():
        if count and not parts[part]:
            raise ValueError(f"{path} lacks the {count} tensors of {part}: it is not whole")
    saved = json.loads(notes["recipe"])
    if recipe is None:
        recipe = rebuild(saved)
    elif found := differences(saved, describe(recipe)):
        raise ValueError(f"{path} was saved with another recipe: {'; '.join(found)}")
    stream = Stream(0, device)
    with stream:  # whatever the players draw for their first weights, the global generator does not see it
        G, D = recipe.players()
    G, D = (_filled(player, parts[name], f"{path}: {name}").to(device) for player, name in ((G, "G"), (D, "D")))
    gan = GAN(G, D, recipe, stream)
    gan.step = int(notes["step"])
    if gan.average is not None:
        _filled(gan.average, parts["average"], f"{path}: average")
    for optimiser, part in ((gan.opt_G, "opt_G"), (gan.opt_D, "opt_D")):
        _restore_optimiser(optimiser, parts[part])
    gan.random.restore(parts["random"])
    return gan


def save_generator(gan: GAN, path: str | os.PathLike, notes: dict[str, str]) -> None:
    """Write only what `gan.sample` draws with (the moving average if there is one): small enough to ship."""
    about = {"format": GENERATOR_FORMAT, "players": json.dumps(describe(gan.recipe.players)), **notes}
    save_tensors(path, (gan.average or gan.G).state_dict(), about)


def load_generator(path: str | os.PathLike) -> tuple[nn.Module, dict[str, str]]:
    """What `save_generator` wrote: the generator, in evaluation mode and not to be trained, and the notes."""
    tensors, notes = load_tensors(path)
    _check_format(path, notes, GENERATOR_FORMAT)
    with Stream(0):
        G, _ = rebuild(json.loads(notes["players"]), "only the package's own players can be loaded so")()
    return _filled(G, tensors, str(path)).eval().requires_grad_(False), notes


def _check_format(path: str | os.PathLike, notes: dict[str, str], wanted: str) -> None:
    if notes.get("format") != wanted:
        raise ValueError(f"{path} is a file of kind {notes.get('format', 'unknown')!r}, not {wanted!r}")


def _state(gan: GAN) -> dict[str, dict[str, Tensor]]:
    parts = {"G": gan.G.state_dict(), "D": gan.D.state_dict(), "random": gan.random.state()}
    if gan.average is not None:
        parts["average"] = gan.average.state_dict()
    for optimiser, part in ((gan.opt_G, "opt_G"), (gan.opt_D, "opt_D")):
        state = optimiser.state_dict()["state"]  # the rates and betas are the recipe's
        parts[part] = {
            f"{k}.{name}": value for k, values in state.items() for name, value in values.items() if value is not None
        }
    return parts


def _restore_optimiser(optimiser: torch.optim.Optimizer, saved: dict[str, Tensor]) -> None:
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in saved.items():
        k, _, name = key.partition(".")
        state.setdefault(int(k), {})[name] = value
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})


def _filled(player: nn.Module, saved: dict[str, Tensor], who: str) -> nn.Module:
    """`player` with the saved weights, in their precision; raises `ValueError` naming what does not fit."""
    own = player.state_dict()
    found = [f"{name} is missing" for name in own.keys() - saved.keys()]
    found += [f"{name} is not part of this player" for name in saved.keys() - own.keys()]
    found += [
        f"{name} has shape {tuple(saved[name].shape)}, the player's {tuple(own[name].shape)}"
        for name in own.keys() & saved.keys()
        if own[name].shape != saved[name].shape
    ]
    if found:
        raise ValueError(f"{who} has other weights than the recipe's players: {'; '.join(sorted(found))}")
    precision = next((tensor.dtype for tensor in saved.values() if tensor.is_floating_point()), None)
    player.to(dtype=precision).load_state_dict(saved)
    return player


def describe(value: Any) -> Any:
    """A recipe, or a part of one, as plain data: numbers, text, lists and dictionaries."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, tuple):
        return [describe(item) for item in value]
    if isinstance(value, functools.partial) and not value.args:
        keywords = {name: describe(item) for name, item in value.keywords.items()}
        return {"partial": describe(value.func), "keywords": keywords}
    if is_dataclass(value) and not isinstance(value, type | Loss) and _nameable(type(value)):
        parts = {item.name: describe(getattr(value, item.name)) for item in fields(value)}
        return {"type": _path(type(value)), "fields": parts}
    if _nameable(value):
        return {"name": _path(value)}
    return {
        "yours": repr(value) if isinstance(value, Loss) else getattr(value, "__qualname__", type(value).__qualname__)
    }


def rebuild(plain: Any, remedy: str = OWN_CODE) -> Any:
    """What `describe` described. Raises `ValueError` for what this package cannot name, with the `remedy`."""
    if isinstance(plain, list):
        return tuple(rebuild(item, remedy) for item in plain)
    if not isinstance(plain, dict):
        return plain
    if "yours" in plain:
        raise ValueError(f"the recipe holds your own {plain['yours']}: {remedy}")
    if "partial" in plain:
        keywords = {name: rebuild(item, remedy) for name, item in plain["keywords"].items()}
        return functools.partial(rebuild(plain["partial"], remedy), **keywords)
    found = _named(plain["type"] if "type" in plain else plain["name"])
    if "name" in plain:
        return found
    if not is_dataclass(found):
        raise ValueError(f"{plain['type']!r} is no kind of value that a recipe holds")
    return found(**{name: rebuild(item, remedy) for name, item in plain["fields"].items()})


def differences(saved: Any, given: Any, where: str = "") -> list[str]:
    """Every place where two descriptions differ, as `batch: saved 64, given 32`."""
    if isinstance(saved, dict) and isinstance(given, dict) and saved.keys() == given.keys():
        inner = [differences(saved[key], given[key], f"{where}.{key}".lstrip(".")) for key in saved]
        return [line.replace("fields.", "") for lines in inner for line in lines]
    return [] if saved == given else [f"{where or 'recipe'}: saved {json.dumps(saved)}, given {json.dumps(given)}"]


def _path(value: Any) -> str:
    module = "losses" if isinstance(value, Loss) else value.__module__.rpartition(".")[2]
    return f"{module}.{value.name if isinstance(value, Loss) else value.__qualname__}"


def _nameable(value: Any) -> bool:
    """Whether `value` is what its name says it is, in one of this package's modules."""
    try:
        return _named(_path(value)) is value
    except (AttributeError, ValueError):
        return False


def _named(path: str) -> Any:
    """The public object of that name; nothing outside the named modules can be reached."""
    module, _, name = path.partition(".")
    found = None
    if module in NAMEABLE and not name.startswith("_"):
        home = importlib.import_module(f"gan_lessons.{module}")
        found = vars(home).get(name)
    if not isinstance(found, Loss) and getattr(found, "__module__", None) != f"gan_lessons.{module}":
        raise ValueError(f"the package has no {path!r}; was the file made with another version?")
    return found
