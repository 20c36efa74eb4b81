"""The figures behind a map of prototypes, for other programs."""

from __future__ import annotations

from app.prototypes.map.look import Look

HEAD = "kind,id,x,y,group,about,memories,fisher,born,reinforced,episode,step"


def map_figures(look: Look) -> list[list[object]]:
    """A header, a row for each prototype, then one for each memory with its prototype's id.

    A memory's step is the one that it begins with, counted from 1.
    """
    scene, names = look.scene, look.grouping.names or ("",)
    rows: list[list[object]] = [list(HEAD.split(","))]
    for row, prototype in enumerate(scene.prototypes):
        x, y = scene.places[row].tolist()
        figures = [
            f"{prototype.count:.3f}",
            f"{prototype.fisher:.6g}",
            prototype.born,
            prototype.reinforced,
            "",
            "",
        ]
        group = names[int(look.grouping.prototypes[row])]
        rows.append(
            ["prototype", prototype.id, f"{x:.4f}", f"{y:.4f}", group, prototype.told, *figures]
        )
    for index, (x, y) in enumerate(scene.points.tolist()):
        owner = scene.prototypes[int(scene.owners[index])].id
        group = names[int(look.grouping.memories[index])]
        step = [int(scene.episodes[index]), int(scene.starts[index]) + 1]
        rows.append(["memory", owner, f"{x:.4f}", f"{y:.4f}", group, *[""] * 5, *step])
    return rows
