import express from 'express';

const app = express();
app.get('/orders/:id', (request, response) => response.json({ id: request.params.id }));
app.listen(0, '127.0.0.1', () => {
  const { user, system } = process.cpuUsage();
  process.stdout.write(`listening ${user + system}\n`);
});
