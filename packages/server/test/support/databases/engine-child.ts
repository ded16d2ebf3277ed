// Starts an engine, pauses it, says where it is, and waits to be killed.
import { requiredBinaries } from './postgres.js';
import { Engine } from './postgres-engine.js';

const engine = await Engine.start({ binaries: requiredBinaries() ?? '' });
const { pid, data } = engine;
engine.pause();
process.stdout.write(`${JSON.stringify({ pid, data })}\n`);
setInterval(() => undefined, 60_000);
