from tests.study.conftest import loaded, scenario, simulate

__all__ = ["loaded", "scenario", "simulate"]
