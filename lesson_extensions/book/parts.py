"""What a book is made of, whatever its form."""

import re
from dataclasses import dataclass, field

ID = re.compile(r'\bid="([^"]+)"')
LINK = re.compile(r'href="#([^"]+)"')


@dataclass
class Heading:
    anchor: str
    title: str


@dataclass
class File:
    """A chapter: XHTML without its frame."""

    name: str
    part: str
    number: int
    title: str
    headings: list[Heading]
    html: str

    @property
    def anchor(self) -> str:
        """The id of its first section."""
        found = ID.search(self.html)
        return found[1] if found else self.name


@dataclass
class Book:
    title: str
    author: str
    rights: str
    language: str
    site: str
    numpy: str
    cover: str
    files: list[File]
    pictures: dict[str, bytes]
    faces: str = ""
    fonts: dict[str, bytes] = field(default_factory=dict)

    def places(self) -> dict[str, str]:
        """{id: name of the file that has it}"""
        return {anchor: file.name for file in self.files for anchor in ID.findall(file.html)}

    def dead_links(self) -> list[str]:
        places = self.places()
        links = {anchor for file in self.files for anchor in LINK.findall(file.html)}
        return sorted(links - places.keys())
