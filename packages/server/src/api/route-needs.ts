/**
 * Every route, and what a token must be for to use it; the page's files, which hold no data, are below `/`. What a browser
 * has is a session: it gives neither the key of all pseudonyms nor files nor the right to send. What a share link may is in
 * `sharing/link-rules.ts`.
 */
export const ROUTE_NEEDS = {
  'GET /healthz': 'nothing',
  'GET /livez': 'nothing',
  'GET /readyz': 'nothing',
  'GET /openapi.json': 'nothing',
  'GET /schemas/event.json': 'nothing',
  'GET /metrics': { needs: 'read', session: false },
  'GET /ws/events': { needs: 'ingest', session: false },
  'POST /v1/ingest/batch': { needs: 'ingest', session: false },
  'POST /v1/traces': { needs: 'ingest', session: false },
  'GET /api/secret-key': { needs: 'ingest', session: false },
  'GET /api/events': { needs: 'read', session: true },
  'GET /api/events/detail': { needs: 'read', session: true },
  'GET /api/summary': { needs: 'read', session: true },
  'GET /api/overview': { needs: 'read', session: true },
  'GET /api/endpoints': { needs: 'read', session: true },
  'GET /api/clients': { needs: 'read', session: true },
  'GET /api/consumers': { needs: 'read', session: true },
  'GET /api/custom-metrics': { needs: 'read', session: true },
  'GET /api/custom-metrics/detail': { needs: 'read', session: true },
  'GET /api/values': { needs: 'read', session: true },
  'GET /api/releases': { needs: 'read', session: true },
  'GET /api/sources': { needs: 'read', session: true },
  'GET /api/nodes': { needs: 'read', session: true },
  'GET /api/live': { needs: 'read', session: true },
  'GET /api/export': { needs: 'admin', session: false },
  'GET /api/backup': { needs: 'admin', session: false },
  'GET /api/tokens': { needs: 'admin', session: true },
  'POST /api/tokens': { needs: 'admin', session: true },
  'DELETE /api/tokens': { needs: 'admin', session: true },
  'GET /api/shares': { needs: 'admin', session: true },
  'POST /api/shares': { needs: 'admin', session: true },
  'DELETE /api/shares': { needs: 'admin', session: true },
  'GET /api/alerts': { needs: 'admin', session: true },
  'POST /api/alerts': { needs: 'admin', session: true },
  'PUT /api/alerts': { needs: 'admin', session: true },
  'DELETE /api/alerts': { needs: 'admin', session: true },
  'POST /api/alerts/preview': { needs: 'admin', session: true },
  'GET /api/alerts/log': { needs: 'admin', session: true },
  'POST /api/alerts/destinations': { needs: 'admin', session: true },
  'DELETE /api/alerts/destinations': { needs: 'admin', session: true },
  'POST /api/alerts/test': { needs: 'admin', session: true },
  'GET /api/session': { needs: 'read', session: true },
  'POST /api/session': 'nothing',
  'DELETE /api/session': 'nothing',
} as const;

/** A route: its method and its path. */
export type RouteName = keyof typeof ROUTE_NEEDS;
