import { expect } from 'chai';
import { channel } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import { atFirstServer, CONNECTION } from '../../dist/esm/capture/announcements.js';
import { listen } from '../support/http-server.js';

describe('the first server', () => {
  it('is known before it listens, once', async () => {
    const seen: boolean[] = [];
    atFirstServer((isConnected) => seen.push(isConnected));
    await listen((_request, response) => response.end());
    await listen((_request, response) => response.end());
    expect(seen).to.deep.equal([false]);
  });

  it('is known by its first connection where Node does not say that it listens', () => {
    const seen: boolean[] = [];
    atFirstServer((isConnected) => seen.push(isConnected));
    for (let index = 0; index < 2; index += 1) channel(CONNECTION).publish({ socket: new Socket() });
    expect(seen).to.deep.equal([true]);
  });
});
