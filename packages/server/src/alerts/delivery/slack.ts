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
  const text = data.text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const symbol = SYMBOLS[type];
  return JSON.stringify({ text: symbol === undefined ? text : `${symbol} ${text}` });
}
