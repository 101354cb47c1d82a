"""Figures beside their anchors: how fast the desk is, measured next to the bare tools it uses."""
