"""What people are told: the inbox, preferences by kind of message, mails and digests."""
