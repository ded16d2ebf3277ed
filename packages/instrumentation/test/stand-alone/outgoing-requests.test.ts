// Requests that an application sends while it serves one: real servers, both of Node's clients, no SDK.
import { context, trace } from '@opentelemetry/api';
import { withoutTracing } from '@cerberus-otel/exporter-ws/internal';
import { expect } from 'chai';
import { once } from 'node:events';
import { ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { CerberusSpanProcessor } from '../../dist/esm/index.js';
import { standAlone } from '../../dist/esm/stand-alone/stand-alone.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { listen, send } from '../support/http-server.js';

const TRACE = 'a'.repeat(32);
const CALLER = { traceparent: `00-${TRACE}-${'b'.repeat(16)}-00`, tracestate: 'of=caller' };
const OTHER = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
const NODE = Number(process.versions.node.split('.')[0]);
/** Since when Node says that a request was made. */
const NODE_OF_HTTP = 22;

type Call = (url: string) => Promise<unknown>;

async function through(request: ClientRequest): Promise<void> {
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
}

const byHttp =
  (headers?: Record<string, string> | string[]): Call =>
  (url) => {
    const { hostname, port } = new URL(url);
    // Not by `get`, which other tests of this process have instrumented.
    return through(new ClientRequest({ hostname, port, agent: false, ...(headers && { headers }) }));
  };
const byFetch =
  (headers?: Record<string, string>): Call =>
  async (url) =>
    (await fetch(url, headers && { headers })).text();

/** What arrives elsewhere when `call` is made while a request is served that came with `headers`, and the span it was made in. */
async function called(
  call: Call,
  headers: Record<string, string> = {},
): Promise<{ readonly got: IncomingHttpHeaders; readonly expected: string }> {
  const processor = new CerberusSpanProcessor({ sourceIp: 'omit' });
  const stop = standAlone(processor);
  afterTest(() => {
    stop();
    return processor.shutdown();
  });
  let got: IncomingHttpHeaders = {};
  const elsewhere = await listen((request, response) => {
    // It is of this process, and serves within a span of its own.
    got = request.headers;
    response.end();
  });
  let expected = '';
  const app = await listen((_request, response) => {
    const { traceId, spanId, traceFlags } = trace.getActiveSpan()?.spanContext() ?? {};
    expected = `00-${traceId}-${spanId}-0${traceFlags}`;
    void call(`http://127.0.0.1:${elsewhere.port}/`).then(() => response.end());
  });
  await send(app.port, { headers });
  return { got, expected };
}

const CLIENTS: readonly (readonly [string, (headers?: Record<string, string>) => Call, number])[] = [
  ['fetch', byFetch, 20],
  ['http.get', byHttp, NODE_OF_HTTP],
];

describe('outgoing requests without an SDK', () => {
  // Elsewhere Node.js says nothing of such a request, and there is nothing to test.
  for (const [client, by] of CLIENTS.filter(([, , since]) => NODE >= since)) {
    describe(client, () => {
      it('name the span in which they are made, sampled as a trace that begins here', async () => {
        const { got, expected } = await called(by());
        expect(got['traceparent']).to.equal(expected).and.match(/-01$/);
        expect(got).to.not.have.property('tracestate');
      });

      it('hand on the trace and the state of the caller, with its flags', async () => {
        const { got, expected } = await called(by(), CALLER);
        expect(got['traceparent'])
          .to.equal(expected)
          .and.match(new RegExp(`^00-${TRACE}-.*-00$`));
        expect(got['tracestate']).to.equal('of=caller');
      });

      it('keep a header that is there', async () => {
        const { got } = await called(by({ traceparent: OTHER }), CALLER);
        expect(got['traceparent']).to.equal(OTHER);
        expect(got).to.not.have.property('tracestate');
      });

      it('say nothing where tracing is suppressed', async () => {
        const { got } = await called((url) => withoutTracing(() => by()(url)), CALLER);
        expect(got).to.not.have.any.keys('traceparent', 'tracestate');
      });
    });
  }

  it('say nothing outside of a request', async () => {
    const processor = new CerberusSpanProcessor({ sourceIp: 'omit' });
    const stop = standAlone(processor);
    afterTest(() => processor.shutdown());
    let got: IncomingHttpHeaders = {};
    const elsewhere = await listen((request, response) => {
      got = request.headers;
      response.end();
    });
    await fetch(`http://127.0.0.1:${elsewhere.port}/`);
    stop();
    expect(got).to.not.have.property('traceparent');
    expect(context.active().getValue(Symbol.for('any'))).to.equal(undefined);
  });

  it('with headers as a list are sent as they are', async () => {
    const { got } = await called(byHttp(['host', 'svc.example', 'x-own', '1']));
    expect(got['x-own']).to.equal('1');
  });
});
