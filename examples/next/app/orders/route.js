import { setMetric } from '@cerberus-otel/instrumentation';

export async function POST(request) {
  const body = await request.json();
  const items = Array.isArray(body.items) ? body.items.length : 0;
  setMetric('order.items', items);
  return Response.json({ items }, { status: 201 });
}
