"""Makes docs/picture.png, the picture of the README: `python docs/make_picture.py`."""

import torch

from gan_lessons import GAN, plots, pretrained, recipes, toys
from gan_lessons.files import REPOSITORY, whole_or_absent

ring = toys.Ring(modes=8)
gan = GAN.from_recipe(recipes.TOY, seed=0)
for _ in gan.train(ring, steps=2_000):
    pass
torch.manual_seed(0)
G, _ = pretrained.generator("dcgan", "MNIST")
fig, (left, right) = plots.figure(2, width=4.6, height=4.3)
plots.plane(left, *ring.sample(1_000), gan.sample(1_000), "2,000 steps, a few seconds", limit=1.6)
plots.images(right, G(torch.randn(100, G.z_dim)), "Generated digits")
with whole_or_absent(REPOSITORY / "docs" / "picture.png") as temporary:
    temporary.write_bytes(plots.png(fig))
