"""Legal entities, their standing, members, roles and API keys; who may see an organisation and why."""
