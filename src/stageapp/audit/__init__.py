"""Who did what: a record that is only added to, and shows when somebody changed it."""
