import { expect } from 'chai';
import { Agent } from 'node:http';
import { inspect } from 'node:util';
import { chooseProxy, proxyOption } from '../../dist/esm/config/proxy.js';
import { resolveConfig, type CerberusWsExporterOptions } from '../../dist/esm/config/config.js';

const WSS = new URL('wss://cerberus.example.com/ws/events');
const WS = new URL('ws://cerberus.example.com/ws/events');

function chosen(env: Record<string, string>, target = WSS): string | undefined {
  return chooseProxy(target, undefined, env).server?.url.href;
}

describe('the choice of a proxy', () => {
  it('is none where nothing is set, or what is set is empty', () => {
    expect(chosen({})).to.equal(undefined);
    expect(chosen({ HTTPS_PROXY: ' ', https_proxy: '' })).to.equal(undefined);
  });

  it('is that of HTTPS_PROXY for wss: and of HTTP_PROXY for ws:, in lower case first, and of ALL_PROXY else', () => {
    const env = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2', ALL_PROXY: 'http://all:3' };
    expect(chosen(env)).to.equal('http://secure:1/');
    expect(chosen(env, WS)).to.equal('http://plain:2/');
    expect(chosen({ ...env, https_proxy: 'http://lower:4' })).to.equal('http://lower:4/');
    expect(chosen({ ALL_PROXY: 'http://all:3' }, WS)).to.equal('http://all:3/');
  });

  it('takes a proxy without a scheme for http:', () => {
    expect(chosen({ HTTPS_PROXY: 'proxy.example.com:3128' })).to.equal('http://proxy.example.com:3128/');
  });

  it('leads to no loopback host', () => {
    for (const host of ['localhost', 'api.localhost', '127.0.0.1', '127.1.2.3', '[::1]']) {
      const target = new URL(`wss://${host}:8765/`);
      expect(chosen({ HTTPS_PROXY: 'http://p' }, target), host).to.equal(undefined);
      expect(chooseProxy(target, proxyOption().parse('http://p', 'proxy'), {}).server, host).to.equal(
        undefined,
      );
    }
  });

  it('says which variable names what is no HTTP proxy, and is none then', () => {
    for (const value of ['socks5://canary:1080', 'http://', 'http://[canary']) {
      const choice = chooseProxy(WSS, undefined, { https_proxy: value });
      expect(choice, value).to.deep.equal({ server: undefined, unusable: 'https_proxy' });
    }
  });

  it('is that of the option, whatever the environment says, and none with `none`', () => {
    const env = { HTTPS_PROXY: 'http://environment', NO_PROXY: '*' };
    const own = proxyOption().parse('http://own:8080', 'proxy');
    expect(chooseProxy(WSS, own, env).server?.url.href).to.equal('http://own:8080/');
    expect(chooseProxy(WSS, 'none', env).server).to.equal(undefined);
  });

  const EXEMPT: readonly (readonly [list: string, target: string, isExempt: boolean])[] = [
    ['*', 'wss://cerberus.example.com', true],
    ['cerberus.example.com', 'wss://cerberus.example.com', true],
    ['CERBERUS.example.COM', 'wss://cerberus.example.com', true],
    ['example.com', 'wss://cerberus.example.com', true],
    ['.example.com', 'wss://cerberus.example.com', true],
    ['*.example.com', 'wss://cerberus.example.com', true],
    ['ample.com', 'wss://cerberus.example.com', false],
    ['other, example.com', 'wss://cerberus.example.com', true],
    ['other example.com', 'wss://cerberus.example.com', true],
    [',,', 'wss://cerberus.example.com', false],
    ['example.com:443', 'wss://cerberus.example.com', true],
    ['example.com:80', 'wss://cerberus.example.com', false],
    ['example.com:8443', 'wss://cerberus.example.com:8443', true],
    ['10.0.0.7', 'wss://10.0.0.7', true],
    ['10.0.0.0/8', 'wss://10.200.0.7', true],
    ['10.0.0.0/8', 'wss://11.0.0.7', false],
    ['10.0.0.0/99', 'wss://10.0.0.7', false],
    ['10.0.0.0/8:443', 'wss://10.0.0.7', true],
    ['fd00::/8', 'wss://[fd00::7]', true],
    ['fd00::7', 'wss://[fd00:0::7]', true],
    ['[fd00::7]:443', 'wss://[fd00::7]', true],
    ['[fd00::7]:80', 'wss://[fd00::7]', false],
    ['0.0.7', 'wss://10.0.0.7', false],
  ];
  for (const [list, target, isExempt] of EXEMPT) {
    it(`${isExempt ? 'spares' : 'takes'} ${target} with NO_PROXY=${list}`, () => {
      const server = chosen({ HTTPS_PROXY: 'http://p', no_proxy: list }, new URL(target));
      expect(server === undefined).to.equal(isExempt);
    });
  }
});

describe('the option `proxy`', () => {
  const given: CerberusWsExporterOptions = { wsUrl: WSS.href, token: 't', clientId: 'c' };

  it('is refused, naming the rule and not the value, for what is no HTTP proxy', () => {
    for (const proxy of ['socks5://canary:1080', 'http://', '', 'ftp://canary']) {
      expect(() => resolveConfig({ ...given, proxy }, {}), proxy)
        .to.throw(/^`proxy` must be an http:\/\/ or https:\/\/ URL of a proxy, or `none`/)
        .with.property('option', 'proxy');
    }
    expect(() => resolveConfig(given, { CERBERUS_PROXY: 'socks5://canary' })).to.throw(/^`proxy`/);
  });

  it('cannot be given beside `agent`, which the environment does not change', () => {
    const agent = new Agent();
    expect(() => resolveConfig({ ...given, agent, proxy: 'http://p' }, {})).to.throw(
      /^`proxy` must be left out/,
    );
    expect(resolveConfig({ ...given, agent }, { HTTPS_PROXY: 'http://p' }).proxy.server).to.equal(undefined);
  });

  it('sends its user and password, decoded, and nothing shows them', () => {
    const config = resolveConfig({ ...given, proxy: 'http://us%40er:canary%3A1@proxy:3128' }, {});
    const { authorization } = config.proxy.server ?? {};
    expect(authorization).to.equal(`Basic ${Buffer.from('us@er:canary:1').toString('base64')}`);
    expect(config.proxy.server?.url.href).to.equal('http://proxy:3128/');
    expect(inspect(config) + JSON.stringify(config))
      .to.not.include('canary')
      .and.not.include('Basic');
  });
});
