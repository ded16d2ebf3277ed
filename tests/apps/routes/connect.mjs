import { createServer } from 'node:http';
import connect from 'connect';

const app = connect();
app.use('/users', (request, response) => response.end(request.url));
const server = createServer(app).listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
