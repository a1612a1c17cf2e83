"""Save a whole game and go on with it later. A file holds tensors and text; loading runs no code from it."""

import functools
import importlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import Tensor, nn

from gan_lessons.files import load_tensors, save_tensors
from gan_lessons.losses import Loss
from gan_lessons.recipes import Recipe
from gan_lessons.streams import Stream
from gan_lessons.training import GAN

FORMAT = "gan_lessons game 2"
GENERATOR_FORMAT = "gan_lessons generator 1"
READERS = {FORMAT: "checkpoints.load", GENERATOR_FORMAT: "checkpoints.load_generator"}
AGAIN = "Delete it and save the game again, or take another copy."
OWN_CODE = "give it back with load(path, recipe=...)"
NAMEABLE = ("losses", "schedules", "penalties", "models", "recipes")  # the modules a recipe's parts come from


def save(gan: GAN, path: str | os.PathLike) -> None:
    """Write everything that the run needs to go on exactly: players, average, optimisers, random state, step, recipe.

    Whole or not at all. Parts of the recipe that are your own code are saved by name only; `load` then asks for them.
    Raises `FloatingPointError` where an accelerator has met a NaN that nobody has been told of yet, `TypeError` for
    an ensemble, and `OSError` where the file cannot be written.
    """
    _one_game(gan)
    gan.guard.read()
    tensors = {f"{part}/{key}": value for part, state in _state(gan).items() for key, value in state.items()}
    notes = {
        "format": FORMAT,
        "step": json.dumps(gan.step),
        "recipe": json.dumps(describe(gan.recipe)),
        "tensors": json.dumps(sorted(tensors)),
    }
    save_tensors(path, tensors, notes)


def load(path: str | os.PathLike, recipe: Recipe | None = None, device: torch.device | str = "cpu") -> GAN:
    """The game saved at `path`, on `device`, ready to go on.

    Without `recipe` the file's own is rebuilt, which needs every part of it to be one of this package's. Raises
    `ValueError` where `recipe` is given and differs (every difference is named), where the file is of another
    kind, damaged or not whole, and where its weights do not fit the players; `FileNotFoundError` where there is
    none, and another `OSError` where it cannot be read.
    """
    tensors, notes = _read(path, FORMAT, ("step", "recipe", "tensors", "checksum"))
    listed = _plain(path, notes, "tensors", list)
    if lacking := [name for name in map(str, listed) if name not in tensors]:
        raise ValueError(f"{path} is not whole, it lacks {', '.join(lacking)}. {AGAIN}")
    parts: dict[str, dict[str, Tensor]] = {part: {} for part in ("G", "D", "average", "opt_G", "opt_D", "random")}
    for name, tensor in tensors.items():
        part, _, key = name.partition("/")
        parts.setdefault(part, {})[key] = tensor
    saved = _plain(path, notes, "recipe", dict)
    stream = Stream(0, device)  # whatever the players draw for their first weights, the global generator does not see
    if recipe is None:
        with _blaming(path), stream:
            recipe = rebuild(saved)
            G, D = recipe.players()
    else:
        with _blaming(path):
            found = differences(saved, describe(recipe))
        if found:
            raise ValueError(
                f"{path} was saved with another recipe: {'; '.join(found)}. "
                "Give the recipe that it was saved with, or none: load(path) takes the one in the file."
            )
        with stream:
            G, D = recipe.players()
    G, D = (_filled(player, parts[name], f"{path}: {name}").to(device) for player, name in ((G, "G"), (D, "D")))
    gan = GAN(G, D, recipe, stream)
    gan.step = _plain(path, notes, "step", int)
    if gan.average is not None:
        _filled(gan.average, parts["average"], f"{path}: average")
    for optimiser, player, part in ((gan.opt_G, G, "opt_G"), (gan.opt_D, D, "opt_D")):
        _restore_optimiser(optimiser, player, parts[part], f"{path}: {part}")
    gan.random.restore(parts["random"])
    return gan


def save_generator(gan: GAN, path: str | os.PathLike, notes: dict[str, str]) -> None:
    """Write only what `gan.sample` draws with (the moving average if there is one): small enough to ship."""
    _one_game(gan)
    about = {"format": GENERATOR_FORMAT, "players": json.dumps(describe(gan.recipe.players)), **notes}
    save_tensors(path, (gan.average or gan.G).state_dict(), about)


def load_generator(path: str | os.PathLike) -> tuple[nn.Module, dict[str, str]]:
    """What `save_generator` wrote: the generator, in evaluation mode and not to be trained, and the notes."""
    tensors, notes = _read(path, GENERATOR_FORMAT, ("players",))
    plain = _plain(path, notes, "players", dict)
    with _blaming(path), Stream(0):
        G, _ = rebuild(plain, "only the package's own players can be loaded so")()
    return _filled(G, tensors, str(path)).eval().requires_grad_(False), notes


