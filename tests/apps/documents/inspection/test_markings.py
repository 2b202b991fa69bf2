# ruff: noqa: E501 - rows of names stay on their lines
from __future__ import annotations

import json

import pytest

from apps.documents.inspection import markings
from apps.documents.inspection.markings import DATA, LEVELS

MARKED = (
    "Для службового користування",
    "ДЛЯ СЛУЖБОВОГО КОРИСТУВАННЯ",
    "для службового користування",
    "Для службового користування\nПрим. № 3",
    "Прим. № 3   Для службового користування",
    "Міністерство оборони України\t\tДля службового користування",
    "ДЛЯ СЛУЖБОВОГО\nКОРИСТУВАННЯ",
    "Для службо-\nвого користування",
    "Д Л Я   С Л У Ж Б О В О Г О   К О Р И С Т У В А Н Н Я",
    "Для\u00a0службового\u00a0користування",
    "Для службо\u00adвого корис\u200bтування",
    "Для слyжбoвoгo кopиcтyвaння",
    "Гриф: для службового користування",
    "[Для службового користування]",
    "ДСК",
    "Д С К",
    "(ДСК)",
    "ДСК Прим. № 1",
    "Звіт про випробування (ДСК)",
    "Таємно",
    "ТАЄМНО",
    "Т А Є М Н О",
    "Таємно\nПрим. № 1",
    "TАЄMHО",
    "гриф таємно",
    "— Таємно —",
    "Цілком таємно",
    "ЦІЛКОМ ТАЄМНО",
    "Цiлком тaємно",
    "Ц\u200bілком\nтаємно",
    "Особливої важливості",
    "Совершенно секретно",
    "Секретно\nЭкз. № 2",
    "Для служебного пользования",
    "RESTREINT UE",
    "RESTREINT UE/EU RESTRICTED",
    "EU RESTRICTED",
    "Restreint ue / eu restricted",
    "CONFIDENTIEL UE/EU CONFIDENTIAL",
    "SECRET UE/EU SECRET",
    "TRÈS SECRET UE/EU TOP SECRET",
    "TRES SECRET UE",
    "NATO RESTRICTED",
    "NATO CONFIDENTIAL",
    "NATO SECRET",
    "N A T O   S E C R E T",
    "NАТО SЕСRЕТ",
    "NATO SECRET REL TO UKR",
    "NATO\u00a0UNCLASSIFIED\n\nCOSMIC TOP SECRET",
    "C0SMIC T0P SECRET",
    "VS-NfD",
    "VS – NUR FÜR DEN DIENSTGEBRAUCH",
    "VS-Nur für den Dienstgebrauch",
    "STRENG GEHEIM",
    "GEHEIM - amtlich geheimgehalten",
    "SECRET DÉFENSE",
    "DIFFUSION RESTREINTE",
    "Ściśle tajne",
    "ZASTRZEŻONE",
    "PŘÍSNĚ TAJNÉ",
    "STRICT SECRET",
    "HEMLIG",
    "ERITTÄIN SALAINEN",
    "ΑΠΟΡΡΗΤΟ",
    "Visiškai slaptai",
    "За служебно ползване",
    "TOP SECRET",
    "SECRET//NOFORN",
    "SECRET\nCopy no. 4 of 10",
    "Page 1 of 3   NATO SECRET",
)
UNMARKED = (
    "",
    "таємно-шпигунський роман",
    "Вони зустрілися таємно і розійшлися.",
    "вони зустрілися\nтаємно\nі розійшлися",
    "Таємно чи відкрито, але ринок зростає",
    "Таємниця листування гарантується",
    "комерційна таємниця",
    "Конфіденційно",
    "КОНФІДЕНЦІЙНО. Комерційна таємниця",
    "домобудівний комбінат (ДСК) збудував квартал",
    "Житло від ДСК-4 подорожчало",
    "ДСК Ковальська постачає бетон для укриттів",
    "Питання особливої важливості розглядає рада",
    "Персонал має допуск до роботи з документами «Для службового користування», оформлений торік.",
    "Our staff are cleared up to NATO SECRET level.",
    "Facility security clearance: up to NATO SECRET or national equivalent",
    "EU RESTRICTED information is handled under the framework agreement with the ministry.",
    "A register of NATO RESTRICTED and EU SECRET documents is not kept by the company.",
    "The secret of our success",
    "Secret sharing protects the key",
    "secret",
    "Victoria's Secret",
    "COMMERCIAL IN CONFIDENCE",
    "Commercial in confidence",
    "CONFIDENTIAL",
    "Strictly private and confidential",
    "Confidential information memorandum",
    "Company confidential - do not distribute",
    "TLP:AMBER",
    "TLP:RED",
    "NATO UNCLASSIFIED",
    "UNCLASSIFIED",
    "NATO Innovation Fund",
    "NATO stock number 1005-01-231-0973",
    "EU Defence Fund",
    "Restricted stock units",
    "RESTRICTED CASH",
    "Diffusion restreinte du produit dans le canal de vente",
    "Vertraulich",
    "Geheimhaltungsvereinbarung",
    "Tajemnica przedsiębiorstwa",
    "Poufne",
    "The trade secret directive applies.",
    "SECRETARY GENERAL",
    "Secretary",
    "секретар зборів",
    "Секретаріат",
    "Hemligheten är bra service",
    "Official journal",
    "password: secret123",
)


