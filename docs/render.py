#!/usr/bin/env python3
"""Draws the temperatures of a run: python3 docs/render.py out/rack_1mw docs/rack_1mw.png (pip install pyvista; Xvfb or a display)."""
import sys

import pyvista as pv

model = pv.read(f"{sys.argv[1]}/model.vtm")
plotter = pv.Plotter(off_screen=True, window_size=(1400, 700))
for name in ("radiator", "array", "bus"):
    block = model[name]
    block.cell_data["temperature, °C"] = block.cell_data["temperature_k"] - 273.15
    plotter.add_mesh(block, scalars="temperature, °C", cmap="inferno", clim=(20, 65), lighting=False,
                     scalar_bar_args={"position_x": 0.3, "position_y": 0.04, "width": 0.4})
plotter.camera_position = [(150, 130, 105), (0, 0, -4), (0, 0, 1)]
plotter.screenshot(sys.argv[2])
