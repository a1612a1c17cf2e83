"""Generative adversarial networks in PyTorch, lesson by lesson. The game is `GAN`; a `Recipe` says how it is played."""

from gan_lessons.ensemble import Ensemble
from gan_lessons.recipes import SGD, Adam, Recipe
from gan_lessons.training import GAN

__all__ = ["GAN", "SGD", "Adam", "Ensemble", "Recipe"]
