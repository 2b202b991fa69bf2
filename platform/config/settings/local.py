"""A developer's or a visitor's machine: the embedded servers, plain http on localhost."""

from config.settings.base import *  # noqa: F403
