"""The open data: everything published, as files that other programs read.

tables      what each table and field holds, and means
reading     the base at one moment, some records at a time
writing     tables as CSV and JSON Lines, relations as GraphML
archive     the story files
package     the data package, and the fields in words
files       all of it by name, to be written into a folder
sending     one file as the answer to a request
overview    what the page shows: how much there is, how large the files are
"""

from .files import FILES, export
from .overview import Overview
from .sending import answer

__all__ = ["FILES", "Overview", "answer", "export"]
