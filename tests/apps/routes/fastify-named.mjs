import { fastify } from 'fastify';

const app = fastify();
app.get('/users/:id', (request, reply) => reply.send({ id: request.params.id }));
void app.listen({ port: 0, host: '127.0.0.1' }).then((address) => {
  process.stdout.write(`listening on ${address}\n`);
});
