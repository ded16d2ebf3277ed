import type { JSX } from 'preact';

import { CopyButton } from './controls/copy-button.tsx';

/** What to type to send the first request, with this server's address. */
function snippetOf({ protocol, host, pathname }: Location): string {
  const base = `${host}${pathname.replace(/\/$/, '')}`;
  return [
    `export CERBERUS_WS_URL=${protocol === 'https:' ? 'wss' : 'ws'}://${base}/ws/events`,
    `export CERBERUS_BACKEND_URL=${protocol}//${base}`,
    'export CERBERUS_TOKEN=<a token for it>',
    'export CERBERUS_CLIENT_ID=my-app',
    'node --import @cerberus-otel/instrumentation/register app.js',
  ].join('\n');
}

/** The page of a server that has not heard of any application yet. */
export function Connect(): JSX.Element {
  const snippet = snippetOf(location);
  return (
    <section class="panel connect" aria-labelledby="connect">
      <h2 id="connect">No requests yet</h2>
      <p>
        Connect a first application: install <code>@cerberus-otel/instrumentation</code> beside OpenTelemetry,
        then start it with these lines. This page shows its requests as soon as they arrive.
      </p>
      <div class="snippet">
        <pre tabIndex={0}>
          <code>{snippet}</code>
        </pre>
        <CopyButton text={snippet} name="the lines" />
      </div>
      <p class="muted">
        A token for it comes from <code>cerberus-server token create --purpose ingest</code>. The
        server&apos;s own works too; it is in <code>&lt;database&gt;.token</code> if the server made it up.
      </p>
    </section>
  );
}
