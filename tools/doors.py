"""The import rule that each outside library enters by its own door (see setup.cfg)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from importlinter import Contract, ContractCheck, fields, output

if TYPE_CHECKING:
    from grimp import ImportGraph


class Doors(Contract):
    """Refuse an import of a library anywhere but in the modules that are its door.

    ``doors`` has a line per library, ``library: module module``; what lies below a module
    counts with it. Unlike import-linter's own contracts, neither need exist yet.
    """

    type_name = "doors"

    doors = fields.ListField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: FBT001  the base class's shape
        """Collect each direct import that does not go through a door."""
        broken = []
        lines: list[str] = self.doors  # type: ignore[assignment]  # a field becomes its value
        for line in lines:
            if line.startswith("#"):
                continue
            library, _, modules = line.partition(":")
            if library not in graph.modules:
                continue
            if verbose:
                output.print(f"Looking for who imports {library}.")
            open_to = modules.split()
            for importer in sorted(graph.find_modules_that_directly_import(library)):
                if not any(importer == door or importer.startswith(f"{door}.") for door in open_to):
                    details = graph.get_import_details(importer=importer, imported=library)
                    broken.append((library, open_to, importer, details[0]["line_number"]))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Name each trespasser, its line, and the door it should have used."""
        for library, open_to, importer, line in check.metadata["broken"]:
            doors = " or ".join(open_to)
            output.print_error(f"{importer} imports {library} (line {line}); its door is {doors}")
