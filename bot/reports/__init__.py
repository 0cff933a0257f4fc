"""Reports: what stood at the end of a day, as a table people read, a file they keep and a picture they see at once.

Each report is one module with one function `build(day) -> Report`. Discipline never enters this room.
"""
