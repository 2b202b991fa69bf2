"""The pages of the product that need no account: what holders of mailed links see."""
