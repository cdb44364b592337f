from tests.series.home import home

__all__ = ["home"]
