import { Router } from '@koa/router';
import Koa from 'koa';

const router = new Router();
router.get('/users/:id', (context) => {
  context.body = { id: context.params.id };
});
const server = new Koa().use(router.routes()).listen(0, '127.0.0.1', () => {
  process.stdout.write(`listening on http://127.0.0.1:${server.address().port}\n`);
});
