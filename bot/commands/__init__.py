"""What each command of `certdesk` does, a module a group; imported only when the command is given."""
