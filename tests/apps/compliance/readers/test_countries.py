"""Names of countries as codes."""

import pytest

from apps.compliance.readers.countries import countries_of, country_of


class TestCountryOf:
    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("ru", "RU"),
            ("RUSSIAN FEDERATION", "RU"),
            ("Russia", "RU"),
            ("Iran (Islamic Republic of)", "IR"),
            ("Côte d’Ivoire", "CI"),
            ("Democratic People's Republic of Korea", "KP"),
            ("Region: Crimea", "UA"),
            ("Kosovo", "XK"),
            ("Türkiye", "TR"),
            ("undetermined", None),
            ("00", None),
            ("", None),
        ],
    )
    def test_knows_it(self, name, code):
        assert country_of(name) == code

    def test_gives_each_once(self):
        assert countries_of(["Russia", None, "ru", "nowhere", "Belarus"]) == ("RU", "BY")
