// A server's alerts on a database, at a time of the test's; it waits to be killed.
import { alertsOn, HandClock } from './alerts.js';
import { openStore } from '../databases/postgres-store.js';

const [url = '', time = ''] = process.argv.slice(2);
const clock = new HandClock();
const alerts = alertsOn(await openStore(url), clock);
clock.time = Number(time);
await alerts.tick();
