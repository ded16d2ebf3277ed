const SINGLE_VALUES = ['agent', 'service_version', 'deployment_environment', 'service_instance_id'] as const;

/**
 * Producers as they are shown, SQL in parentheses: what has come, without those that only said hello, and with all nodes' rows for the
 * senders of a client id without numbers (`event:<client id>@<node>`) as one. A node's name has no `@`.
 */
export const SHOWN_PRODUCERS: string = `(
  SELECT shown AS producer, client_id, max(last_seq) AS last_seq, mode, min(first_seen) AS first_seen, max(last_seen) AS last_seen,
         sum(events)::bigint AS events, sum(rejected)::bigint AS rejected,
         ${SINGLE_VALUES.map((name) => `(array_agg(${name} ORDER BY last_seen DESC, producer))[1] AS ${name}`).join(', ')}
  FROM (
    SELECT *, CASE mode WHEN 'batch' THEN producer ELSE regexp_replace(producer, '@[^@]*$', '') END AS shown FROM producers
    WHERE last_seq > 0 OR events > 0 OR rejected > 0) AS known
  GROUP BY shown, client_id, mode)`;
