import type { Clock } from '../clock.ts';
import { CerberusConfigError } from '../config/config-error.ts';
import type { ExporterConfig } from '../config/config.ts';
import { serviceMembers, type ServiceMembers } from '../config/service-members.ts';
import type { Reporter } from '../observe/reporter.ts';
import type { Tally } from '../observe/stats.ts';
import { checkSpoolDir } from './folders.ts';
import type { SpoolTrouble } from './spool-source.ts';
import { Spool } from './spool.ts';

/** What a spool is told. */
type SpoolConfig = Pick<
  ExporterConfig,
  'spoolDir' | 'clientId' | 'maxSpoolBytes' | 'service' | 'extendedFields'
>;

/**
 * The spool that the configuration asks for, if it does.
 *
 * @param onLost events were counted as lost; `found` of them as accepted only then
 * @throws CerberusConfigError when the folder cannot be made or written to
 */
export function openSpool(
  config: SpoolConfig,
  clock: Clock,
  tally: Tally,
  reporter: Reporter,
  onLost: (found: number) => void,
): Spool | undefined {
  const { spoolDir, clientId, maxSpoolBytes } = config;
  if (spoolDir === undefined) return undefined;
  let passing: string | undefined;
  try {
    passing = checkSpoolDir(spoolDir);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    throw new CerberusConfigError('OPTION_INVALID', 'spoolDir', `\`spoolDir\`: ${why}`);
  }
  const onTrouble = (trouble: SpoolTrouble): void => {
    if (trouble.kind === 'lost') {
      const { events = 0, wasCounted } = trouble;
      if (!wasCounted) tally.accepted += events;
      tally.dropped.spool_lost += events;
      onLost(wasCounted ? 0 : events);
    }
    say(trouble, reporter);
  };
  if (passing !== undefined) say({ kind: 'write_failed', code: passing }, reporter);
  const service = (): ServiceMembers => serviceMembers(config);
  return new Spool({ dir: spoolDir, clientId, service, maxBytes: maxSpoolBytes, clock, onTrouble });
}

function say(trouble: SpoolTrouble, reporter: Reporter): void {
  switch (trouble.kind) {
    case 'write_failed':
      reporter.condition(
        'CERBERUS_SPOOL_FAILED',
        `Cerberus cannot write to its spool (${trouble.code}): what does not fit into memory is refused until it can.`,
      );
      return;
    case 'write_recovered':
      reporter.info('the spool can be written to again');
      return;
    case 'read_failed':
      reporter.warn(`the spool cannot be read just now (${trouble.code}): it is tried again until it can`);
      return;
    case 'lost': {
      const count = trouble.events ?? 'an unknown number of';
      reporter.condition(
        'CERBERUS_SPOOL_DAMAGED',
        `${count} spooled events cannot be read (${trouble.why}).`,
      );
      return;
    }
    case 'other_version':
      reporter.warn(
        `a spool of format ${trouble.version} is left alone: another version of this library wrote it`,
      );
      return;
    case 'set_aside':
      reporter.warn(
        trouble.kept
          ? 'a damaged file of the spool was set aside'
          : 'a damaged file of the spool was deleted',
      );
  }
}
