import { expect } from 'chai';
import { channel } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import {
  atFirstClient,
  atFirstServer,
  CONNECTION,
  REQUEST_START,
  STREAM_START,
  type Announcement,
} from '../../dist/esm/capture/announcements.js';
import { listen } from '../support/http-server.js';

describe('the first server', () => {
  it('is known before it listens, once', async () => {
    const seen: (Announcement | undefined)[] = [];
    atFirstServer((client) => seen.push(client));
    await listen((_request, response) => response.end());
    await listen((_request, response) => response.end());
    expect(seen).to.deep.equal([undefined]);
  });

  for (const name of [CONNECTION, REQUEST_START, STREAM_START]) {
    it(`is known by its first client where Node does not say that it listens: ${name}`, () => {
      const seen: (Announcement | undefined)[] = [];
      atFirstServer((client) => seen.push(client));
      const message = { socket: new Socket() };
      for (let index = 0; index < 2; index += 1) channel(name).publish(message);
      expect(seen).to.deep.equal([{ channel: name, message }]);
    });
  }
});

describe('the first client', () => {
  it('is known once, by what Node says of it first', () => {
    const seen: string[] = [];
    atFirstClient((first) => seen.push(first.channel));
    for (const name of [REQUEST_START, CONNECTION, STREAM_START])
      channel(name).publish({ socket: new Socket() });
    expect(seen).to.deep.equal([REQUEST_START]);
  });
});
