"""
An event-mode backend on Debian's python3-websockets: acknowledges each message, as Cerberus backends do. With an argument,
its handler raises at the event of that path: the library then closes the connection with 1011.
"""
import asyncio
import json
import sys

import websockets


async def handle(websocket, path=None):
    async for message in websocket:
        event = json.loads(message)
        if event["endpoint"] in sys.argv[1:]:
            raise ValueError("a handler that does not expect this event")
        print(json.dumps(event), flush=True)
        await websocket.send(json.dumps({"status": "ok"}))


async def main():
    async with websockets.serve(handle, "127.0.0.1", 0) as server:
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


asyncio.run(main())
