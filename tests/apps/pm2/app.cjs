// An application that PM2 starts, and that says to a file where it listens.
const { appendFileSync } = require('node:fs');
const express = require('express');

const app = express();
app.get('/users/:id', (_request, response) => response.send(String(process.pid)));
const server = app.listen(0, '127.0.0.1', () => {
  appendFileSync(process.env.PORT_FILE, `${server.address().port}\n`);
});
