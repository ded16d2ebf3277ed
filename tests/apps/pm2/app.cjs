// An application that PM2 starts, and that says to a file where it listens.
const { appendFileSync } = require('node:fs');
const { createServer } = require('node:http');

const server = createServer((_request, response) => response.end(String(process.pid)));
server.listen(0, '127.0.0.1', () => {
  appendFileSync(process.env.PORT_FILE, `${server.address().port}\n`);
});
