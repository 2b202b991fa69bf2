"""The synthetic bearers that keys are measured on."""

from apps.compliance.names import Kind
from tests.labels.synthetic_names import Person, bearers, given_names, romanised, spelt, surnames


class TestBearers:
    def test_are_composed_of_many_names(self) -> None:
        assert len(given_names()) >= 300
        assert len(set(surnames())) >= 1_500

    def test_are_the_same_for_one_seed(self) -> None:
        assert bearers(count=50, kind=Kind.PERSON, seed=7) == bearers(count=50, kind=Kind.PERSON, seed=7)
        assert bearers(count=50, kind=Kind.ENTITY, seed=7) != bearers(count=50, kind=Kind.ENTITY, seed=8)


class TestSpelt:
    def test_draws_other_spellings_by_the_seed(self) -> None:
        bearer = Person("Юрій", "Андрійович", "Щербаченко")

        assert len({spelt(bearer, seed=seed, varied=True) for seed in range(60)}) > 20


class TestRomanised:
    def test_writes_the_first_letter_of_a_word_as_the_scheme_wants(self) -> None:
        assert romanised("Юрій Яремчук", "kmu") == "Yurii Yaremchuk"
        assert romanised("Марія Юхимчук", "kmu") == "Mariia Yukhymchuk"
        assert romanised("Щербак", "german") == "Schtscherbak"
