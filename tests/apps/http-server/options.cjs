// Every option, and hooks that fail.
'use strict';
const http = require('node:http');
const { request } = require('./client.cjs');
const { api, recorder } = require('./recorder.cjs');

const get = request('GET /x?token=1&sig=2', { 'X-Tenant': 'a', Cookie: ['a=1', 'b=2'] });
const PARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const handle = (req, res, note) => {
  note('handler');
  res.on('finish', () => note('finish'));
  api.trace.getTracer('t').startSpan('below').end();
  res.setHeader('X-Count', 3).setHeader('Set-Cookie', ['a', 'b']).setHeader('X-Text', 't').end();
};
const one = (title, options, text = get, more = {}) => ({
  title,
  options,
  handle,
  act: ({ send }) => send(text),
  ...more,
});
const fails = () => {
  throw new Error('a hook that fails');
};
const where = [];
const within = (name) => () => void where.push(`${name} ${recorder.active()}`);
const noted = {
  handle: (req, res, note) => {
    handle(req, res, note);
    setTimeout(() => where.splice(0).forEach((each) => note(each, '')), 5);
  },
};

module.exports = [
  one('ignoreIncomingRequestHook, true', { ignoreIncomingRequestHook: () => true }),
  one('ignoreIncomingRequestHook, false', { ignoreIncomingRequestHook: () => false }),
  one(
    'ignoreIncomingRequestHook, by request',
    { ignoreIncomingRequestHook: ({ url }) => url === '/ignored' },
    [request('GET /ignored', { Connection: 'keep-alive' }), get],
  ),
  one('ignoreIncomingRequestHook, truthy', { ignoreIncomingRequestHook: () => 1 }),
  one('ignoreIncomingRequestHook, fails', { ignoreIncomingRequestHook: fails }),
  one('startIncomingSpanHook', {
    startIncomingSpanHook: ({ headers }) => ({
      tenant: headers['x-tenant'],
      'url.path': '/hidden',
      'url.scheme': 'https',
    }),
  }),
  one('startIncomingSpanHook, undefined', { startIncomingSpanHook: () => undefined }),
  one('startIncomingSpanHook takes away', {
    startIncomingSpanHook: () => ({ 'client.address': undefined, 'network.peer.address': undefined }),
  }),
  one('startIncomingSpanHook, fails', { startIncomingSpanHook: fails }),
  one('requestHook', {
    requestHook: (span, req) => void span.setAttribute('hook', req.url).updateName('named'),
  }),
  one(
    'requestHook, its context',
    { requestHook: within('requestHook'), responseHook: within('responseHook') },
    get,
    noted,
  ),
  one('requestHook, fails', { requestHook: fails }),
  one('responseHook', {
    responseHook: (span, res) => {
      span.setAttribute('before', res.headersSent);
      res.setHeader('X-Trace', 'yes');
    },
  }),
  one('responseHook, fails', { responseHook: fails }),
  one(
    'hooks that hang listeners up',
    {
      requestHook: (_span, req) => req.on('end', within('end')).resume(),
      responseHook: (_span, res) => res.on('finish', within('finish')),
    },
    get,
    noted,
  ),
  one('applyCustomAttributesOnSpan', {
    applyCustomAttributesOnSpan: (span, req, res) =>
      void span
        .setAttribute('end', `${req.method} ${res.statusCode} ${recorder.active()}`)
        .updateName('custom'),
  }),
  one('applyCustomAttributesOnSpan, fails', { applyCustomAttributesOnSpan: fails }),
  one('hooks that are asynchronous', {
    requestHook: async (span) => void span.setAttribute('hook', 'at once'),
    startIncomingSpanHook: async () => ({ hook: 'too late' }),
    applyCustomAttributesOnSpan: async (span) => void span.setAttribute('end', 'at once'),
  }),
  one('hooks that are asynchronous and fail', { requestHook: async () => fails() }),
  one('headersToSpanAttributes', {
    headersToSpanAttributes: {
      server: {
        requestHeaders: ['X-Tenant', 'cookie', 'absent', 'x-tenant'],
        responseHeaders: ['x-count', 'set-cookie', 'X-Text', 'absent'],
      },
    },
  }),
  one(
    'headersToSpanAttributes, values that are no text',
    { headersToSpanAttributes: { server: { responseHeaders: ['x-flag', 'x-list', 'x-big'] } } },
    get,
    {
      handle: (req, res) =>
        void res.setHeader('X-Flag', true).setHeader('X-List', [1, 2]).setHeader('X-Big', 1n).end(),
    },
  ),
  one('headersToSpanAttributes, empty', { headersToSpanAttributes: {} }),
  one('headersToSpanAttributes, server empty', { headersToSpanAttributes: { server: {} } }),
  one('headersToSpanAttributes over startIncomingSpanHook', {
    startIncomingSpanHook: () => ({ 'http.request.header.x-tenant': 'hook' }),
    headersToSpanAttributes: { server: { requestHeaders: ['x-tenant'] } },
  }),
  one('requireParentforIncomingSpans, none', { requireParentforIncomingSpans: true }),
  one(
    'requireParentforIncomingSpans, remote',
    { requireParentforIncomingSpans: true },
    request('GET /x', { traceparent: PARENT }),
  ),
  one(
    'requireParentforIncomingSpans, remote and unsampled',
    { requireParentforIncomingSpans: true },
    request('GET /x', { traceparent: PARENT.replace(/1$/, '0') }),
  ),
  one(
    'requireParentforIncomingSpans, with hooks',
    { requireParentforIncomingSpans: true, requestHook: within('requestHook') },
    get,
    noted,
  ),
  one('redactedQueryParamsServer', { redactedQueryParamsServer: ['token'] }),
  one('redactedQueryParamsServer, empty', { redactedQueryParamsServer: [] }),
  one(
    'redactedQueryParamsServer, odd names',
    { redactedQueryParamsServer: ['a.b', 'c d', '(', 'é'] },
    request('GET /x?a.b=1&axb=2&c+d=3&(=4&%C3%A9=5'),
  ),
  one(
    'enableSyntheticSourceDetection',
    { enableSyntheticSourceDetection: true },
    request('GET /x', { 'User-Agent': 'Googlebot/2.1' }),
  ),
  one('enabled: false in setConfig', { enabled: false }),
  {
    title: 'options changed while a request is served',
    options: { requestHook: (span) => void span.setAttribute('hook', 'old') },
    act: async ({ server, send }) => {
      server.on('request', (req, res) => setTimeout(() => res.end(), 10));
      return send(get);
    },
  },
  {
    title: 'a server that was made and used before',
    server: () => http.createServer(),
    handle,
    act: async ({ send }) => (await send(get)) + (await send(get)),
  },
];
