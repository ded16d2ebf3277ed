import { Command } from 'commander';

import { variableText } from '../config.ts';
import type { Finding } from '../store/finding.ts';
import { examinePostgres } from '../store/postgres/open.ts';
import { parseStoreUrl } from '../store/store-address.ts';
import { CommandError, fail } from './running-server.ts';
import { environmentWith } from './settings.ts';

interface DoctorFlags {
  readonly store?: string;
  readonly config?: string;
}

const SIGNS: Readonly<Record<Finding['level'], string>> = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' };

/** `cerberus-server doctor`: whether a PostgreSQL database keeps what servers acknowledge. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Examines a PostgreSQL database: version, settings, standbys, what waits. Changes nothing.')
    .option('--store <url>', 'the database (default: $CERBERUS_SERVER_STORE)')
    .action((_: unknown, command: Command) => doctor(command.optsWithGlobals<DoctorFlags>()));
}

async function doctor({ store, config: file }: DoctorFlags): Promise<void> {
  try {
    const url = store ?? variableText('store', environmentWith(process.env, file)) ?? '';
    const address = parseStoreUrl(url);
    if (address === undefined)
      throw new CommandError('--store must be a URL such as postgres://user@host1,host2/database');
    const findings = await examinePostgres(address);
    for (const { level, text } of findings) process.stdout.write(`${SIGNS[level]}  ${text}\n`);
    if (findings.some(({ level }) => level === 'fail')) process.exitCode = 1;
  } catch (error) {
    fail('doctor', error);
  }
}
