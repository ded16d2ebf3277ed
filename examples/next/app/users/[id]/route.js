import { setMetric } from '@cerberus-otel/instrumentation';
import { trace } from '@opentelemetry/api';

const plans = new Map([
  ['1', 'free'],
  ['2', 'pro'],
]);

export async function GET(_request, { params }) {
  const { id } = await params;
  const plan = plans.get(id);
  if (plan === undefined) return Response.json({ error: 'no such user' }, { status: 404 });
  // A metric as an attribute of the active span, and one with the helper, which also counts in unsampled requests.
  trace.getActiveSpan()?.setAttribute('cerberus.metric.plan', plan);
  setMetric('paying', plan !== 'free');
  return Response.json({ id, plan });
}
