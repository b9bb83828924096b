"""What holds for all tests: no example has a deadline, because nothing here is timed."""

from hypothesis import HealthCheck, settings

settings.register_profile("o365prov", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("o365prov")
