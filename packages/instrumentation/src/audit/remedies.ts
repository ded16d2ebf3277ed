/** What to do about a field that looks like personal data, by the field's name: the option that keeps it in, or where it comes from. */
const REMEDIES: Readonly<Record<string, string>> = {
  endpoint:
    "CERBERUS_ENDPOINT_FROM=route (endpointFrom: 'route') sends the route, such as /users/:id, in place of the path; where no route matched, an empty endpoint",
  route: 'the application (or what instruments it) names its routes so; give them fixed texts',
  source_ip: 'without CERBERUS_SOURCE_IP=raw (sourceIp) it is a pseudonym',
  remote_addr: 'without CERBERUS_SOURCE_IP=raw (sourceIp) it is a pseudonym',
  user_id: 'without CERBERUS_USER_ID=raw (userId) it is a pseudonym',
  consumer_group:
    'the application sets it (setConsumer); let it say what the consumer belongs to, and not who it is',
  consumer_label:
    'the application sets it (setConsumer); leave it out there, or give organisations names and not people',
  user_agent: 'it is sent only with CERBERUS_CAPTURE_USER_AGENT (captureUserAgent)',
  client_id: 'CERBERUS_CLIENT_ID (clientId) is the name that you gave the application',
};
const METRIC =
  'the application sets it (setMetric, cerberus.metric.*, _cerberus_metrics); leave it out there, or hash it';

/** One sentence for `field`, which is named as in `AuditFindings.suspicious`; undefined where nothing is known to help. */
export function remedyFor(field: string): string | undefined {
  if (field.startsWith('custom_data.')) return METRIC;
  return Object.hasOwn(REMEDIES, field) ? REMEDIES[field] : undefined;
}
