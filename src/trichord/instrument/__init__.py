"""Notes -> a playable thing: plan, perform, finish, formats, and the check of any SFZ."""
