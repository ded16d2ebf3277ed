import { expect } from 'chai';

import { templateOf } from '../../dist/event/path-template.js';

/** Paths as GitHub, Stripe, Kubernetes, npm and others document or show them, and what they are paths of. */
const PATHS: Readonly<Record<string, string>> = {
  '/': '/',
  '/health': '/health',
  '/users/42': '/users/:id',
  '/users/42/orders/7': '/users/:id/orders/:id',
  '/api/v1/items': '/api/v1/items',
  '/api/v2beta1/items/9': '/api/v2beta1/items/:id',
  '/orders/0b6f2f4e-9d1c-4c1a-8d7e-0c9b8a7f6e5d': '/orders/:id',
  '/orders/0B6F2F4E-9D1C-4C1A-8D7E-0C9B8A7F6E5D/lines': '/orders/:id/lines',
  '/git/commits/7638417db6d59f3c431d3e1f261cc637155684cd': '/git/commits/:id',
  '/commit/7638417d': '/commit/:id',
  '/commit/deadbeef': '/commit/deadbeef',
  '/facade/decade': '/facade/decade',
  '/repos/octocat/hello-world/issues/1347': '/repos/octocat/hello-world/issues/:id',
  '/repos/octocat/hello-world/contents/README.md': '/repos/octocat/hello-world/contents/README.md',
  '/v1/customers/cus_NffrFeUfNV2Hib': '/v1/customers/:id',
  '/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15': '/v1/charges/:id',
  '/v1/payment_intents/pi_3MtwBwLkdIwHu7ix28a3tqPa/confirm': '/v1/payment_intents/:id/confirm',
  '/v1/checkout/sessions': '/v1/checkout/sessions',
  '/apis/apps/v1/namespaces/default/deployments': '/apis/apps/v1/namespaces/default/deployments',
  '/api/v1/namespaces/kube-system/pods/coredns-5d78c9869d-abcde': '/api/v1/namespaces/kube-system/pods/:id',
  '/openapi/v3/apis/rbac.authorization.k8s.io/v1': '/openapi/v3/apis/rbac.authorization.k8s.io/v1',
  '/reports/2025-11-29': '/reports/:id',
  '/reports/2025-11': '/reports/:id',
  '/reports/2025-11-29T14:05:00Z': '/reports/:id',
  '/reports/2025/11/29': '/reports/:id/:id/:id',
  '/users/jane@example.com': '/users/:id',
  '/users/jane%40example.com/roles': '/users/:id/roles',
  '/@babel/core': '/@babel/core',
  '/lookup/192.0.2.10/whois': '/lookup/:id/whois',
  '/lookup/2001:db8::1': '/lookup/:id',
  '/lookup/203.0.113.9:80': '/lookup/:id',
  '/lookup/203.0.113.0%2F24': '/lookup/:id',
  '/lookup/::ffff:203.0.113.9': '/lookup/:id',
  '/lookup/fe80::1%25eth0': '/lookup/:id',
  '/lookup/fe80%3A%3A1': '/lookup/:id',
  '/hosts/ip-203-0-113-9.example': '/hosts/:id',
  '/packages/left-pad/1.2.3': '/packages/left-pad/1.2.3',
  '/lookup/::1': '/lookup/:id',
  '/docs/1.2.3': '/docs/1.2.3',
  '/at/12:30': '/at/12:30',
  '/order-12345': '/:id',
  '/files/report-2024.pdf': '/files/:id',
  '/assets/app.3f2a1b9c.js': '/assets/:id',
  '/assets/bootstrap5.min.css': '/assets/bootstrap5.min.css',
  '/oauth2callback': '/oauth2callback',
  '/rpc/getOAuth2TokenList': '/rpc/getOAuth2TokenList',
  '/hash/sha256/base64': '/hash/sha256/base64',
  '/events/01ARZ3NDEKTSV4RRFFQ69G5FAV': '/events/:id',
  '/s/V1StGXR8_Z5jdHi6B-myT': '/s/:id',
  '/verify/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N': '/verify/:id',
  '/suche/gr%C3%B6%C3%9Fe': '/suche/:id',
  '/users/jane': '/users/jane',
  '/a//b/': '/a//b/',
  '/1/2/3/4/5/6/7/8': '/:id/:id/:id/:id/:id/:id/:id/:id',
  '/1/2/3/4/5/6/7/8/9/10': '/:id/:id/:id/:id/:id/:id/:id/:id/*',
  '*': '*',
};

describe('the template of a path', () => {
  for (const [path, template] of Object.entries(PATHS))
    it(`is ${template} of ${path}`, () => expect(templateOf(path)).to.equal(template));

  it('is none of a path whose words are too long together', () => {
    expect(templateOf(`/${'word/'.repeat(6)}${'x'.repeat(65)}`)).to.equal(
      '/word/word/word/word/word/word/:id',
    );
    expect(templateOf(`/${Array.from({ length: 8 }, () => 'x'.repeat(60)).join('/')}`)).to.equal(undefined);
  });

  it('takes no longer for a hostile path than for another', () => {
    const hostile = [
      `/${'%41'.repeat(680)}`,
      `/${'a@'.repeat(1000)}`,
      `/${'1a'.repeat(1000)}`,
      '/'.repeat(2048),
    ];
    for (const path of hostile) expect(templateOf(path)?.length ?? 0).to.be.below(257);
  });
});
