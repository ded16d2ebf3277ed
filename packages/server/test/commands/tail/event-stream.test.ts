import { expect } from 'chai';

import { readMessages, type StreamMessage } from '../../../dist/commands/tail/event-stream.js';

async function read(bytes: Uint8Array, size: number): Promise<StreamMessage[]> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let start = 0; start < bytes.length; start += size) yield bytes.slice(start, start + size);
  }
  const messages: StreamMessage[] = [];
  for await (const message of readMessages(chunks())) messages.push(message);
  return messages;
}

describe('server-sent events', () => {
  it('are read however the network cuts them', async () => {
    const text =
      'retry: 2000\n\n: still here\n\nevent: request\ndata: {"a":"é: 😀"}\n\ndata: plain\n\nevent: cut\ndata: o';
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 2, 3, 7, bytes.length]) {
      expect(await read(bytes, size), `${size} bytes each`).to.deep.equal([
        { event: 'request', data: '{"a":"é: 😀"}' },
        { event: 'message', data: 'plain' },
      ]);
    }
  });
});
