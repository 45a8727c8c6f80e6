"""What servers and operators allow: rules that are decided without asking anybody."""
