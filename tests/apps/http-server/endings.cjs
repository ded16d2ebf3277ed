// Ways in which a request ends, and what is active on the way.
'use strict';
const { EventEmitter, errorMonitor } = require('node:events');
const { Readable, pipeline, PassThrough } = require('node:stream');
const { setTimeout: sleep } = require('node:timers/promises');
const { request } = require('./client.cjs');
const { api } = require('./recorder.cjs');

const get = request('GET /x');
const post = request('POST /x', { 'Content-Length': 10 }, '0123456789');
const chunked = [
  request('POST /x', { 'Transfer-Encoding': 'chunked' }, '3\r\nabc\r\n'),
  '4\r\ndefg\r\n0\r\n\r\n',
];
const one = (title, handle, text = get, how) => ({ title, handle, act: ({ send }) => send(text, how) });

/** Notes what is active in every event of a request and its response. */
function watch(req, res, note) {
  for (const event of ['data', 'end', 'close', 'error', 'aborted', 'pause', 'resume', 'readable'])
    if (event !== 'readable') req.on(event, () => note(`req ${event}`));
  for (const event of [
    'finish',
    'close',
    'error',
    'drain',
    'pipe',
    'unpipe',
    'prefinish',
    'socket',
    'timeout',
    errorMonitor,
  ])
    res.on(event, () => note(`res ${String(event)}`));
}
const watched = (handle) => (req, res, note) => {
  watch(req, res, note);
  return handle(req, res, note);
};
const hangUp = { hangUpAfter: '' };

const STATUSES = [200, 201, 204, 205, 304, 400, 404, 418, 499, 500, 501, 503, 599, 600, 999];

