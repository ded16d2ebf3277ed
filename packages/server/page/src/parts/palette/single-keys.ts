import { keep, kept } from '../../kept.ts';

const KEY = 'cerberus-single-keys';

/**
 * Whether keys do something by themselves, without Ctrl. Whoever speaks to the computer, or touches keys by mistake, switches them off
 * (WCAG 2.2, 2.1.4 "Character Key Shortcuts").
 */
export function areSingleKeysOn(): boolean {
  return kept(KEY) !== 'off';
}

/** @returns whether it is kept */
export function switchSingleKeys(isOn: boolean): boolean {
  return keep(KEY, isOn ? 'on' : 'off');
}
