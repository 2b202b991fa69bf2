"""Learning from deals: how well orders foretold them, which of two did better, and models fitted to them. No Django."""
