"""SendIdOnConnect: the id comes unasked once the connection is open (issue 2, point 7)."""

import asyncio
import re

from harness import ID, connection_id, open_socket, receive

ANSWER = r'\{"connectionId":"(%s)"\}' % ID


async def test_true(start_gatehouse):
    server = start_gatehouse("--parameter", "SendIdOnConnect=true")
    async with open_socket(server) as client:
        unasked = re.fullmatch(ANSWER, await receive(client))
        assert unasked and unasked[1] == await connection_id(client)
    clients = await asyncio.gather(*(open_socket(server) for _ in range(50)))
    ids = {re.fullmatch(ANSWER, await receive(client))[1] for client in clients}
    assert len(ids) == 50
    await asyncio.gather(*(client.close() for client in clients))


async def test_false_is_the_default(gatehouse, start_gatehouse):
    for server in (gatehouse, start_gatehouse("--parameter", "SendIdOnConnect=false")):
        async with open_socket(server) as client:
            await client.send("x")
            assert '"Forbidden"' in await receive(client)  # and no id before it
            assert re.fullmatch(ID, await connection_id(client))
