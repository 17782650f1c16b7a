"""A live scene of about 20 KB, shaped as the web client sends it."""


def make_scene(scene_id="crypt", tokens=60):
    return {
        "id": scene_id,
        "name": "The Crypt",
        "folder": None,
        "maps": [
            {
                "name": f"token-{index}.png",
                "folder": "Tokens",
                "data": {
                    "position": {"x": index, "y": index * 2},
                    "useGridCoordinates": True,
                    "useGridScaling": True,
                    "scale": 1.25,
                    "rotation": 0,
                    "isHidden": False,
                    "notes": f"A goblin that guards the door number {index}; it is tired. " * 2,
                },
            }
            for index in range(tokens)
        ],
        "activeMapId": "token-0.png",
        "gridSettings": {"showGrid": True, "gridSize": 50},
        "initiativeOrder": [{"id": f"i{index}", "name": f"Hero {index}", "initiative": index} for index in range(6)],
        "showCurrentPlayer": True,
        "encounterHistory": [],
        "images": [],
        "fogOfWar": {"enabled": True, "revealed": [{"x": 1.5, "y": 2.0}] * 20},
    }
