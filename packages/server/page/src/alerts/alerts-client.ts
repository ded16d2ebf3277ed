import { askPatiently, sendJson, type ApiResult } from '../api.ts';
import type { AlertDestination, AlertRule, Preview, RuleBody } from './alert-types.ts';

const BASE = 'api/alerts';

/** The server gives a mail server 45 s. */
const TEST_MILLIS = 60_000;

/** Makes a rule, or puts it in the place of the one with an id. */
export function saveRule(rule: RuleBody, id: string | undefined): Promise<ApiResult<AlertRule>> {
  return id === undefined ? sendJson('POST', BASE, rule) : sendJson('PUT', withId(BASE, id), rule);
}

export function removeRule(id: string): Promise<ApiResult<unknown>> {
  return sendJson('DELETE', withId(BASE, id));
}

/** What a rule would find now. */
export function previewRule(rule: RuleBody): Promise<ApiResult<Preview>> {
  return sendJson('POST', `${BASE}/preview`, rule);
}

/** Makes a destination. @returns with the secret that was made up for it, this once */
export function createDestination(
  wish: Readonly<Record<string, string | readonly string[]>>,
): Promise<ApiResult<AlertDestination & { readonly secret?: string }>> {
  return sendJson('POST', `${BASE}/destinations`, wish);
}

/** Changes a destination. @param change - what is to be another one */
export function changeDestination(
  id: string,
  change: Readonly<Record<string, string | readonly string[]>>,
): Promise<ApiResult<AlertDestination>> {
  return sendJson('PUT', withId(`${BASE}/destinations`, id), change);
}

export function removeDestination(id: string): Promise<ApiResult<unknown>> {
  return sendJson('DELETE', withId(`${BASE}/destinations`, id));
}

/** Sends a message to a destination. */
export function testDestination(
  id: string,
): Promise<ApiResult<{ readonly delivered: boolean; readonly error: string | null }>> {
  return askPatiently('POST', withId(`${BASE}/test`, id), TEST_MILLIS);
}

function withId(path: string, id: string): string {
  return `${path}?id=${encodeURIComponent(id)}`;
}
