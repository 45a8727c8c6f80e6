"""What an operator looks at: logs, health, the doctor."""
