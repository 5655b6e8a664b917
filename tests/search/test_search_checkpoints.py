"""What a search leaves on the disk, and what the fit after it takes from there."""

from paced_estimator import PacedModel
from search_bench import Bench, search_spec

from regen.estimators.base import Resources
from regen.estimators.repeats import fit_repeats

FIXED = [{"source": "hand", "values": {"score": score}} for score in (0.3, 0.9, 0.6)]
SPACE = {"score": {"type": "float", "low": 0.1, "high": 0.9}}


def test_the_best_one_alone_is_kept_and_the_fit_takes_it(bench: Bench) -> None:
    search = search_spec(4, space=SPACE, fixed=FIXED, pick="best")
    _, best = bench.run(search)
    assert best["trial"] == 2
    (kept,) = (bench.home / "state" / "fit").iterdir()
    assert sorted(path.name for path in kept.iterdir()) == ["model"]
    fits = len(PacedModel.calls)
    config = bench.config.settled(best)
    assert config.options["score"] == 0.9
    repeats = fit_repeats(bench.train, bench.dev, config, bench.settings, Resources())
    assert repeats == {"repeat-s0-f0": kept / "model"}
    assert len(PacedModel.calls) == fits == 4


def test_at_no_time_more_than_the_best_and_the_one_that_runs(
    bench: Bench,
) -> None:
    most: list[int] = []
    PacedModel.watch = staticmethod(lambda *_: most.append(len(bench.folders)))
    bench.run(search_spec(4, space=SPACE, fixed=FIXED))
    assert max(most) == 2


def test_the_record_says_how_the_settings_were_chosen(bench: Bench) -> None:
    _, best = bench.run(search_spec(4, space=SPACE, fixed=FIXED, pick="best"))
    assert bench.config.settled(best).selection == "best mean score on dev, of 4 trials; best epoch on dev"
    assert bench.config.settled(None) == bench.config
