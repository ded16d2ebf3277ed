import { expect } from 'chai';

import { CerberusServerError } from '../../dist/errors.js';
import type { CerberusServer } from '../../dist/server.js';
import { MemoryStore } from '../../dist/store/memory/store.js';
import { pause, until, within } from '@cerberus-otel/test-support/deadline';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { append } from '../support/events/events.js';
import { rawSocket } from '../support/senders/raw-upgrade.js';
import { call, server, stopServers, TOKEN } from '../support/servers/server-fixture.js';

/** The messages of a stream, one after the other. */
class Stream {
  readonly response: Response;
  readonly #controller: AbortController;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #text = '';

  private constructor(response: Response, controller: AbortController) {
    if (response.body === null) throw new Error('no body');
    this.response = response;
    this.#controller = controller;
    this.#reader = response.body.getReader();
  }

  static async open(url: string, identity: Record<string, string> = {}): Promise<Stream> {
    const controller = new AbortController();
    const headers = {
      ...(identity['cookie'] === undefined && { authorization: `Bearer ${TOKEN}` }),
      ...identity,
    };
    afterTest(() => controller.abort());
    const stream = new Stream(await fetch(url, { headers, signal: controller.signal }), controller);
    expect(await stream.next()).to.match(/^retry: 2000\nevent: alive\ndata: \{"again_millis":\d+\}$/);
    return stream;
  }

  /** The next message without its end; undefined when the server ended the stream. */
  async next(): Promise<string | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end !== -1) {
        const message = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return message;
      }
      const { value, done } = await within('a message', this.#reader.read());
      if (done) return undefined;
      this.#text += new TextDecoder().decode(value);
    }
  }

  close(): void {
    this.#controller.abort();
  }
}

describe('GET /api/live', () => {
  let store: MemoryStore;
  let running: CerberusServer;

  beforeEach(async () => {
    store = new MemoryStore();
    running = await server({ store, pingIntervalMillis: 50 });
  });

  afterEach(stopServers);

  it('tells of each event once it is stored, as /api/events shows it', async () => {
    const stream = await Stream.open(`${running.url}/api/live`);
    expect(stream.response.headers.get('content-type')).to.equal('text/event-stream; charset=utf-8');
    await store.append(append());
    let message = await stream.next();
    while (message?.startsWith('event: alive') === true) message = await stream.next();
    const [first, data] = message?.split('\ndata: ') ?? [];
    const page = await fetch(`${running.url}/api/events`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const { events } = (await page.json()) as { events: unknown[] };
    expect([first, JSON.parse(data ?? '')]).to.deep.equal(['event: request', events[0]]);
  });

  it('ends with the token that it was asked with, and with the session, before another event is told', async () => {
    const json = { 'content-type': 'application/json' };
    const signIn = async (token: string): Promise<Record<string, string>> => {
      const body = JSON.stringify({ token });
      const { headers } = await call(`${running.url}/api/session`, { method: 'POST', headers: json, body });
      return { cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' };
    };
    const body = JSON.stringify({ name: 'wall', purpose: 'read' });
    const made = await call(`${running.url}/api/tokens`, { method: 'POST', headers: json, body });
    const { id, token } = made.body as { id: string; token: string };
    const leaving = await signIn(TOKEN);
    const live = `${running.url}/api/live`;
    const streams = await Promise.all([
      Stream.open(live, { authorization: `Bearer ${token}` }),
      Stream.open(live, await signIn(token)),
      Stream.open(live, leaving),
    ]);
    await call(`${running.url}/api/tokens?id=${id}`, { method: 'DELETE' });
    await call(`${running.url}/api/session`, {
      method: 'DELETE',
      headers: { authorization: '', ...leaving },
    });
    await store.append(append());
    for (const stream of streams) {
      let message = await stream.next();
      while (message?.startsWith('event: alive') === true) message = await stream.next();
      expect(message).to.equal(undefined);
    }
  });

  it('shows signs of life when there is nothing to tell', async () => {
    const stream = await Stream.open(`${running.url}/api/live`);
    expect(await stream.next()).to.equal('event: alive\ndata: {"again_millis":50}');
  });

  it('has place for 64 who watch, and again when one of them leaves', async () => {
    const streams = await Promise.all(
      Array.from({ length: 64 }, () => Stream.open(`${running.url}/api/live`)),
    );
    const another = (): Promise<Response> =>
      fetch(`${running.url}/api/live`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect((await another()).status).to.equal(503);
    streams[0]?.close();
    let response = await another();
    while (response.status === 503) response = await within('a place', another());
    expect(response.status).to.equal(200);
    await response.body?.cancel();
  });

  it('gives no place to those who leave before they are answered, nor to a second question behind the first of a connection', async () => {
    const guesses = Array.from({ length: 10 }, (_, n) =>
      call(`${running.url}/api/summary`, { headers: { authorization: `Bearer wrong-${n}` } }),
    );
    await Promise.all(guesses);
    const question = `GET /api/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`;
    // Where so many wrong tokens came from, the right one is answered late.
    const leaving = Array.from({ length: 64 }, async () => {
      const { socket } = await rawSocket(running.port);
      socket.write(question);
      await pause(50);
      socket.destroy();
    });
    const { socket: insisting, received } = await rawSocket(running.port);
    insisting.write(question.repeat(64));
    await Promise.all(leaving);
    await until('the first question is answered', () => received().includes('retry: 2000'));
    const stream = await Stream.open(`${running.url}/api/live`);
    expect(stream.response.status).to.equal(200);
  });

  it('ends when the server stops, which does not wait for it', async () => {
    const stream = await Stream.open(`${running.url}/api/live`);
    const stopped = running.close();
    let message = await stream.next();
    while (message !== undefined) message = await stream.next();
    await within('the server to stop', stopped);
  });

  it('is for readers only', async () => {
    expect((await fetch(`${running.url}/api/live`)).status).to.equal(401);
  });
});

describe('sign-in options', () => {
  it('refuse to open a port to others, or a token that somebody chose', async () => {
    const refusals = [
      { host: '0.0.0.0' },
      { host: '192.0.2.1' },
      { host: 'example.com' },
      { host: '127.evil.example' },
      { token: 'chosen' },
    ];
    for (const options of refusals) {
      const error = await server({ token: undefined, signIn: false, ...options }).catch(
        (reason: unknown) => reason,
      );
      expect(error, JSON.stringify(options)).to.be.instanceOf(CerberusServerError);
      expect(error).to.include({ code: 'INVALID_OPTION' });
      expect((error as Error).message).to.match(/^`signIn` must be true, or false with a loopback `host`/);
    }
  });

  it('refuse a trace URL that is none or has no place for the id', async () => {
    for (const traceUrlTemplate of [
      'x',
      '/{trace_id}',
      'javascript:alert({trace_id})',
      'https://example.com/',
    ]) {
      const error = await server({ traceUrlTemplate }).catch((reason: unknown) => reason);
      expect(error, traceUrlTemplate).to.include({ code: 'INVALID_OPTION' });
      expect((error as Error).message).not.to.include(traceUrlTemplate);
    }
  });
});
