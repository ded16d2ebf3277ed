// An ES module with packages that are instrumented, and with one that does not survive being hooked.
import { longFormatters } from 'date-fns';
import { formatISO } from 'date-fns/formatISO';
import express from 'express';

const app = express();
app.get('/users/:id', (_request, response) => {
  response.json({ at: formatISO(new Date(0)), formatters: Object.keys(longFormatters) });
});
const server = app.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`);
});
