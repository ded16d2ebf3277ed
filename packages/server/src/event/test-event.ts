import type { CerberusEvent } from './event.ts';

const ENDPOINT = '/cerberus-doctor';
const CUSTOM_DATA = JSON.stringify({ cerberus_test: true });

/** Whether an event only asks whether events arrive (PROTOCOL.md, "A test event"): it is acknowledged, and is in no figure. */
export function isTest({ endpoint, customData }: Pick<CerberusEvent, 'endpoint' | 'customData'>): boolean {
  return endpoint === ENDPOINT && customData === CUSTOM_DATA;
}
