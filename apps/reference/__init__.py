"""Reference: the capability areas and the dated tables that figures rest on (rates, premia, priors), as editions."""
