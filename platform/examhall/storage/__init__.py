"""Where things are kept: base records, engines shared by URL, write transactions, and the walls between tenants."""