def _one_game(gan: GAN) -> None:
    if gan.leading:
        raise TypeError("a file holds one game: save the members of an ensemble one by one, ensemble.member(0) first")


def _read(path: str | os.PathLike, wanted: str, needed: tuple[str, ...]) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and notes of a file of the `wanted` kind, with the `needed` notes."""
    tensors, notes = load_tensors(path)
    kind = notes.get("format", "unknown")
    if kind != wanted:
        remedy = f"{READERS[kind]} reads it" if kind in READERS else "was it made by something else, or long ago?"
        raise ValueError(f"{path} is a file of kind {kind!r}, not {wanted!r}: {remedy}")
    if lacking := [name for name in needed if name not in notes]:
        raise ValueError(f"{path} is not whole, it lacks the note {' and '.join(lacking)}. {AGAIN}")
    return tensors, notes


def _plain(path: str | os.PathLike, notes: dict[str, str], name: str, kind: type) -> Any:
    """The note of that name, as the plain data it stands for."""
    try:
        found = json.loads(notes[name])
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is damaged, its note {name} cannot be read ({error}). {AGAIN}") from error
    if type(found) is not kind:
        raise ValueError(f"{path} is damaged, its note {name} holds no {kind.__name__}. {AGAIN}")
    return found


@contextmanager
def _blaming(path: str | os.PathLike) -> Iterator[None]:
    """Inside, the file at `path` says what is done: whatever goes wrong is its fault, a `ValueError` that names it."""
    try:
        yield
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error
    except Exception as error:
        raise ValueError(f"{path} is damaged, its recipe cannot be followed ({error!r}). {AGAIN}") from error


def _state(gan: GAN) -> dict[str, dict[str, Tensor]]:
    """Every tensor of a game, by part and name. An optimiser's bear the name of the weight that they belong to."""
    parts = {"G": gan.G.state_dict(), "D": gan.D.state_dict(), "random": gan.random.state()}
    if gan.average is not None:
        parts["average"] = gan.average.state_dict()
    for optimiser, player, part in ((gan.opt_G, gan.G, "opt_G"), (gan.opt_D, gan.D, "opt_D")):
        names = [name for name, _ in player.named_parameters()]
        state = optimiser.state_dict()["state"]  # the rates and betas are the recipe's
        parts[part] = {
            f"{names[k]}.{key}": value
            for k, values in state.items()
            for key, value in values.items()
            if value is not None
        }
    return parts


def _restore_optimiser(optimiser: torch.optim.Optimizer, player: nn.Module, saved: dict[str, Tensor], who: str) -> None:
    weights = dict(player.named_parameters())
    names, state = list(weights), {}
    for item, value in saved.items():
        name, _, key = item.rpartition(".")
        # torch does not look at shapes here, and its fused steps crash Python where they are wrong.
        if name not in weights or value.shape != (() if key == "step" else weights[name].shape):
            raise ValueError(f"{who} belongs to other players than the recipe's: {item} has no place. {AGAIN}")
        state.setdefault(names.index(name), {})[key] = value
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
        raise ValueError(
            f"{who} has other weights than the recipe's players: {'; '.join(sorted(found))}. "
            "Make the players as they were when it was saved."
        )
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
    if saved == given:
        return []
    (kind, inside), (other_kind, other_inside) = _opened(saved), _opened(given)
    if kind != other_kind or inside.keys() != other_inside.keys():
        return [f"{where or 'recipe'}: saved {_written(saved)}, given {_written(given)}"]
    lines = [differences(inside[key], other_inside[key], f"{where}{key}".lstrip(".")) for key in inside]
    return [line for found in lines for line in found]


def _opened(plain: Any) -> tuple[Any, dict[str, Any]]:
    """What a description is, and its parts by the way to them; one without parts is nothing but itself."""
    if isinstance(plain, list) and any(isinstance(item, dict) for item in plain):
        return len(plain), {f"[{k}]": item for k, item in enumerate(plain)}
    if isinstance(plain, dict) and ("type" in plain or "partial" in plain):
        kind, inside = (plain["type"], "fields") if "type" in plain else (plain["partial"], "keywords")
        return kind, {f".{name}": item for name, item in plain[inside].items()}
    return plain, {}


def _written(plain: Any) -> str:
    """A description as one would write it in Python."""
    if isinstance(plain, list):
        return f"({', '.join(map(_written, plain))}{',' * (len(plain) == 1)})"
    if not isinstance(plain, dict):
        return repr(plain)
    if "yours" in plain or "name" in plain:
        return plain["name"] if "name" in plain else f"your own {plain['yours']}"
    kind, inside = _opened(plain)
    arguments = ", ".join(f"{name[1:]}={_written(item)}" for name, item in inside.items())
    return f"{kind if isinstance(kind, str) else _written(kind)}({arguments})"


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
