from tests.module_desk.people import desk, people

__all__ = ["desk", "people"]
