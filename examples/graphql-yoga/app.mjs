import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { setMetric } from '@cerberus-otel/instrumentation';
import { trace } from '@opentelemetry/api';
import { createSchema, createYoga } from 'graphql-yoga';
import { sdk } from './instrumentation.mjs';

const plans = new Map(Object.entries({ 1: 'free', 2: 'pro' }));

function user(_parent, { id }) {
  const plan = plans.get(id);
  if (plan === undefined) return null;
  // A metric as an attribute of the active span, and one with the helper, which also counts in unsampled requests.
  trace.getActiveSpan()?.setAttribute('cerberus.metric.plan', plan);
  setMetric('paying', plan !== 'free');
  return { id, plan };
}

function order(_parent, { items }) {
  setMetric('order.items', items.length);
  return items.length;
}

async function slow() {
  await sleep(300);
  return true;
}

function fail() {
  throw new Error('on purpose');
}

const schema = createSchema({
  typeDefs: `
    type User { id: ID! plan: String! }
    type Query { user(id: ID!): User slow: Boolean! fail: Boolean }
    type Mutation { order(items: [String!]!): Int! }
  `,
  resolvers: { Query: { user, slow, fail }, Mutation: { order } },
});
const server = createServer(createYoga({ schema, logging: false }));
server.listen(Number(process.env.PORT ?? 3000), () => {
  process.stdout.write(`listening on http://localhost:${server.address().port}\n`);
});

function stop() {
  server.close(() => void sdk.shutdown().finally(() => process.exit()));
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
