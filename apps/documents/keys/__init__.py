"""The key hierarchy: master keys wrap vault keys, vault keys wrap the data key of a version."""
