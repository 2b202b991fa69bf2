"""What every app may use and no app owns: actors, errors, events, jobs, state machines, the API base. Knows no domain
word.
"""
