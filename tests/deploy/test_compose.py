"""The deployment files fit the settings and one another."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
OURS = ("migrate", "web", "worker", "beat")
USED = re.compile(r"\$\{([A-Z_]+)")
STATED = re.compile(r"^(?:# )?([A-Z_]+)=", re.MULTILINE)


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def settings_text() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "platform" / "config").rglob("*.py"))


def stated() -> set[str]:
    return set(STATED.findall((DEPLOY / "env.example").read_text(encoding="utf-8")))


class TestVariables:
    def test_of_our_services_are_read_by_the_settings(self, compose: dict[str, Any], settings_text: str):
        given = {name for service in OURS for name in compose["services"][service]["environment"]}

        assert "DATABASE_URL" in given
        assert [name for name in sorted(given) if f'"{name}"' not in settings_text] == []

    def test_are_all_explained_in_the_example(self, compose: dict[str, Any]):
        text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
        given = {name for service in OURS for name in compose["services"][service]["environment"]}

        assert (set(USED.findall(text)) | given) - stated() == set()

    def test_of_the_example_are_all_used(self, compose: dict[str, Any]):
        text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
        given = {name for service in compose["services"].values() for name in service.get("environment", {})}

        assert stated() - set(USED.findall(text)) - given == set()

    def test_secrets_have_no_default(self):
        text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
        secret = re.compile(r"\$\{((?:\w+_PASSWORD|SECRET_KEY|DOCUMENT_MASTER_KEYS)[^}]*)\}")

        assert [found for found in secret.findall(text) if not found.endswith((":?", "EMAIL_HOST_PASSWORD:-"))] == []

    def test_roles_get_their_passwords(self, compose: dict[str, Any]):
        read = re.findall(r"^\\getenv \w+ (\w+)$", (DEPLOY / "postgres" / "roles.sql").read_text(), re.MULTILINE)

        assert set(read) == {"TANDEM_OWNER_PASSWORD", "TANDEM_APP_PASSWORD"}
        assert set(read) <= set(compose["services"]["postgres"]["environment"])


class TestOwner:
    def test_only_migrations_connect_as_the_owner(self, compose: dict[str, Any]):
        owners = [name for name, service in compose["services"].items() if "tandem_owner" in str(service)]

        assert owners == ["migrate"]
        assert "DATABASE_OWNER_URL" in compose["services"]["migrate"]["environment"]

    def test_everything_waits_for_the_migrations(self, compose: dict[str, Any]):
        waits = {
            name: compose["services"][name]["depends_on"]["migrate"]["condition"] for name in ("web", "worker", "beat")
        }

        assert set(waits.values()) == {"service_completed_successfully"}


class TestServices:
    def test_files_they_mount_or_build_from_exist(self, compose: dict[str, Any]):
        mounted = [
            volume.split(":")[0]
            for service in compose["services"].values()
            for volume in service.get("volumes", ())
            if volume.startswith(".")
        ]
        build = compose["services"]["web"]["build"]

        assert mounted == ["./postgres/roles.sql"]
        assert [path for path in mounted if not (DEPLOY / path).is_file()] == []
        assert (DEPLOY / build["context"] / build["dockerfile"]).is_file()

    def test_workers_serve_every_queue(self, compose: dict[str, Any]):
        from config.celery import app

        option = next(word for word in compose["services"]["worker"]["command"] if word.startswith("--queues="))

        assert set(option.removeprefix("--queues=").split(",")) == {queue.name for queue in app.conf.task_queues}

    def test_run_in_production_settings_without_privileges(self, compose: dict[str, Any]):
        image = (DEPLOY / "Containerfile").read_text(encoding="utf-8")

        assert "DJANGO_SETTINGS_MODULE=config.settings.production\n" in image
        assert re.search(r"^USER tandem$", image, re.MULTILINE)
        assert {str(compose["services"][name]["cap_drop"]) for name in OURS} == {"['ALL']"}


class TestImage:
    def test_copies_only_what_exists(self):
        image = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
        copied = [line.split()[1] for line in image.splitlines() if line.startswith("COPY ") and "--from" not in line]

        assert {"platform", "apps", "manage.py"} <= set(copied)
        assert [path for path in copied if not (ROOT / path).exists()] == []
