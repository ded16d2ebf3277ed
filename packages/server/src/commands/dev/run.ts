import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Environment } from '../../config.ts';
import { CerberusServerError, messageOf, systemCodeOf } from '../../errors.ts';
import { startServerIn, type CerberusServer } from '../../server.ts';
import { openDuckDb } from '../../store/duckdb/open.ts';
import type { DuckDbStore } from '../../store/duckdb/store.ts';
import { devEnvironment, type DevTarget } from './environment.ts';
import { devSummary } from './summary.ts';
import { findRegister } from './register-location.ts';
import type { Paint } from '../terminal.ts';

/** How an application is run. */
export interface DevOptions {
  /** The command and its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Of the server; undefined for 8765, or a free one if that is in use. */
  readonly port: number | undefined;
  readonly clientId: string;
  /** Set the application up; false for one that does so itself. */
  readonly register: boolean;
  /** Where the application is started. */
  readonly folder: string;
  readonly env: Environment;
}

/** Where `dev` speaks to the reader; standard output is the application's. */
export interface DevOutput {
  readonly paint: Paint;
  readonly line: (text: string) => void;
}

const DEFAULT_PORT = 8765;
const NOT_STARTED = 127;
const NOT_SET_UP = 1;
const STORE_OPTIONS = { memoryLimit: '512MB', threads: 2 };

/**
 * Runs an application against a server of its own with a temporary database, until it ends.
 *
 * @returns the application's exit code; 128 and the signal's number if one ended it, 127 if it could not be started
 * @throws CerberusServerError when the server does not start
 */
export async function runDev(options: DevOptions, output: DevOutput): Promise<number> {
  const own = fileURLToPath(import.meta.url);
  const register = options.register ? findRegister(options.command, options.folder, own) : undefined;
  if (options.register && register === undefined) {
    output.line('@cerberus-otel/instrumentation is not installed where the application is. Run there:');
    output.line('  npm install @cerberus-otel/instrumentation');
    return NOT_SET_UP;
  }
  const folder = mkdtempSync(join(tmpdir(), 'cerberus-dev-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const { server, store } = await openServer(join(folder, 'dev.duckdb'), options.port);
    try {
      output.line(`${output.paint.bold('The page:')} ${server.url}/?range=15m`);
      const findings = join(folder, 'findings');
      const code = await runApplication(
        options,
        { url: server.url, wsUrl: server.wsUrl, token: server.token, register, findings },
        output,
      );
      for (const line of devSummary(await store.summary({}), linesOf(findings), output.paint))
        output.line(line);
      return code;
    } finally {
      await server.close();
    }
  } finally {
    remove();
  }
}

interface OpenServer {
  readonly server: CerberusServer;
  /** The server closes it. */
  readonly store: DuckDbStore;
}

async function openServer(db: string, port: number | undefined): Promise<OpenServer> {
  try {
    return await openServerOn(db, port ?? DEFAULT_PORT);
  } catch (error) {
    const isTaken = error instanceof CerberusServerError && error.code === 'PORT_IN_USE';
    if (port !== undefined || !isTaken) throw error;
    return openServerOn(db, 0);
  }
}

/** Settings in the environment are for the reader's own server, not for this one. */
async function openServerOn(db: string, port: number): Promise<OpenServer> {
  // A server that does not start closes its store as well.
  const store = await openDuckDb(db, STORE_OPTIONS);
  return { server: await startServerIn({}, { store, host: '127.0.0.1', signIn: false, port }), store };
}

/** None where the file was never written. */
function linesOf(file: string): string[] {
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : [];
}

function runApplication(
  options: DevOptions,
  target: Omit<DevTarget, 'clientId'>,
  output: DevOutput,
): Promise<number> {
  const [file, ...args] = options.command;
  const child = spawn(file, args, {
    cwd: options.folder,
    env: devEnvironment(options.env, { ...target, clientId: options.clientId }),
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const letGo = passSignalsOn(child);
  return new Promise<number>((resolve) => {
    child.once('error', (error) => {
      const isMissing = systemCodeOf(error) === 'ENOENT';
      output.line(
        isMissing ? `there is no command \`${file}\`` : `cannot start \`${file}\`: ${messageOf(error)}`,
      );
      resolve(NOT_STARTED);
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  }).finally(letGo);
}

/** What ends `dev` ends the application, and `dev` only after it. A terminal sends Ctrl-C to both by itself. */
function passSignalsOn(child: ChildProcess): () => void {
  const onInterrupt = (): void => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  };
  const onTerminate = (): void => void child.kill('SIGTERM');
  const onHangUp = (): void => void child.kill('SIGHUP');
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate).on('SIGHUP', onHangUp);
  return () => {
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('SIGHUP', onHangUp);
  };
}
