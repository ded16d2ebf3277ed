import type { Payload } from '../messages/payload.ts';

const SYMBOLS: Readonly<Partial<Record<Payload['type'], string>>> = {
  'alert.firing': ':red_circle:',
  'alert.resolved': ':large_green_circle:',
};

/** Of no width: with it, a sign means nothing but itself. */
const NO_WIDTH = '\u200b';

/**
 * A message as Slack's incoming webhooks, and those that speak like them, take it. Names of applications and errors, and paths, are written
 * by others: they must not be read as links, pictures or a call of somebody. The name of a rule may have a link in it.
 */
export function slackBody({ type, data }: Payload): string {
  const symbol = SYMBOLS[type];
  const { text, rule: { name } = { name: '' } } = data;
  const own = text.startsWith(name) ? name : '';
  const line = escaped(own) + escaped(unlinked(text.slice(own.length)));
  // What is in it is encoded, so nothing ends the link before its end.
  const link = data.url === undefined ? '' : `\n<${data.url.replaceAll('&', '&amp;')}|Look at it>`;
  return JSON.stringify({ text: (symbol === undefined ? line : `${symbol} ${line}`) + link });
}

/** Others than Slack call everybody by a bare `@all`. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/@(?=all|channel|everyone|here)/gi, `@${NO_WIDTH}`);
}

/** All of them make links of bare addresses, some also of Markdown, which has pictures as well, and call a person by `@` and a name. */
function unlinked(text: string): string {
  return text.replaceAll(/:(?=\/\/)|\](?=\()|\bwww(?=\.)|(?<!\w)@(?=\w)/gi, `$&${NO_WIDTH}`);
}
