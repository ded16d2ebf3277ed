import type { Attributes } from '@opentelemetry/api';
import { expect } from 'chai';
import { Identity, type IdentityOptions, type Sender } from '../../dist/esm/enrich/identity.js';
import { pseudonym, secretKeyOf } from '../../dist/esm/enrich/ip-hasher.js';

const defaults: IdentityOptions = {
  sourceIp: 'hash',
  userId: 'hash',
  trustProxy: undefined,
  forwardedHeader: 'x-forwarded-for',
};
const sender: Sender = {
  origin: {
    peer: '::ffff:203.0.113.77',
    unixSocket: false,
    encrypted: true,
    xForwardedFor: '198.51.100.7',
    xForwardedProto: '',
    forwarded: '',
  },
  userId: 'alice',
};
const key = secretKeyOf('k');

function written(
  options: Partial<IdentityOptions>,
  from: Partial<Sender> = {},
  withKey = true,
): { attributes: Attributes; complete: boolean } {
  const attributes: Attributes = {};
  const complete = new Identity({ ...defaults, ...options }).write(
    attributes,
    { ...sender, ...from },
    withKey ? key : undefined,
  );
  return { attributes, complete };
}

describe('Identity', () => {
  it('writes pseudonyms and the scheme', () => {
    expect(written({})).to.deep.equal({
      attributes: {
        'cerberus.source_ip': pseudonym(key, '203.0.113.77'),
        'cerberus.user_id': pseudonym(key, 'alice'),
        'cerberus.scheme': 'https',
      },
      complete: true,
    });
  });

  it('believes a trusted proxy', () => {
    expect(written({ trustProxy: 1 }).attributes['cerberus.source_ip']).to.equal(
      pseudonym(key, '198.51.100.7'),
    );
  });

  it('writes raw values only where they were asked for by name', () => {
    expect(written({ sourceIp: 'raw' }).attributes).to.include({
      'cerberus.source_ip': '203.0.113.77',
      'cerberus.user_id': pseudonym(key, 'alice'),
    });
    expect(written({ userId: 'raw' }).attributes).to.include({
      'cerberus.source_ip': pseudonym(key, '203.0.113.77'),
      'cerberus.user_id': 'alice',
    });
  });

  it('writes no address when it is to be omitted', () => {
    expect(written({ sourceIp: 'omit' }).attributes).to.not.have.property('cerberus.source_ip');
  });

  it('writes neither address nor user without a key, and says that something is missing', () => {
    expect(written({}, {}, false)).to.deep.equal({
      attributes: { 'cerberus.scheme': 'https' },
      complete: false,
    });
  });

  it('misses nothing without a key where none is needed', () => {
    expect(written({ sourceIp: 'omit' }, { userId: undefined }, false).complete).to.equal(true);
    expect(written({ sourceIp: 'raw', userId: 'raw' }, {}, false).complete).to.equal(true);
    expect(written({ sourceIp: 'raw' }, {}, false).complete).to.equal(false);
    const origin = { ...sender.origin, peer: undefined };
    expect(written({}, { origin, userId: undefined }, false).complete).to.equal(true);
  });

  it('writes the pseudonym of a consumer, its group and its label, and nothing of it without a key', () => {
    const consumer = { id: 'acme', group: 'pro', label: undefined };
    const { attributes } = written({ userId: 'raw' }, { consumer });
    expect(attributes).to.include({
      'cerberus.consumer': pseudonym(key, 'acme'),
      'cerberus.consumer_group': 'pro',
    });
    expect(attributes).to.not.have.property('cerberus.consumer_label');
    const nobody = written({ sourceIp: 'omit' }, { userId: undefined, consumer }, false);
    expect(nobody).to.deep.equal({ attributes: { 'cerberus.scheme': 'https' }, complete: false });
  });

  it('takes away what somebody else wrote in its place', () => {
    const attributes: Attributes = {
      'cerberus.source_ip': 'other',
      'cerberus.user_id': 'other',
      'cerberus.consumer': 'other',
    };
    new Identity(defaults).write(attributes, { ...sender, userId: undefined }, undefined);
    expect(attributes).to.deep.equal({ 'cerberus.scheme': 'https' });
  });
});
