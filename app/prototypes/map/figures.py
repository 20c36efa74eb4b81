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
    for row, one in enumerate(scene.prototypes):
        x, y = scene.places[row].tolist()
        figures = [f"{one.count:.3f}", f"{one.fisher:.6g}", one.born, one.reinforced, "", ""]
        group = names[int(look.grouping.prototypes[row])]
        rows.append(["prototype", one.id, f"{x:.4f}", f"{y:.4f}", group, one.told, *figures])
    for at, (x, y) in enumerate(scene.points.tolist()):
        owner = scene.prototypes[int(scene.owners[at])].id
        group = names[int(look.grouping.memories[at])]
        step = [int(scene.episodes[at]), int(scene.starts[at]) + 1]
        rows.append(["memory", owner, f"{x:.4f}", f"{y:.4f}", group, *[""] * 5, *step])
    return rows
