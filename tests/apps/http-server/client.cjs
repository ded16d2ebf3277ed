// Requests as bytes: what no client of HTTP would send too.
'use strict';
const net = require('node:net');
const tls = require('node:tls');

const DEADLINE_MILLIS = 3_000;

/**
 * Sends each part when the one before has been answered with something (or at once, with `together`), and gives all that came.
 *
 * @param how `hangUpAfter`: what must have come before the client hangs up, '' for nothing; `tls`: over TLS
 */
function send(target, parts, how = {}) {
  const [first, ...waiting] = Array.isArray(parts) ? parts : [parts];
  return new Promise((resolve) => {
    const options = typeof target === 'string' ? { path: target } : { port: target, host: '127.0.0.1' };
    const socket = how.tls
      ? tls.connect({ ...options, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] })
      : net.connect(options);
    let text = '';
    const deadline = setTimeout(() => socket.destroy(), DEADLINE_MILLIS);
    const next = () => {
      if (how.hangUpAfter !== undefined && text.includes(how.hangUpAfter))
        setTimeout(() => socket.destroy(), 20);
      else if (waiting.length > 0) socket.write(waiting.shift(), 'latin1');
    };
    socket.on(how.tls ? 'secureConnect' : 'connect', () => {
      socket.write(first, 'latin1');
      if (how.hangUpAfter === '') next();
      if (how.unasked) setTimeout(next, 20);
    });
    socket.on('data', (data) => {
      text += data.toString('latin1');
      next();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(deadline);
      resolve(text.replaceAll(/^(Date|Keep-Alive): .*\r\n/gm, ''));
    });
  });
}

/** A request of HTTP/1.1 that closes its connection. */
function request(line, headers = {}, body = '') {
  const fields = { Host: 'svc.example:8080', Connection: 'close', ...headers };
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [value].flat().map((each) => `${name}: ${each}`));
  return `${line} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

module.exports = { request, send };
