import { serve } from '@hono/node-server';
import { Hono } from 'hono/tiny';

const users = new Hono();
users.use(async (_context, next) => next());
users.get('/:id', (context) => context.json({ id: context.req.param('id') }));
const app = new Hono();
app.use('*', async (_context, next) => next());
app.route('/users', users);
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => {
  process.stdout.write(`listening on http://127.0.0.1:${port}\n`);
});
