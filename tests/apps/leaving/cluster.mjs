// Two workers, each of them the application; signals come to the primary alone.
import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';

cluster.setupPrimary({ exec: fileURLToPath(new URL('app.mjs', import.meta.url)) });
cluster.fork();
cluster.fork();
