from tests.circle.office import office

__all__ = ["office"]