class TestInText:
    def test_is_tried_on_many(self) -> None:
        assert len(MARKED) >= 60
        assert len(UNMARKED) >= 45

    @pytest.mark.parametrize("text", MARKED)
    def test_finds_a_banner(self, text: str) -> None:
        assert markings.in_text(f"Звіт про випробування № 5\n{text}\n\nЗміст звіту стоїть далі.") is not None

    @pytest.mark.parametrize("text", UNMARKED)
    def test_leaves_ordinary_words_alone(self, text: str) -> None:
        assert markings.in_text(f"Звіт про випробування № 5\n{text}\n\nЗміст звіту стоїть далі.") is None

    def test_tells_the_gravest(self) -> None:
        found = markings.in_text("NATO RESTRICTED\n\ntext\n\nCOSMIC TOP SECRET\n")

        assert found is not None
        assert (found.marking, found.level) == ("COSMIC TOP SECRET", "top_secret")

    @pytest.mark.parametrize(
        "row", json.loads(DATA.read_text(encoding="utf-8"))["markings"], ids=lambda row: row["marking"]
    )
    def test_finds_every_marking_of_the_list(self, row: dict[str, str]) -> None:
        for text in (row["marking"], row["marking"].upper() if row["strength"] != "abbreviation" else row["marking"]):
            found = markings.in_text(f"x\n{text}\ny 2026 рік")

            assert found is not None, text
            assert LEVELS.index(found.level) >= LEVELS.index(row["level"])

    def test_takes_no_longer_for_a_hostile_text(self) -> None:
        assert markings.in_text("Т А Є М Н О х " * 2_000) is None


class TestInName:
    @pytest.mark.parametrize(
        "name",
        [
            "Для службового користування.pdf", "Звіт_для_службового_користування_2.docx", "ДСК_звіт.pdf", "Звіт (ДСК).docx", "звіт-ДСК.pdf",
            "Таємно.pdf", "(Таємно) план.pdf", "nato_secret_plan.pdf", "NATO-RESTRICTED.pdf", "Plan RESTREINT UE.pdf", "cosmic.top.secret.pdf", "VS-NfD.pdf",
        ],
    )  # fmt: skip
    def test_finds_a_marking(self, name: str) -> None:
        assert markings.in_name(name) is not None

    @pytest.mark.parametrize(
        "name",
        [
            "звіт.pdf", "ДСК-4 ціни.xlsx", "ДСК 1 кошторис.xlsx", "secretary.pdf", "secret sauce.pdf", "Confidential.pdf", "trade secrets policy.docx",
            "NATO fund.pdf", "таємниці успіху.pdf", "Комерційна таємниця.pdf", "restricted stock.pdf",
        ],
    )  # fmt: skip
    def test_leaves_ordinary_names_alone(self, name: str) -> None:
        assert markings.in_name(name) is None
