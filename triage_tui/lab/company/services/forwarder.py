"""pgbouncer's stand-in where PgBouncer is not installed: a port that leads to the database. It pools nothing."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio import StreamReader, StreamWriter

from triage_tui.lab.company.services.program import log, run, setting, whole_number


async def serve() -> None:
    """The port until it is cancelled."""
    target = (setting("DB_HOST"), whole_number("DB_PORT", 5432))

    async def lead(reader: StreamReader, writer: StreamWriter) -> None:
        try:
            far_reader, far_writer = await asyncio.open_connection(*target)
        except OSError as error:
            log.error("server login failed: %s", error)
            writer.close()
            return
        await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer))

    server = await asyncio.start_server(lead, "127.0.0.1", whole_number("PORT", 6432))
    log.info("listening; this stands in for PgBouncer, which is not installed here")
    async with server:
        await server.serve_forever()


async def _pass_on(reader: StreamReader, writer: StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(1 << 16):
            writer.write(data)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    run("pgbouncer", serve)
