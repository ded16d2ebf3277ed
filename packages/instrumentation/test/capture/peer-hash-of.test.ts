import { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { peerHashOf } from '../../dist/esm/capture/peer-hash-of.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('what is kept of the peer of a connection', () => {
  it('is one for each connection', () => {
    const [first, second] = [new Socket(), new Socket()];
    expect(peerHashOf(first)).to.equal(peerHashOf(first)).and.not.equal(peerHashOf(second));
  });

  it('shows nothing to whoever looks at the connection', () => {
    const socket = new Socket();
    const before = Object.keys(socket);
    peerHashOf(socket);
    expect(Object.keys(socket)).to.deep.equal(before);
  });

  it('goes with the connection', async () => {
    let socket: Socket | undefined = new Socket();
    const kept = new WeakRef(peerHashOf(socket));
    await setImmediate();
    collectGarbage();
    expect(kept.deref()).to.equal(peerHashOf(socket));
    socket = undefined;
    await setImmediate();
    collectGarbage();
    expect(kept.deref()).to.equal(undefined);
  });
});
