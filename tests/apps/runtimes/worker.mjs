// The application in a worker thread, which gets the main thread's `--import` too.
import { Worker } from 'node:worker_threads';

const worker = new Worker(new URL('app.mjs', import.meta.url));
worker.on('exit', (code) => process.exit(code));
