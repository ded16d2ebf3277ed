import Hapi from '@hapi/hapi';

const server = Hapi.server({ port: 0, host: '127.0.0.1' });
server.route({ method: 'GET', path: '/users/{id}', handler: ({ params }) => ({ id: params.id }) });
server.start().then(() => {
  process.stdout.write(`listening on http://127.0.0.1:${server.info.port}\n`);
});
