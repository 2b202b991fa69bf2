"""Pure decisions of compliance over values."""
