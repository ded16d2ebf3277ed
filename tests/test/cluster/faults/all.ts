import type { Fault } from '../fault.js';
import { allReconnect } from './crowds.js';
import {
  commitCancelled,
  databaseFrozen,
  diskFull,
  primaryKilled,
  primarySilent,
  rollUpKilled,
  writerKilled,
} from './databases.js';
import { midnight } from './midnight.js';
import { exporterMoves, serverCutOff, serverFrozen, serverKilled } from './servers.js';
import { rollingUpgrade } from './upgrade.js';

/**
 * Each once, in an order in which the disk that can be full is the primary's.
 *
 * @param crowd - see {@link allReconnect}
 */
export function allFaults(crowd: number): readonly Fault[] {
  return [
    diskFull,
    serverKilled,
    writerKilled,
    rollUpKilled,
    primaryKilled,
    serverFrozen,
    serverCutOff,
    databaseFrozen,
    primarySilent,
    { ...primaryKilled, name: `${primaryKilled.name}, again` },
    commitCancelled,
    exporterMoves,
    rollingUpgrade,
    allReconnect(crowd),
    midnight,
  ];
}
