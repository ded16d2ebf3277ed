/* oxlint-disable oxc/no-async-endpoint-handlers -- Express 5 waits for its handlers and catches their rejections */
import { setTimeout as sleep } from 'node:timers/promises';
import { setMetric, setMetrics, setUserId } from '@cerberus-otel/instrumentation';
import { trace } from '@opentelemetry/api';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { PRODUCTS } from './goods.ts';

/** The shop's API: what a small Express application looks like, with metrics where they come up. */
export function createApp(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json());

  app.get('/products', listProducts);
  app.get('/products/:id', showProduct);
  app.get('/search', search);
  app.post('/cart/items', addToCart);
  app.put('/cart/items/:id', changeCart);
  app.delete('/cart/items/:id', (_request, response) => void response.status(204).end());
  app.post('/checkout', checkout);
  app.get('/orders/:id', showOrder);
  app.post('/reviews', review);
  app.get('/recommendations', recommend);
  app.get('/reports/sales', report);
  app.get('/exports/orders', exportOrders);

  app.use(notFound);
  app.use(failed);
  return app;
}

function listProducts(_request: Request, response: Response): void {
  // The way without any import of Cerberus: an attribute of whatever span is active.
  trace.getActiveSpan()?.setAttribute('cerberus.metric.results', PRODUCTS.length);
  response.json(PRODUCTS);
}

function showProduct(request: Request<{ id: string }>, response: Response): void {
  const product = PRODUCTS.find(({ id }) => String(id) === request.params.id);
  if (product === undefined) {
    response.status(404).json({ error: 'no such product' });
    return;
  }
  setMetrics({ category: product.category, in_stock: product.inStock });
  response.json(product);
}

async function search(request: Request, response: Response): Promise<void> {
  const { q } = request.query;
  const terms = typeof q === 'string' ? q.split(' ') : [];
  await sleep(15 + Math.random() * 120);
  const found = PRODUCTS.filter(({ name }) => terms.some((term) => name.includes(term)));
  setMetrics({ results: found.length, search_terms: terms });
  response.json(found);
}

function addToCart(request: Request, response: Response): void {
  const { quantity } = request.body as { quantity: number };
  setMetrics({ cart_items: quantity, gift: quantity > 3 });
  response.status(201).json({ quantity });
}

function changeCart(request: Request, response: Response): void {
  const { quantity } = request.body as { quantity: number };
  setMetric('cart_items', quantity);
  response.json({ quantity });
}

async function checkout(request: Request, response: Response): Promise<void> {
  const order = request.body as { customer: string; amount: number; currency: string; isNew: boolean };
  setUserId(order.customer);
  setMetrics({ amount: order.amount, currency: order.currency, new_customer: order.isNew });
  await sleep(10 + Math.random() * 40);
  if (Math.random() < 0.1) throw new Error('the payment provider does not answer');
  response.status(201).json({ order: Math.floor(Math.random() * 1e6) });
}

async function showOrder(request: Request<{ id: string }>, response: Response): Promise<void> {
  await sleep(3 + Math.random() * 12);
  response.json({ id: request.params.id, state: 'sent' });
}

function review(request: Request, response: Response): void {
  const { stars, text } = request.body as { stars: number; text: string };
  setMetrics({ stars, review_length: text.length });
  response.status(201).json({ stars });
}

function recommend(_request: Request, response: Response): void {
  if (Math.random() < 0.12) throw new Error('no recommendations today');
  const product = PRODUCTS[Math.floor(Math.random() * PRODUCTS.length)];
  setMetric('category', product?.category ?? '');
  response.json(product);
}

async function report(_request: Request, response: Response): Promise<void> {
  await sleep(250 + Math.random() * 350);
  response.json({ days: 30 });
}

async function exportOrders(_request: Request, response: Response): Promise<void> {
  const rows = 20 + Math.floor(Math.random() * 20);
  setMetric('rows', rows);
  response.type('application/x-ndjson');
  for (let row = 0; row < rows && !response.destroyed; row += 1) {
    response.write(`${JSON.stringify({ row, state: 'sent' })}\n`);
    await sleep(10);
  }
  response.end();
}

function notFound(_request: Request, response: Response): void {
  response.status(404).json({ error: 'not found' });
}

/** Express knows an error handler by its four parameters. */
function failed(error: unknown, _request: Request, response: Response, next: NextFunction): void {
  if (response.headersSent) {
    next(error);
    return;
  }
  const { status } = error as { status?: unknown };
  response.status(typeof status === 'number' ? status : 500).json({ error: 'sorry' });
}
