import { expect } from 'chai';
import { endpointUrl, isLoopbackHost } from '../../dist/esm/config/endpoint-url.js';

const ws = { secure: 'wss:', plain: 'ws:' };
const check = (url: string, insecure = false): URL => endpointUrl('wsUrl', url, ws, insecure);

describe('endpoint URL', () => {
  it('takes an encrypted URL to any host and a plain one to loopback', () => {
    for (const url of [
      'wss://example.com/ws',
      'ws://127.0.0.1:1/',
      'ws://127.9.9.9/',
      'ws://[::1]:1/',
      'ws://localhost/',
      'ws://a.localhost/',
    ]) {
      expect(check(url).href).to.be.a('string');
    }
  });

  it('refuses a plain URL to another host and names the option that would allow it', () => {
    for (const url of [
      'ws://example.com/',
      'ws://128.0.0.1/',
      'ws://localhost.example.com/',
      'ws://[::2]/',
    ]) {
      expect(() => check(url))
        .to.throw(/`allowInsecureTransport` \(CERBERUS_ALLOW_INSECURE_TRANSPORT=true\)/)
        .with.property('code', 'INSECURE_TRANSPORT');
      expect(check(url, true).href).to.be.a('string');
    }
  });

  it('refuses credentials in the URL without repeating them', () => {
    for (const url of [
      'wss://user:hunter2@example.com/',
      'wss://x/?api_key=hunter2',
      'wss://x/?Token=hunter2',
      'wss://x/?a=1&client_secret=hunter2',
    ]) {
      expect(() => check(url))
        .to.throw(/give the token as `token`/)
        .with.property('message')
        .that.does.not.include('hunter2');
    }
  });

  it('refuses other schemes, fragments and what is no URL, and says which', () => {
    expect(() => check('http://example.com')).to.throw(
      '`wsUrl` must be a ws:// or wss:// URL (got protocol `http:`)',
    );
    expect(() => check('wss://example.com/#x')).to.throw(/fragment/);
    expect(() => check('not a url hunter2')).to.throw(
      '`wsUrl` must be a ws:// or wss:// URL (got what is not a URL)',
    );
  });

  it('knows loopback addresses in any spelling', () => {
    expect(
      ['localhost', 'LOCALHOST', '127.0.0.1', '127.255.0.1', '::1', '[::1]', '0:0:0:0:0:0:0:1'].every(
        isLoopbackHost,
      ),
    ).to.equal(true);
    expect(['example.com', '10.0.0.1', '::2', 'localhost.evil.com'].some(isLoopbackHost)).to.equal(false);
  });
});
