import { SpanStatusCode } from '@opentelemetry/api';
import { expect } from 'chai';
import { outcomeOf, type Ending } from '../../dist/esm/enrich/outcome.js';

const sent: Ending = {
  statusCode: 200,
  spanStatus: SpanStatusCode.UNSET,
  response: { writableFinished: true, socketFailed: false, destroyed: true },
};

describe('outcomeOf', () => {
  const rows: readonly [string, Partial<Ending>, string][] = [
    ['a response that was written is completed', {}, 'completed'],
    ['a client error is completed: the server did its work', { statusCode: 404 }, 'completed'],
    ['a 5xx is an error', { statusCode: 500 }, 'error'],
    ['an error status of the span is an error', { spanStatus: SpanStatusCode.ERROR }, 'error'],
    ['an OK status does not hide a 5xx', { statusCode: 503, spanStatus: SpanStatusCode.OK }, 'error'],
    [
      'a response that was not written is aborted',
      { response: { writableFinished: false, socketFailed: false, destroyed: true } },
      'aborted',
    ],
    [
      'a socket with an error is aborted',
      { response: { writableFinished: true, socketFailed: true, destroyed: true } },
      'aborted',
    ],
    [
      'aborted wins over a 5xx',
      {
        statusCode: 500,
        spanStatus: SpanStatusCode.ERROR,
        response: { writableFinished: false, socketFailed: false, destroyed: true },
      },
      'aborted',
    ],
    [
      'a handler that throws is an error: nobody has hung up',
      {
        spanStatus: SpanStatusCode.ERROR,
        response: { writableFinished: false, socketFailed: true, destroyed: false },
      },
      'error',
    ],
    ['without a known request nothing is aborted', { response: undefined }, 'completed'],
    ['without a known request a 5xx is an error', { response: undefined, statusCode: 502 }, 'error'],
    ['without a status it is completed', { statusCode: undefined }, 'completed'],
  ];
  for (const [fact, change, outcome] of rows) {
    it(fact, () => {
      expect(outcomeOf({ ...sent, ...change })).to.equal(outcome);
    });
  }
});
