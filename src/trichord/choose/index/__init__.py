"""What a folder holds, kept ready to be searched by sound.

`scan` finds files, `build` hears those that are new or have changed, `store` keeps what is known
(SQLite) and publishes matrices that `search` maps into memory. Past a million vectors `lance` takes
over where LanceDB is installed.
"""
