"""The game is played by its rules, round by round, and equals a loop written by hand."""

import signal
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn.functional import softplus

from gan_lessons import losses, models, penalties, toys
from gan_lessons.losses import Loss
from gan_lessons.metrics import frechet_distance, gaussian_fit
from gan_lessons.recipes import SGD, TOY, Adam, Recipe
from gan_lessons.schedules import Linear
from gan_lessons.streams import Stream
from gan_lessons.training import GAN, PIECE

PLAIN = Recipe(loss=losses.non_saturating, players=lambda: models.toy_players(width=8), batch=16)
WGAN_GP = replace(
    PLAIN,
    loss=losses.wasserstein,
    penalties=(penalties.wgan_gp(10.0),),
    d_steps=3,
    opt_G=Adam(1e-3, betas=(0.0, 0.9)),
    opt_D=Adam(1e-3, betas=(0.0, 0.9)),
)
RING = toys.Ring()


def make(recipe=PLAIN, seed=0, cls=GAN):
    return cls.from_recipe(recipe, seed)


def play(gan, steps, data=RING):
    return list(gan.train(data, steps))


def weights(player):
    return [p.detach().clone() for p in player.parameters()]


def same(some, others):
    return all(torch.equal(a, b) for a, b in zip(some, others, strict=True))


def both(gan):
    return weights(gan.G) + weights(gan.D)


# What is refused, and when


@pytest.mark.parametrize("steps", [-1, 2.0, "10", None])
def test_a_number_of_steps_that_is_none_is_refused_at_the_call(steps):
    with pytest.raises(ValueError, match=r"steps=.*: give a whole number ≥ 0"):
        make().train(RING, steps)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (torch.zeros(9, 2), TypeError, r"give something with .sample\(n\) -> \(x, \*labels\)"),
        (SimpleNamespace(sample=lambda n: (torch.zeros(n, 2).double(),)), ValueError, "make them alike"),
        (SimpleNamespace(sample=lambda n: (torch.full((n, 2), float("nan")),)), ValueError, "data holds NaN"),
        (SimpleNamespace(sample=lambda n: (torch.full((n, 1, 28, 28), 255.0),)), ValueError, r"scale to \[-1, 1\]"),
    ],
)
def test_bad_data_is_refused_at_the_call(data, error, message):
    with pytest.raises(error, match=message):
        make().train(data, 10)


def test_asking_for_a_run_does_not_start_it():
    gan = make()
    before, numbers = both(gan), gan.random.state()["cpu"]
    gan.train(RING, 10)
    assert gan.step == 0
    assert same(both(gan), before)
    assert torch.equal(gan.random.state()["cpu"], numbers)  # the trial batch is not missed


def test_scores_of_shape_n_one_are_refused_with_the_remedy():
    G, D = nn.Linear(2, 2), nn.Linear(2, 1)
    G.z_dim = 2
    gan = GAN(G, D, PLAIN, seed=0)
    with pytest.raises(ValueError, match=r"D gave scores of shape \(16, 1\) for 16 samples: return \(N,\)"):
        gan.train(RING, 1)  # at the call
    with pytest.raises(ValueError, match=r"D gave scores of shape \(16, 1\)"):
        gan.round(RING)


def test_noise_of_another_size_is_refused():
    with pytest.raises(ValueError, match=r"ToyGenerator takes shape \(N, 2\), not \(5, 3\): draw z with"):
        make().sample(torch.randn(5, 3))


# Rounds and records


def test_every_round_gives_its_record():
    records = play(make(), 3)
    assert [record["step"] for record in records] == [1, 2, 3]
    for record in records:
        assert record.keys() == {"step", "steps", "loss_D", "loss_G"}
        assert record["steps"] == 3
        for name in ("loss_D", "loss_G"):
            assert record[name].shape == ()
            assert record[name].isfinite()
            assert not record[name].requires_grad


def test_no_steps_are_no_rounds():
    gan = make()
    before = both(gan)
    assert play(gan, 0) == []
    assert same(both(gan), before)


def test_a_run_that_was_broken_off_goes_on():
    whole, gan = make(), make()
    play(whole, 5)
    for record in gan.train(RING, 100):
        if record["step"] == 2:
            break
    assert gan.step == 2
    records = play(gan, 3)
    assert [(record["step"], record["steps"]) for record in records] == [(3, 5), (4, 5), (5, 5)]
    assert same(both(gan), both(whole))


