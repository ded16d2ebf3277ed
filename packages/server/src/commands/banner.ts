import type { CerberusServer } from '../server.ts';

/** What the command prints at start: where it listens, and the lines that make an application send to it. */
export function startBanner(server: Pick<CerberusServer, 'url' | 'wsUrl' | 'token'>, db: string): string {
  return [
    `Cerberus server listening on ${server.url}`,
    `  page       ${server.url}/`,
    `  events     ${server.wsUrl}`,
    `  database   ${db}`,
    `  token      ${server.token}`,
    '',
    'Send to it from an application with:',
    '',
    `  export CERBERUS_WS_URL=${server.wsUrl}`,
    `  export CERBERUS_TOKEN=${server.token}`,
    '  export CERBERUS_CLIENT_ID=my-app',
    `  export CERBERUS_BACKEND_URL=${server.url}`,
    '',
  ].join('\n');
}
