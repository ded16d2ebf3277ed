import { growth, type Outage } from '../../../packages/exporter-ws/test-dist/support/outage.js';
import type { SpoolStormReport } from './spool-storm.js';
import type { HourReport } from './spooled-hour.js';

/** One line of the report. */
export function print(name: string, value: unknown): void {
  process.stdout.write(`  ${name.padEnd(34)}${String(value)}\n`);
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
