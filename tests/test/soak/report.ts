import { growth, type Outage } from '../../../packages/exporter-ws/test-dist/support/outage.js';
import { print } from './output.js';
import type { Producer } from './producer.js';
import type { SpoolStormReport } from './spool-storm.js';
import type { HourReport } from './spooled-hour.js';
import type { StormOutcome } from './storm-phase.js';

export function printStorm(outcome: StormOutcome): void {
  const { storm, stored, findings, skipped, broken } = outcome;
  const { strikes, producers, watch } = storm;
  const { rssMiB } = watch;
  // The first fifth is warm-up: the heap grows to its working size.
  const warm = rssMiB.slice(Math.floor(rssMiB.length / 5));
  const sum = (count: (producer: Producer) => number): number =>
    producers.reduce((total, producer) => total + count(producer), 0);
  const accepted = sum((producer) => producer.accepted);
  const events = [...stored.byName.values()].reduce((total, count) => total + count, 0);
  print('accepted', accepted);
  print('stored', events);
  print('lost', accepted - events);
  print('duplicates', stored.duplicates);
  print(
    'refused (queue full, counted)',
    sum(({ refused }) => refused),
  );
  print(
    'exporters that fell back',
    sum(({ fellBack }) => Number(fellBack)),
  );
  print('most in the spool', `${watch.mostSpooled} events`);
  print('faults', 'how many, and the worst time to heal');
  for (const [kind, { count, worstHealMillis }] of strikes)
    print(`  ${kind}`, `${String(count).padEnd(5)}${worstHealMillis} ms`);
  for (const kind of skipped) print('  skipped', kind);
  for (const [name, value] of findings) print(name, value);
  print(
    'resident memory',
    `${warm[0] ?? 0} MiB, then ${growth(warm) >= 0 ? '+' : ''}${growth(warm).toFixed(1)} MiB over the run`,
  );
  print('  of the server, at most', `${watch.serverRssMiB} MiB`);
  print('sockets between faults, at most', watch.sockets);
  print('books balanced at every sample', isBalanced(producers));
  for (const what of broken) print('BROKEN', what);
}

/** Exactly once, each exporter for itself, whatever struck. */
export function keptThroughStorm({ storm: { producers }, stored, broken }: StormOutcome): boolean {
  const isWhole = producers.every(
    ({ name, accepted, acked }) => acked === accepted && accepted === (stored.byName.get(name) ?? 0),
  );
  const hasFallenBack = producers.some(({ fellBack }) => fellBack);
  return isWhole && stored.duplicates === 0 && broken.length === 0 && !hasFallenBack && isBalanced(producers);
}

function isBalanced(producers: readonly Producer[]): boolean {
  return producers.every(({ balanced }) => balanced);
}

export function printOutage(name: string, { rssMiB, usedMiB, stats }: Outage): void {
  print(name, `${stats.accepted} accepted, ${stats.refused.queue_full} refused and counted`);
  print(
    '  memory in use, full queue',
    `${usedMiB[0] ?? 0} MiB, then ${growth(usedMiB).toFixed(1)} MiB growth`,
  );
  print(
    '  resident memory, curve',
    `${rssMiB.filter((_, index) => index % Math.ceil(rssMiB.length / 12) === 0).join(' ')} MiB`,
  );
}

export function printSpoolStorm(report: SpoolStormReport): void {
  print(
    `${report.mode} mode`,
    `${report.exported} exported in ${report.kills} lives that were killed, and 2 others`,
  );
  print('  outages', report.outages);
  print('  stored', report.stored);
  print('  stored again', report.duplicates);
  print('  lost with a memory', report.lostByKills);
  print('  at most in one life', `${report.worst.lost}, where ${report.worst.bound} could be in memory`);
  print('  lives that lost more', report.brokenLives.length === 0 ? 0 : report.brokenLives.join(', '));
  print('  refused, unreadable', `${report.refused}, ${report.unreadable}`);
  print('  most on disk', `${report.mostSpooled} events`);
  print('  files left', report.filesLeft);
  print('  resident memory, at most', `${report.rssMiB} MiB`);
  print('  books balanced at every turn', report.balanced);
}

/** Exactly once in batch mode, at least once in event mode, but for what was in the memory of those that were killed. */
export function keptThroughSpoolStorm(report: SpoolStormReport): boolean {
  const { brokenLives, unreadable, refused, filesLeft, duplicates, mode, balanced } = report;
  const isOnce = mode === 'event' || duplicates === 0;
  return brokenLives.length === 0 && unreadable + refused + filesLeft === 0 && isOnce && balanced;
}

export function printHour({ outage, drained, stored, duplicates }: HourReport): void {
  const { spooled, seconds } = outage;
  print('accepted', `${outage.accepted} in ${seconds.toFixed(0)} s, ${perSecond(outage.accepted, seconds)}`);
  print('  asked to wait', `${outage.refused} times, counted as queue_full`);
  print(
    '  on disk',
    `${spooled.events} events, ${(spooled.bytes / 2 ** 20).toFixed(1)} MiB, ${(spooled.bytes / spooled.events).toFixed(1)} bytes an event`,
  );
  print(
    '  resident memory',
    `${outage.warmMiB} MiB after a tenth, ${outage.rssMiB} at the end, ${outage.peakMiB} at most`,
  );
  print(
    'sent from disk',
    `${drained.acked} acknowledged in ${drained.seconds.toFixed(0)} s, ${perSecond(drained.acked, drained.seconds)}`,
  );
  print('  new ones meanwhile', drained.during);
  print('  processor time', `${((drained.cpuSeconds / drained.acked) * 1e6).toFixed(1)} µs an event`);
  print('  resident memory, at most', `${drained.peakMiB} MiB`);
  print('stored', `${stored} of ${drained.accepted}, ${duplicates} twice`);
}

export function keptThroughHour({ outage, drained, stored, duplicates }: HourReport): boolean {
  const isWhole = stored === drained.accepted && drained.ackedAtEnd === drained.accepted && duplicates === 0;
  return isWhole && outage.balanced && drained.balanced;
}

function perSecond(events: number, seconds: number): string {
  return `${Math.round(events / seconds)}/s`;
}
