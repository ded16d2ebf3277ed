import type { Payload } from '../messages/payload.ts';

const SYMBOLS: Readonly<Partial<Record<Payload['type'], string>>> = {
  'alert.firing': ':red_circle:',
  'alert.resolved': ':large_green_circle:',
};

/**
 * A message as Slack's incoming webhooks, and those that speak like them, take it. Names of applications and errors are written by
 * others: they must not be read as links or as a call of everybody in a channel.
 */
export function slackBody({ type, data }: Payload): string {
  const symbol = SYMBOLS[type];
  const text = symbol === undefined ? escaped(data.text) : `${symbol} ${escaped(data.text)}`;
  // What is in it is encoded, so nothing ends the link before its end.
  const link = data.url === undefined ? '' : `\n<${data.url.replaceAll('&', '&amp;')}|Look at it>`;
  return JSON.stringify({ text: text + link });
}

/** Others than Slack call everybody by a bare `@all`; with a character of no width behind the sign they do not. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/@(?=all|channel|everyone|here)/gi, '@\u200b');
}
