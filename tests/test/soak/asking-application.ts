// A reader that asks the server everything that a page can, about all that is stored, so many questions at once as it is told. Says
// `asking` when the first was answered, and what became of them when it is asked that; then it is to be killed.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALL_TIME } from './server-figures.js';

export interface AskingSettings {
  readonly url: string;
  readonly token: string;
  readonly atOnce: number;
}

/** What became of questions. */
export interface Answers {
  readonly answered: number;
  /** With 503 and `Retry-After`. */
  readonly refused: number;
  /** Every other status, and the errors of connections. */
  readonly failures: readonly string[];
}

const QUESTIONS = [
  `summary?${ALL_TIME}`,
  `overview?${ALL_TIME}`,
  `endpoints?${ALL_TIME}`,
  `clients?${ALL_TIME}`,
  `custom-metrics?${ALL_TIME}`,
  `custom-metrics/detail?name=items&${ALL_TIME}`,
  'sources',
  'events?limit=1000',
];
/** A client that was asked to come again later comes sooner than it was told. */
const RETRY_MILLIS = 200;

const { url, token, atOnce } = JSON.parse(process.argv[2] ?? '') as AskingSettings;
const failures: string[] = [];
let answered = 0;
let refused = 0;
let isAsking = false;

async function ask(question: string): Promise<void> {
  const response = await fetch(`${url}/api/${question}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await response.text();
  if (response.status === 503 && response.headers.has('retry-after')) {
    refused += 1;
    await sleep(RETRY_MILLIS);
  } else if (response.ok) answered += 1;
  else failures.push(`${response.status} to ${question}`);
}

async function keepAsking(from: number): Promise<void> {
  for (let index = from; ; index += 1) {
    await ask(QUESTIONS[index % QUESTIONS.length] ?? '').catch((error: Error) => {
      failures.push(String(error.cause ?? error));
    });
    if (!isAsking) process.send?.('asking');
    isAsking = true;
  }
}

for (let index = 0; index < atOnce; index += 1) void keepAsking(index);
await once(process, 'message');
process.send?.({ answered, refused, failures } satisfies Answers);
