"""Programs, samples and instruments in any mix: which sound so, which differ, which lie near.

`rank` orders files, `index` keeps what a folder holds ready to be searched. Both speak of sounds
in one space (`trichord.space.clips`) and of measured axes (`axes.csv`).
"""