module.exports = [
  ...STATUSES.map((status) => one(`status ${status}`, (req, res) => res.writeHead(status).end())),
  one(
    'end at once',
    watched((req, res) => res.end('x')),
  ),
  one(
    'end in a timer',
    watched((req, res, note) =>
      setTimeout(() => {
        note('timer');
        res.end('x');
      }, 10),
    ),
  ),
  one(
    'end in an immediate',
    watched((req, res, note) =>
      setImmediate(() => {
        note('immediate');
        res.end();
      }),
    ),
  ),
  one(
    'end in a tick',
    watched((req, res, note) =>
      process.nextTick(() => {
        note('tick');
        res.end();
      }),
    ),
  ),
  one(
    'end in a microtask',
    watched((req, res, note) =>
      queueMicrotask(() => {
        note('microtask');
        res.end();
      }),
    ),
  ),
  one(
    'end after await',
    watched(async (req, res, note) => {
      await sleep(5);
      note('awaited');
      res.end();
    }),
  ),
  one(
    'end with a callback',
    watched((req, res, note) => res.end('x', () => note('callback'))),
  ),
  one(
    'writes, then end',
    watched((req, res) => {
      res.write('a');
      res.write('b');
      res.end();
    }),
  ),
  one(
    'head, then end later',
    watched((req, res) => {
      res.writeHead(201, { 'X-A': 'b' });
      setTimeout(() => res.end(), 5);
    }),
  ),
  one('informational, then end', (req, res) => {
    res.writeProcessing();
    res.writeEarlyHints({ link: '</a>; rel=preload' });
    res.end();
  }),
  one(
    'large response with drain',
    watched((req, res) => {
      res.on('drain', () => res.end());
      while (res.write('x'.repeat(65536)));
    }),
  ),
  one('statusCode changed after the head was sent', (req, res) => {
    res.writeHead(200);
    res.flushHeaders();
    res.statusCode = 500;
    res.end();
  }),
  one(
    'POST, body read by data',
    watched((req, res, note) => {
      req
        .on('data', () => note('data'))
        .on('end', () => {
          note('end');
          res.end();
        });
    }),
    post,
  ),
  one(
    'POST, chunks',
    watched((req, res, note) => {
      res.writeHead(200);
      res.flushHeaders();
      req
        .on('data', () => note('data'))
        .on('end', () => {
          note('end');
          res.end();
        });
    }),
    chunked,
  ),
  one(
    'POST, read with for await',
    async (req, res, note) => {
      let n = 0;
      for await (const part of req) n += part.length;
      note(`read ${n}`);
      note('read');
      res.end();
    },
    post,
  ),
  one(
    'POST, read with readable',
    (req, res, note) => {
      req.on('readable', () => {
        note('readable');
        while (req.read() !== null);
      });
      req.once('end', () => {
        note('end');
        res.end();
      });
    },
    post,
  ),
  one(
    'POST, resumed',
    (req, res, note) => {
      req.resume().on('end', () => {
        note('end');
        res.end();
      });
    },
    post,
  ),
  one('POST, never read', (req, res) => res.end('x'), post),
  one(
    'POST, piped back',
    watched((req, res) => void req.pipe(res)),
    post,
  ),
  one(
    'POST, setEncoding and once',
    (req, res, note) => {
      req.setEncoding('utf8');
      req.once('data', () => note('once'));
      req.prependListener('data', () => note('prepended'));
      req.prependOnceListener('end', () => {
        note('end');
        res.end();
      });
    },
    post,
  ),
  one(
    'GET, piped from a stream',
    watched((req, res) => void Readable.from(['a', 'b']).pipe(res)),
  ),
  one('GET, pipeline', (req, res, note) =>
    pipeline(Readable.from(['a', 'b']), new PassThrough(), res, () => note('piped')),
  ),
  one('GET, pipeline that fails', (req, res, note) =>
    pipeline(
      new Readable({
        read() {
          this.destroy(new Error('no source'));
        },
      }),
      res,
      (error) => note(`failed ${error.message}`, ''),
    ),
  ),
  one('listener removed again', (req, res, note) => {
    const f = () => note('removed');
    res.on('finish', f);
    res.off('finish', f);
    note(`count ${res.listenerCount('finish') > 0}`, '');
    res.end();
  }),
  one('listener added below another span', (req, res, note) => {
    const span = api.trace.getTracer('t').startSpan('inner');
    api.context.with(api.trace.setSpan(api.context.active(), span), () => {
      note('inside');
      res.on('finish', () => note('finish'));
      req.on('end', () => note('end'));
      req.resume();
      setTimeout(() => {
        note('timer');
        res.end();
        span.end();
      }, 5);
    });
  }),
  one('another emitter re-emits', (req, res, note) => {
    const e = new EventEmitter();
    e.on('go', () => {
      note('go');
      res.end();
    });
    req.on('end', () => e.emit('go')).resume();
  }),
  one('emitted by hand', (req, res, note) => {
    req.on('mine', (a, b) => note(`mine ${a}${b}`));
    note(`heard ${req.emit('mine', 1, 2)} ${req.emit('nobody')}`, '');
    res.on('mine', () => note('of res'));
    setTimeout(() => {
      res.emit('mine');
      res.end();
    }, 3);
  }),
  one('values in context', (req, res, note) => {
    const key = api.createContextKey('k');
    const inner = api.context.active().setValue(key, 'v').deleteValue(api.createContextKey('other'));
    api.context.with(inner, () => {
      note(`value ${api.context.active().getValue(key)}`);
      res.end();
    });
    note(`value ${api.context.active().getValue(key)}`);
    const cut = api.trace.deleteSpan(api.context.active());
    api.context.with(cut, () => note('without span'));
  }),
  one('spans below', (req, res, note) => {
    const tracer = api.trace.getTracer('t');
    tracer.startActiveSpan('outer', (outer) =>
      tracer.startActiveSpan('inner', (inner) => {
        note('inner');
        inner.end();
        outer.end();
      }),
    );
    tracer.startActiveSpan('beside', (span) =>
      setTimeout(() => {
        note('timer');
        span.end();
        res.end();
      }, 3),
    );
  }),
  one('span renamed and set by the handler', (req, res) => {
    const span = api.trace.getActiveSpan();
    span.updateName('mine');
    span.setAttribute('a', 1).addEvent('e');
    span.setStatus({ code: 1 });
    res.end();
  }),
  one('attributes of finish and close', (req, res) => {
    const span = api.trace.getActiveSpan();
    res.on('finish', () => span.setAttribute('finish', 1));
    res.on('close', () => span.setAttribute('close', 1));
    res.end();
  }),
  one('route written by the application', (req, res) => {
    api.context.active().getValue(api.createContextKey('OpenTelemetry SDK Context Key RPC_METADATA')).route =
      '/x/:id';
    res.end();
  }),
  one('route that is empty', (req, res) => {
    api.context.active().getValue(api.createContextKey('OpenTelemetry SDK Context Key RPC_METADATA')).route =
      '';
    res.end();
  }),
  one('metadata of the request', (req, res, note) => {
    const { type, span, route } = api.context
      .active()
      .getValue(api.createContextKey('OpenTelemetry SDK Context Key RPC_METADATA'));
    note(`${type} ${span === api.trace.getActiveSpan()} ${route}`);
    res.end();
  }),
  one(
    'client hangs up before the answer',
    watched(() => undefined),
    get,
    hangUp,
  ),
  one(
    'client hangs up, and the handler ends later',
    watched((req, res, note) => {
      res.once('close', () =>
        setTimeout(() => {
          note('late');
          res.end('x');
        }, 3),
      );
    }),
    get,
    hangUp,
  ),
  one(
    'client hangs up in a stream',
    watched((req, res) => {
      res.write('tick');
      res.once('close', () => setTimeout(() => res.write('late'), 3));
    }),
    get,
    { hangUpAfter: 'tick' },
  ),
  one(
    'client hangs up in an upload',
    watched((req, res) => void req.on('end', () => res.end())),
    request('POST /x', { 'Content-Length': 100 }, 'part'),
    hangUp,
  ),
  one(
    'client hangs up in an upload that is piped',
    watched((req, res) => void req.pipe(res)),
    request('POST /x', { 'Content-Length': 100 }, 'part'),
    { hangUpAfter: 'part' },
  ),
  one(
    'client hangs up in an upload that is awaited',
    async (req, res, note) => {
      try {
        for await (const part of req) void part;
      } catch (error) {
        note(`caught ${error.code}`);
      }
    },
    request('POST /x', { 'Content-Length': 100 }, 'part'),
    hangUp,
  ),
  one(
    'res.destroy',
    watched((req, res) => void res.destroy()),
  ),
  one(
    'res.destroy with an error',
    watched((req, res) => void res.destroy(new Error('boom'))),
  ),
  one(
    'res.destroy after the head',
    watched((req, res) => {
      res.write('a');
      setTimeout(() => res.destroy(), 5);
    }),
  ),
  one(
    'req.destroy',
    watched((req) => void req.destroy()),
  ),
  one(
    'req.destroy with an error',
    watched((req) => void req.destroy(new TypeError('boom'))),
  ),
  one(
    'req.destroy with an error, in a POST',
    watched((req) => void req.destroy(new TypeError('boom'))),
    post,
  ),
  one(
    'socket destroyed',
    watched((req) => void req.socket.destroy()),
  ),
  one(
    'socket destroyed with an error',
    watched((req) => void req.socket.destroy(new Error('boom'))),
  ),
  one(
    'socket ended',
    watched((req) => void req.socket.end()),
  ),
  one(
    'response emits error',
    watched((req, res) => {
      res.emit('error', new RangeError('boom'));
      res.end();
    }),
  ),
  one('response emits error with a listener only', (req, res, note) => {
    res.on('error', (error) => note(`error ${error.message}`));
    res.statusCode = 502;
    res.emit('error', new RangeError('boom'));
    res.end();
  }),
  one('response emits error twice', (req, res) => {
    res.on('error', () => undefined);
    res.emit('error', new RangeError('1'));
    res.emit('error', new Error('2'));
    res.end();
  }),
  one(
    'write after end',
    watched((req, res) => {
      res.end('x');
      res.write('y');
    }),
  ),
  one(
    'end twice',
    watched((req, res) => {
      res.end('x');
      res.end('y');
    }),
  ),
  one('headers after they were sent', (req, res, note) => {
    res.write('a');
    try {
      res.setHeader('a', 'b');
    } catch (error) {
      note(error.code);
    }
    res.end();
  }),
  one('throws an Error', (req, res) => {
    setTimeout(() => res.end(), 5);
    throw new SyntaxError('boom');
  }),
  one('throws after the end', (req, res) => {
    res.end('x');
    throw new Error('boom');
  }),
  one('throws a string', (req, res) => {
    setTimeout(() => res.end(), 5);
    throw 'text';
  }),
  one('throws nothing', (req, res) => {
    setTimeout(() => res.end(), 5);
    throw undefined;
  }),
  one(
    'throws in data',
    (req, res) => {
      req.on('data', () => {
        setTimeout(() => res.end(), 5);
        throw new Error('in data');
      });
    },
    post,
  ),
  one(
    'throws in a timer',
    (req, res) =>
      void setTimeout(() => {
        setTimeout(() => res.end(), 5);
        throw new Error('in timer');
      }, 1),
  ),
  one('exception recorded by the application', (req, res) => {
    api.trace.getActiveSpan().recordException(new Error('seen'));
    res.writeHead(500).end();
  }),
  one('handler sets a listener on the server', (req, res, note) => {
    req.socket.server.once('mine', () => {
      note('server');
      res.end();
    });
    setTimeout(() => req.socket.server.emit('mine'), 3);
  }),
  one('request inherited from', (req, res, note) => {
    const child = Object.create(req);
    child.on('end', () => {
      note('child');
      res.end();
    });
    child.emit('mine');
    child.resume();
  }),
  one('prototypes replaced', (req, res, note) => {
    Object.setPrototypeOf(req, Object.create(Object.getPrototypeOf(req)));
    Object.setPrototypeOf(res, Object.create(Object.getPrototypeOf(res)));
    res.on('finish', () => note('finish'));
    req.on('end', () => res.end()).resume();
  }),
  one('emit wrapped by the application', (req, res, note) => {
    const { emit } = res;
    res.emit = function (event, ...args) {
      if (event === 'finish') note('wrapped');
      return emit.call(this, event, ...args);
    };
    res.on('finish', () => note('finish'));
    res.end();
  }),
];
