// A patch of frameworks that are loaded and listen already: real ones, of which this process has several copies.
import { CerberusSpanProcessor, HttpServerInstrumentation } from '@cerberus-otel/instrumentation';
import { expect } from 'chai';
import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterTest } from '@cerberus-otel/test-support/disposal';

interface KoaClass {
  new (): { callback(): RequestListener };
  readonly prototype: { handleRequest: unknown };
}

const load = createRequire(fileURLToPath(new URL('../../sdk-2/package.json', import.meta.url)));
const koa3 = load('koa') as KoaClass;
const koa2 = load('koa-2') as KoaClass;
const originals = [koa3.prototype.handleRequest, koa2.prototype.handleRequest];

/** Which of both are as they were. */
function untouched(): boolean[] {
  return [koa3, koa2].map(({ prototype }, index) => prototype.handleRequest === originals[index]);
}

async function serveOne(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { status } = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  await new Promise((resolve) => server.close(resolve));
  return status;
}

function instrument(patchRoutes: readonly ('koa' | 'hapi')[]): HttpServerInstrumentation {
  const instrumentation = new HttpServerInstrumentation({ patchRoutes });
  afterTest(() => instrumentation.disable());
  return instrumentation;
}

describe('a late patch', () => {
  it('is made of every copy that is loaded, at the first request, and undone by `disable`', async () => {
    const instrumentation = instrument(['koa']);
    expect(untouched()).to.deep.equal([true, true]);
    expect(await serveOne(new koa3().callback())).to.equal(404);
    expect(untouched()).to.deep.equal([false, false]);
    instrumentation.disable();
    expect(untouched()).to.deep.equal([true, true]);
    expect(await serveOne(new koa2().callback())).to.equal(404);
    expect(untouched()).to.deep.equal([true, true]);
  });

  it('is made of no framework that nobody has asked for', async () => {
    instrument([]);
    instrument(['hapi']);
    expect(await serveOne(new koa3().callback())).to.equal(404);
    expect(untouched()).to.deep.equal([true, true]);
  });

  it('follows the options that are set later', async () => {
    const instrumentation = instrument(['koa']);
    await serveOne(new koa3().callback());
    instrumentation.setConfig({});
    expect(untouched()).to.deep.equal([true, true]);
    instrumentation.setConfig({ patchRoutes: ['koa'] });
    await serveOne(new koa3().callback());
    expect(untouched()).to.deep.equal([false, false]);
  });

  it('is asked for by the processor as well, whose `shutdown` undoes what nobody else wants', async () => {
    const instrumentation = instrument(['koa']);
    const processor = new CerberusSpanProcessor({ patchRoutes: ['koa'], secretKey: 'k'.repeat(32) });
    afterTest(async () => processor.shutdown());
    await serveOne(new koa3().callback());
    instrumentation.disable();
    expect(untouched()).to.deep.equal([false, false]);
    await processor.shutdown();
    expect(untouched()).to.deep.equal([true, true]);
  });
});