class Spy(GAN):
    """A game that notes its moves."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.moves = []

    def update_D(self, real, fake, *cond):
        self.moves.append("D")
        return super().update_D(real, fake, *cond)

    def update_G(self, real, *cond):
        self.moves.append("G")
        return super().update_G(real, *cond)


@pytest.mark.parametrize(("d_steps", "g_steps"), [(1, 1), (5, 1), (1, 2), (2, 3)])
def test_in_a_round_the_discriminator_moves_first(d_steps, g_steps):
    gan = make(replace(PLAIN, d_steps=d_steps, g_steps=g_steps), cls=Spy)
    records = play(gan, 2)
    assert "".join(gan.moves) == ("D" * d_steps + "G" * g_steps) * 2
    assert gan.step == records[-1]["step"] == 2  # steps count rounds


def test_the_batch_is_the_recipes_and_each_move_of_the_discriminator_sees_fresh_samples():
    drawn, faked = [], []

    def sample(n):
        drawn.append(torch.randn(n, 2))
        return (drawn[-1],)

    gan = make(replace(PLAIN, batch=7, d_steps=3, g_steps=2))
    gan.G.register_forward_hook(lambda G, given, made: faked.append(made.detach().clone()))
    rounds = gan.train(SimpleNamespace(sample=sample), 1)
    drawn.clear()
    list(rounds)
    assert [len(x) for x in drawn] == [7] * 3
    assert [len(x) for x in faked] == [7] * 5
    assert len(torch.cat(drawn).unique(dim=0)) == 21
    assert len(torch.cat(faked).unique(dim=0)) == 35


def some_gradients(player):
    for p in player.parameters():
        p.grad = torch.randn_like(p)
    return [p.grad.clone() for p in player.parameters()]


def test_a_move_of_the_discriminator_leaves_the_generator_alone():
    gan = make(replace(PLAIN, penalties=(penalties.r1(1.0), penalties.wgan_gp())))
    gradients, G, D = some_gradients(gan.G), weights(gan.G), weights(gan.D)
    (real,) = RING.sample(16)
    record = gan.update_D(real, gan.G(torch.randn(16, 2)))  # `fake` with a path to G: it must be cut
    assert record.keys() == {"loss_D"}
    assert same([p.grad for p in gan.G.parameters()], gradients)
    assert same(weights(gan.G), G)
    assert not same(weights(gan.D), D)


def test_a_move_of_the_generator_leaves_the_discriminator_alone():
    gan = make()
    gradients, G, D = some_gradients(gan.D), weights(gan.G), weights(gan.D)
    (real,) = RING.sample(16)
    record = gan.update_G(real)
    assert record.keys() == {"loss_G"}
    assert same([p.grad for p in gan.D.parameters()], gradients)
    assert same(weights(gan.D), D)
    assert not same(weights(gan.G), G)


def test_losses_are_computed_without_a_step():
    gan = make(WGAN_GP)
    before = both(gan)
    (real,), fake = RING.sample(16), torch.randn(16, 2)
    assert gan.loss_D(real, fake).requires_grad
    assert gan.loss_G(real, gan.G(torch.randn(16, 2))).requires_grad
    assert same(both(gan), before)
    assert all(p.grad is None for p in [*gan.G.parameters(), *gan.D.parameters()])


# Terms of the losses


def test_penalties_are_added_with_weight_and_every():
    (real,), fake = RING.sample(16), torch.randn(16, 2)
    gan = make(replace(PLAIN, penalties=(penalties.r1(Linear(0.0, 4.0, over=8), every=4), penalties.r2(0.5))))
    slope = {"real": penalties.gradient_norm(gan.D, real), "fake": penalties.gradient_norm(gan.D, fake)}
    plain = losses.non_saturating.discriminator(gan.D(real), gan.D(fake))
    for gan.step, weight in [(0, 0.0), (1, 0.0), (4, 4 * 2.0), (6, 0.0), (8, 4 * 4.0)]:
        expected = plain + weight * slope["real"].square().mean() / 2 + 0.5 * slope["fake"].square().mean() / 2
        torch.testing.assert_close(gan.loss_D(real, fake), expected)


def test_a_relativistic_loss_reads_both_scores_in_both_moves():
    (real,), fake = RING.sample(16), torch.randn(16, 2)
    gan = make(replace(PLAIN, loss=losses.relativistic))
    difference = gan.D(real) - gan.D(fake)
    torch.testing.assert_close(gan.loss_D(real, fake), softplus(-difference).mean())
    torch.testing.assert_close(gan.loss_G(real, fake), softplus(difference).mean())


def test_weights_are_clipped_after_each_move_of_the_discriminator_and_only_its():
    gan, steep = make(replace(PLAIN, clip=0.02, d_steps=2, opt_D=SGD(0.05))), make(replace(PLAIN, opt_D=SGD(0.05)))
    (real,), fake = RING.sample(16), torch.randn(16, 2)
    for game in (gan, steep):
        game.update_D(real, fake)
    assert same(weights(gan.D), [weight.clamp(-0.02, 0.02) for weight in weights(steep.D)])
    assert same(weights(gan.G), weights(steep.G))
    for _ in gan.train(RING, 3):
        assert max(weight.abs().max() for weight in weights(gan.D)) <= 0.02
    assert max(weight.abs().max() for weight in weights(gan.G)) > 0.1


def test_instance_noise_is_added_to_all_that_the_discriminator_sees():
    """A straight D on samples at 0 scores noise and nothing else: by its variance we know how much."""
    n, slope = 20_000, torch.tensor([3.0, 4.0])
    D = nn.Sequential(nn.Linear(2, 1, bias=False), nn.Flatten(0))
    D[0].weight.data[:] = slope
    seen = []
    spy = Loss("spy", lambda *scores: seen.extend(scores) or scores[0].sum(), lambda *scores: scores[1].sum(), True)
    gan = GAN(models.toy_players(8)[0], D, replace(PLAIN, loss=spy, instance_noise=Linear(0.0, 0.4, over=2)), seed=0)
    zeros = torch.zeros(n, 2)
    for gan.step, std in [(0, 0.0), (1, 0.2), (2, 0.4)]:
        seen.clear()
        gan.loss_D(zeros, zeros)
        for scores in seen:
            assert scores.std().item() == pytest.approx(5 * std, rel=5 / (2 * n) ** 0.5)
    assert abs(torch.corrcoef(torch.stack(seen))[0, 1]) < 5 / n**0.5  # of their own for real and fake


def test_instance_noise_reaches_the_generators_loss_and_the_penalties():
    looked = []
    look = penalties.GradientPenalty(lambda real, fake: looked.append(real) or real, penalties.half_square, 1.0)
    quiet = make(replace(PLAIN, penalties=(look,)))
    noisy = make(replace(PLAIN, penalties=(look,), instance_noise=0.5))
    (real,), fake = RING.sample(16), torch.randn(16, 2)
    assert noisy.loss_G(real, fake) != noisy.loss_G(real, fake)
    assert quiet.loss_G(real, fake) == quiet.loss_G(real, fake)
    for gan in (noisy, quiet):
        gan.loss_D(real, fake)
    assert (looked[0] - real).std().item() == pytest.approx(0.5, rel=0.5)
    assert torch.equal(looked[1], real)


def test_no_instance_noise_draws_nothing():
    with_schedule, without = make(replace(PLAIN, instance_noise=Linear(0.0, 0.0, over=3))), make(PLAIN)
    for gan in (with_schedule, without):
        play(gan, 3)
    assert same(both(with_schedule), both(without))


def test_a_packed_discriminator_plays():
    gan = make(replace(PLAIN, players=lambda: models.toy_players(width=8, pack=4), penalties=(penalties.r1(1.0),)))
    (real,), fake = RING.sample(16), torch.randn(16, 2)
    scores = gan.D(real), gan.D(fake)
    assert scores[0].shape == (4,)
    slope = penalties.gradient_norm(gan.D, real)
    expected = losses.non_saturating.discriminator(*scores) + slope.square().mean() / 2
    torch.testing.assert_close(gan.loss_D(real, fake), expected)
    before = both(gan)
    play(gan, 3)
    assert not any(torch.equal(a, b) for a, b in zip(both(gan), before, strict=True))


def test_a_batch_that_cannot_be_packed_is_refused_at_the_call():
    gan = make(replace(PLAIN, players=lambda: models.toy_players(width=8, pack=3)))
    with pytest.raises(ValueError, match="16 samples cannot be packed by 3: choose a batch that 3 divides"):
        gan.train(RING, 1)


def test_guides_are_added_to_the_generators_loss():
    guide = SimpleNamespace(
        weight=Linear(0.0, 1.0, over=2), value=lambda D, real, fake: (real - fake).abs().mean() + D(fake).sum()
    )
    gan, gan.step = make(replace(PLAIN, guides=(guide,))), 1
    (real,), fake = RING.sample(16), torch.randn(16, 2)
    plain = losses.non_saturating.generator(None, gan.D(fake))
    torch.testing.assert_close(gan.loss_G(real, fake), plain + 0.5 * ((real - fake).abs().mean() + gan.D(fake).sum()))


@pytest.mark.parametrize("compares", [False, True])
def test_the_generators_loss_sees_real_scores_only_if_it_compares(compares):
    seen = []

    def generator(real, fake):
        seen.append(real)
        return fake.mean()

    gan = make(replace(PLAIN, loss=Loss("spy", losses.cross_entropy, generator, compares)))
    (real,) = RING.sample(16)
    gan.loss_G(real, torch.randn(16, 2))
    if compares:
        assert torch.equal(seen[0], gan.D(real))
        assert not seen[0].requires_grad
    else:
        assert seen == [None]


class Named(nn.Module):
    """A player that adds its condition, and notes it."""

    def __init__(self):
        super().__init__()
        self.z_dim, self.layer, self.seen = 2, nn.Linear(2, 2), []

    def forward(self, x, y):
        self.seen.append(y)
        return self.layer(x) + y[:, None]


class NamedD(Named):
    def forward(self, x, y):
        return super().forward(x, y).sum(1)


def test_conditions_reach_both_players_and_the_penalties():
    G, D, labels = Named(), NamedD(), torch.arange(16)
    gan = GAN(G, D, replace(PLAIN, penalties=(penalties.r1(1.0),)), seed=0)
    play(gan, 1, SimpleNamespace(sample=lambda n: (torch.randn(n, 2), labels)))
    assert len(G.seen) == 2
    assert len(D.seen) == 5  # the trial at the call; real, fake, penalty; then G's move
    assert same([*G.seen, *D.seen], [labels] * 7)
    z = torch.randn(16, 2)
    assert torch.equal(gan.sample(z, labels), G.layer(z) + labels[:, None])


# Random numbers


def test_the_same_seed_gives_the_same_run_bit_by_bit():
    runs = [make(WGAN_GP, seed) for seed in (3, 3, 4)]
    for k, gan in enumerate(runs):
        torch.manual_seed(k)
        play(gan, 4)
    assert same(both(runs[0]), both(runs[1]))
    assert not any(torch.equal(a, b) for a, b in zip(both(runs[0]), both(runs[2]), strict=True))


def test_drawing_between_rounds_does_not_change_the_run():
    quiet, disturbed = make(WGAN_GP), make(WGAN_GP)
    play(quiet, 5)
    for record in disturbed.train(RING, 5):
        disturbed.sample(record["step"])
        disturbed.fixed_noise(3)
        torch.rand(record["step"])
        RING.sample(5)
    assert same(both(disturbed), both(quiet))


def test_a_run_does_not_change_the_numbers_drawn_outside():
    torch.manual_seed(5)
    expected = torch.rand(6)
    torch.manual_seed(5)
    gan, found = make(), []
    for _ in gan.train(RING, 6):
        found.append(torch.rand(1))
    assert torch.equal(torch.cat(found), expected)


def test_a_move_outside_a_round_draws_from_the_games_own_stream():
    gan, (real,) = make(WGAN_GP), RING.sample(16)
    before = torch.get_rng_state()
    for move in (lambda: gan.loss_D(real, -real), lambda: gan.update_D(real, -real), lambda: gan.update_G(real)):
        own = gan.random.state()["cpu"]
        move()
        assert torch.equal(torch.get_rng_state(), before)
        assert not torch.equal(gan.random.state()["cpu"], own)


def test_without_a_seed_torchs_generator_decides():
    torch.manual_seed(2)
    first, second = make(seed=None), make(seed=None)
    torch.manual_seed(2)
    again = make(seed=None)
    assert same(both(first), both(again))
    assert not same(both(first), both(second))


def test_a_stream_may_be_handed_over():
    stream = Stream(6)
    by_hand = GAN(*stream(PLAIN.players), PLAIN, stream)
    from_recipe = make(seed=6)
    play(by_hand, 3)
    play(from_recipe, 3)
    assert same(both(by_hand), both(from_recipe))


# The step equals a loop by hand


def plain_loop(G, D, data, rounds):
    opt_G, opt_D = (torch.optim.Adam(player.parameters(), lr=1e-3, betas=(0.5, 0.999)) for player in (G, D))
    for _ in range(rounds):
        (real,) = data.sample(16)
        fake = G(torch.randn(16, 2, dtype=torch.float64)).detach()
        loss = softplus(-D(real)).mean() + softplus(D(fake)).mean()
        opt_D.zero_grad()
        loss.backward()
        opt_D.step()
        loss = softplus(-D(G(torch.randn(16, 2, dtype=torch.float64)))).mean()
        opt_G.zero_grad()
        loss.backward()
        opt_G.step()


def wgan_gp_loop(G, D, data, rounds):
    opt_G, opt_D = (torch.optim.Adam(player.parameters(), lr=1e-3, betas=(0.0, 0.9)) for player in (G, D))
    for _ in range(rounds):
        for _ in range(3):
            (real,) = data.sample(16)
            fake = G(torch.randn(16, 2, dtype=torch.float64)).detach()
            loss = D(fake).mean() - D(real).mean()
            share = torch.rand(16, 1, dtype=torch.float64)
            x = ((1 - share) * real + share * fake).requires_grad_()
            (slope,) = torch.autograd.grad(D(x).sum(), x, create_graph=True)
            loss = loss + 10 * ((slope.norm(dim=1) - 1) ** 2).mean()
            opt_D.zero_grad()
            loss.backward()
            opt_D.step()
        loss = -D(G(torch.randn(16, 2, dtype=torch.float64))).mean()
        opt_G.zero_grad()
        loss.backward()
        opt_G.step()


@pytest.mark.parametrize(("recipe", "loop"), [(PLAIN, plain_loop), (WGAN_GP, wgan_gp_loop)], ids=["plain", "wgan_gp"])
def test_five_rounds_equal_a_loop_by_hand(recipe, loop):
    data = SimpleNamespace(sample=lambda n: (3 + torch.randn(n, 2, dtype=torch.float64),))
    start = [player.double() for player in recipe.players()]
    by_hand = [player.double() for player in recipe.players()]
    for ours, theirs in zip(start, by_hand, strict=True):
        theirs.load_state_dict(ours.state_dict())
    gan, first = GAN(*start, recipe, seed=11), [weights(player) for player in start]
    play(gan, 5, data)
    torch.manual_seed(11)
    loop(*by_hand, data, 5)
    for found, expected, before in zip((gan.G, gan.D), by_hand, first, strict=True):
        for (name, mine), theirs, old in zip(found.named_parameters(), expected.parameters(), before, strict=True):
            torch.testing.assert_close(mine, theirs, rtol=1e-12, atol=1e-12)
            if loop is wgan_gp_loop and found is gan.D and name == "layers.4.bias":
                continue  # a critic has no zero: a shift of all scores changes nothing, and this weight stays
            assert (mine - old).abs().max() > 1e-4


# Learning rates and the moving average


def test_a_schedule_sets_the_learning_rate_of_each_round():
    falling, rising = Linear(1e-3, 0.0, over=4), Linear(0.0, 1e-2, over=10)
    gan = make(replace(PLAIN, opt_G=Adam(falling), opt_D=SGD(rising)))
    for record in gan.train(RING, 6):
        before = record["step"] - 1  # the round that made this record began at that step
        assert gan.opt_G.param_groups[0]["lr"] == falling(before)
        assert gan.opt_D.param_groups[0]["lr"] == rising(before)
        if before == 4:
            resting = weights(gan.G)
    assert same(weights(gan.G), resting)  # no rate, no move


def test_the_moving_average_follows_and_draws_the_samples():
    gan, plain = make(replace(PLAIN, average=0.9)), make(PLAIN)
    expected = weights(gan.G)
    for record in gan.train(RING, 5):
        decay = min(0.9, record["step"] / (record["step"] + 9))
        expected = [decay * old + (1 - decay) * new for old, new in zip(expected, weights(gan.G), strict=True)]
    for mine, hand in zip(gan.average.parameters(), expected, strict=True):
        torch.testing.assert_close(mine.detach(), hand)
    z = gan.fixed_noise(8)
    assert torch.equal(gan.sample(z), gan.average(z))
    assert not torch.equal(gan.sample(z), gan.G(z))
    play(plain, 5)
    assert same(both(plain), both(gan))  # the average watches; it does not play
    assert plain.average is None
    assert torch.equal(plain.sample(z), plain.G(z))


# What stops a game


@pytest.mark.parametrize("player", ["D", "G"])
def test_a_loss_that_is_not_finite_stops_the_game_before_the_weights_move(player):
    bad = {"D": torch.tensor(0.0), "G": torch.tensor(0.0)}
    loss = Loss("sick", lambda real, fake: (fake - real).mean() + bad["D"], lambda real, fake: -fake.mean() + bad["G"])
    gan = make(replace(PLAIN, loss=loss))
    play(gan, 2)
    bad[player].fill_(float("nan"))
    mover, before = getattr(gan, player), weights(getattr(gan, player))
    with pytest.raises(FloatingPointError, match=f"the loss of {player} or its gradient was not finite at step 2"):
        play(gan, 5)
    assert same(weights(mover), before)
    assert gan.step == 2


def interrupting(at):
    """Data that is interrupted while it draws its `at`-th batch, the trial batch not counted."""
    calls = []

    def sample(n):
        calls.append(n)
        if len(calls) == at + 1:
            signal.raise_signal(signal.SIGINT)
        return RING.sample(n)

    return SimpleNamespace(sample=sample)


def test_an_interrupt_waits_for_the_end_of_the_round():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    gan, whole = make(WGAN_GP), make(WGAN_GP)
    try:
        with pytest.raises(KeyboardInterrupt):
            play(gan, 10, interrupting(at=5))  # the second move of D in the second round
    finally:
        signal.signal(signal.SIGINT, before)
    assert gan.step == 2
    play(whole, 2)
    assert same(both(gan), both(whole))
    play(gan, 1)
    play(whole, 1)
    assert same(both(gan), both(whole))  # and it may go on


# Samples


class WithBatchNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.z_dim = 3
        self.layers = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5), nn.Linear(4, 2))

    def forward(self, z):
        return self.layers(z)


@pytest.mark.parametrize("training", [True, False])
def test_sampling_leaves_the_generator_as_it_was(training):
    G = WithBatchNorm().train(training)
    gan = GAN(G, models.ToyDiscriminator(), PLAIN, seed=0)
    before = [buffer.clone() for buffer in G.buffers()]
    z = gan.fixed_noise(20)
    first = gan.sample(z)
    assert torch.equal(gan.sample(z), first)  # no dropout
    assert same(G.buffers(), before)
    assert all(module.training == training for module in G.modules())
    assert not first.requires_grad


def test_sampling_restores_training_even_when_it_fails():
    gan = GAN(WithBatchNorm(), models.ToyDiscriminator(), PLAIN, seed=0)
    with pytest.raises(RuntimeError):
        gan.sample(torch.randn(4, 7))
    assert gan.G.training


def test_sampling_in_pieces_equals_sampling_whole():
    gan = GAN(WithBatchNorm().double(), models.ToyDiscriminator().double(), PLAIN, seed=0)
    sizes = []
    gan.G.register_forward_hook(lambda G, given, made: sizes.append(len(made)))
    z = gan.fixed_noise(2 * PIECE + 7)
    found = gan.sample(z)
    assert sizes == [PIECE, PIECE, 7]
    torch.testing.assert_close(found, gan.G.eval()(z), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("n", [0, 1, 30])
def test_sample_takes_a_number_and_draws_afresh(n):
    gan = make()
    assert gan.sample(n).shape == (n, 2)
    if n:
        assert not torch.equal(gan.sample(n), gan.sample(n))


def test_fixed_noise_is_the_same_for_all_and_undisturbed():
    gan, other = make(seed=0), make(seed=1)
    before = torch.get_rng_state()
    z = gan.fixed_noise(6)
    assert z.shape == (6, 2)
    assert torch.equal(z, other.fixed_noise(6))
    assert not torch.equal(z, gan.fixed_noise(6, seed=1))
    assert torch.equal(torch.get_rng_state(), before)


# And it learns


def test_four_hundred_rounds_carry_the_samples_to_a_leaning_gaussian():
    gaussian = toys.Gaussian((2.0, 1.0), ((1.0, 0.6), (0.6, 0.5)))
    target, gan = gaussian_fit(gaussian.sample(5_000)[0]), make(TOY)
    before = frechet_distance(target, gaussian_fit(gan.sample(2_000)))
    play(gan, 400, gaussian)
    after = frechet_distance(target, gaussian_fit(gan.sample(2_000)))
    assert before > 3
    assert after < 1
