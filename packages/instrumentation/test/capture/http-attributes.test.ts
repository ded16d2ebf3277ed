import { expect } from 'chai';
import { methodOf, pathOf, peerOf, statusCodeOf } from '../../dist/esm/capture/http-attributes.js';

describe('the HTTP attributes', () => {
  it('are read by their new names before the old ones', () => {
    const both = {
      'http.request.method': 'GET',
      'http.method': 'POST',
      'url.path': '/new',
      'http.target': '/old',
      'network.peer.address': '::1',
      'net.peer.ip': '::2',
      'http.response.status_code': 200,
      'http.status_code': 500,
    };
    expect([methodOf(both), pathOf(both), peerOf(both), statusCodeOf(both)]).to.deep.equal([
      'GET',
      '/new',
      '::1',
      200,
    ]);
  });

  it('are read by their old names where there are no new ones', () => {
    const old = {
      'http.method': 'POST',
      'http.target': '/old?x=1',
      'net.peer.ip': '::2',
      'http.status_code': 500,
    };
    expect([methodOf(old), pathOf(old), peerOf(old), statusCodeOf(old)]).to.deep.equal([
      'POST',
      '/old',
      '::2',
      500,
    ]);
  });

  it('may be missing', () => {
    expect([methodOf({}), pathOf({}), peerOf({}), statusCodeOf({})]).to.deep.equal([
      undefined,
      '',
      undefined,
      undefined,
    ]);
  });

  it('give the method that the client sent', () => {
    expect(
      methodOf({ 'http.request.method': '_OTHER', 'http.request.method_original': 'PROPFIND' }),
    ).to.equal('PROPFIND');
    expect(methodOf({ 'http.request.method': '_OTHER' })).to.equal('_OTHER');
  });

  it('give no path for what is none', () => {
    expect(pathOf({ 'http.target': '[object Object]' })).to.equal('');
  });

  it('are not believed when they have another type', () => {
    expect(methodOf({ 'http.request.method': 7 })).to.equal(undefined);
    expect(statusCodeOf({ 'http.response.status_code': '200' })).to.equal(undefined);
  });
});
