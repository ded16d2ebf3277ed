/* oxlint-disable oxc/no-async-endpoint-handlers -- Fastify waits for its handlers */
import Fastify from 'fastify';

const app = Fastify();
app.get('/users/:id', (request, reply) => reply.send({ id: request.params.id }));
void app.listen({ port: 0, host: '127.0.0.1' }).then((address) => {
  process.stdout.write(`listening on ${address}\n`);
});
