"""Doing it: plan, preview, guard, run, verify, audit.

From an order to a result, for a screen or a command:

    switch = Switch(settings)                        # read-only: on by key, off by typing and where it is allowed
    performer = Performer(EngineReach(engine), switch, AuditLog(state_folder(os.environ)))
    order = Order("docker.restart", "docker", "shop-api-1", pinned=identity, seen_at=taken_at)
    preview = await performer.plan(order)            # reads, changes nothing; raises Refused
    needed = performer.confirmation(preview)         # the word to type, and why; None: a key is enough
    result = await performer.run(preview, typed, progress)   # never raises Refused: a refusal is a Result

`identity` is made by the room of the kind (`container_identity`, `session_identity`, `process_identity`, …) from the
row that was on the screen, and `seen_at` is when that row's data were taken: `picture.taken_at - sighting.age_s`.
`run` reads again what is older than two seconds, asks the guard, writes the intent, does it once, and writes what came
of it. It may be run as a task and left alone; cancelling it does not take back what has been sent. Plan and run belong
to one event loop, whichever it is. Only `Came.DONE` is success.

Where the order names a finding, `before = seen_now(engine, key)` is taken first, `run_known` tells the name of the run
in the audit as well, and `await follow(engine, performer, run, key, before, progress)` brings the verdict on whether it
helped. `history(runs_of(log.records()), action, finding)` tells how that went before ("worked 3 of 4 times, last on
…"), and `left_open(runs_of(log.records()))` what nobody knows the outcome of, to be told at the start.
"""
