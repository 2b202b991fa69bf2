"""Production settings pass Django's own deployment check, and refuse to start without what they need."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[2]
GIVEN = {
    "DATABASE_URL": "postgresql://tandem_app:secret@db.example/tandem",
    "REDIS_URL": "redis://:secret@redis.example/0",
    "SECRET_KEY": "0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "tandem.example",
    "PUBLIC_URL": "https://tandem.example",
    "DOCUMENT_MASTER_KEYS": "k1:" + base64.b64encode(bytes(range(32))).decode(),
}


def check(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level=ERROR"],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class TestProduction:
    def test_passes_the_deployment_check(self):
        run = check(GIVEN)

        assert run.returncode == 0, run.stderr

    @pytest.mark.parametrize("name", sorted(GIVEN))
    def test_names_the_variable_that_is_missing(self, name: str):
        run = check({key: value for key, value in GIVEN.items() if key != name})

        assert run.returncode != 0
        assert f"{name} is not set" in run.stderr
