"""Importing from the console."""

import pytest
from django.core.management import CommandError, call_command

from apps.exchange.models import Import
from apps.organisations.models import Organisation
from tests.factories.exchange import as_folder, as_zip, market

pytestmark = pytest.mark.django_db


class TestImportData:
    def test_loads_a_folder_and_says_what_became_of_the_rows(self, tmp_path, capsys):
        call_command("import_data", as_folder(market(), tmp_path), "--verified")

        assert "raises: 1 rows" in capsys.readouterr().out.replace("rows 1", "1 rows")
        assert set(Organisation.objects.values_list("standing", flat=True)) == {"verified"}

    def test_loads_one_file(self, tmp_path):
        file = tmp_path / "market.zip"
        file.write_bytes(as_zip(market()))

        call_command("import_data", file)

        assert Import.objects.get().file_name == "market.zip"

    def test_ends_with_1_on_problems(self, tmp_path, capsys):
        folder = as_folder(market(funds={"country": "XX"}), tmp_path)

        with pytest.raises(SystemExit) as ended:
            call_command("import_data", folder)

        assert ended.value.code == 1
        assert "funds, row 2, country: bad_country" in capsys.readouterr().err
        assert not Organisation.objects.exists()

    def test_ends_with_1_on_a_partial_load_too(self, tmp_path, capsys):
        folder = as_folder(market(deals={"outcome": "x"}), tmp_path)

        with pytest.raises(SystemExit):
            call_command("import_data", folder, "--partial")

        assert "Loaded." in capsys.readouterr().out
        assert Organisation.objects.exists()

    def test_a_dry_run_changes_nothing(self, tmp_path, capsys):
        call_command("import_data", as_folder(market(), tmp_path), "--dry-run")

        assert "Nothing was loaded." in capsys.readouterr().out
        assert not Organisation.objects.exists()

    def test_a_path_that_is_not_there_is_named(self, tmp_path):
        with pytest.raises(CommandError, match="cannot be read"):
            call_command("import_data", tmp_path / "nowhere.zip")
