from tests.workshops.office import office

__all__ = ["office"]
