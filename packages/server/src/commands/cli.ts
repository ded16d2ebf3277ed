import { readFileSync } from 'node:fs';

import { Command } from 'commander';

import { integerOf, isLoopback, NUMBER_RULES, resolveConfig, type ServerOptions } from '../config.ts';
import { CerberusServerError, messageOf } from '../errors.ts';
import type { LogLevel } from '../log.ts';
import { startServer, type CerberusServer } from '../server.ts';
import { backupCommand, exportCommand } from './archive-command.ts';
import { startBanner } from './banner.ts';
import { devCommand } from './dev-command.ts';
import { tailCommand } from './tail-command.ts';
import { tokenCommand } from './token-command.ts';

/**
 * Runs the `cerberus-server` command. Resolves when the server has started, or when a command such as `dev` is done;
 * sets the exit code on failure.
 */
export async function main(argv: readonly string[]): Promise<void> {
  await createCommand().parseAsync([...argv], { from: 'user' });
}

async function serve(options: ServerOptions): Promise<void> {
  try {
    // What DuckDB makes has no mode of its own, and the store can only change it afterwards.
    process.umask(0o077);
    const { db } = resolveConfig(options, process.env);
    const server = await startServer({ ...options, log: logUnlessInBanner });
    process.stdout.write(
      `${startBanner(server, { db, isTerminal: process.stdout.isTTY, flag: options.token !== undefined })}\n`,
    );
    warnIfExposed(server, options);
    stopOnSignals(server);
    void server.failed.then((error) => endWith(server, error));
  } catch (error) {
    process.stderr.write(`cerberus-server: ${describe(error)}\n`);
    process.exitCode = 1;
  }
}

function createCommand(): Command {
  const command = new Command('cerberus-server')
    .description('Receives Cerberus request events over WebSocket and keeps them in an embedded DuckDB.')
    .version(version())
    .option('--host <address>', 'address to listen on (default 127.0.0.1)')
    .option('--db <file>', 'DuckDB file, or :memory: to keep nothing (default ./cerberus.duckdb)')
    .option('--token <token>', "the server's own token (default: generated once, kept in <db>.token)")
    .option(
      '--secret-key <key>',
      'key for hashing addresses (default: generated once, kept in <db>.secret-key)',
    )
    .option('--trace-url-template <url>', 'where a trace can be looked at; {trace_id} stands for its id')
    .option('--memory-limit <size>', 'memory for DuckDB (default 512MB)')
    .addHelpText('after', '\nEach option is also read from the environment: CERBERUS_SERVER_PORT and so on.')
    .showHelpAfterError('(see cerberus-server --help)')
    .configureOutput({ outputError: (text, write) => write(withoutValues(text)) });
  for (const [name, rule] of Object.entries(NUMBER_RULES)) {
    command.option(`${flagOf(name)} <number>`, `${rule.help} (default ${rule.default})`, integerOf);
  }
  return command
    .action(serve)
    .enablePositionalOptions()
    .addCommand(devCommand())
    .addCommand(tailCommand())
    .addCommand(tokenCommand())
    .addCommand(exportCommand())
    .addCommand(backupCommand());
}

/** A misspelt `--tokn=…` must not put the token into a journal. */
function withoutValues(text: string): string {
  return text.replaceAll(/(unknown option '[^'=\s]*=)[^\n]*'/g, "$1…'");
}

/** `maxFrameBytes` → `--max-frame-bytes`, which commander reads back as the option's name. */
function flagOf(option: string): string {
  return `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function version(): string {
  const manifest = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  ) as unknown;
  return String((manifest as { version?: unknown }).version);
}

function writeLog(level: LogLevel, message: string): void {
  process.stderr.write(`cerberus-server: ${level}: ${message}\n`);
}

/** The banner says where it listens; the line of the log would say it twice. */
function logUnlessInBanner(level: LogLevel, message: string): void {
  if (!message.startsWith('listening on ')) writeLog(level, message);
}

/** Clients on other machines would send the token in clear text. */
function warnIfExposed(server: CerberusServer, options: ServerOptions): void {
  const { host } = resolveConfig(options, process.env);
  if (isLoopback(host)) return;
  writeLog(
    'warn',
    `port ${server.port} is reachable from other machines without TLS; put a TLS proxy in front of it`,
  );
}

function stopOnSignals(server: CerberusServer): void {
  const stop = (): void => {
    server.close().catch((error: unknown) => {
      process.stderr.write(`cerberus-server: ${describe(error)}\n`);
      process.exitCode = 1;
    });
  };
  // `once`: a second signal has its default effect and ends a stop that hangs.
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

/** For a supervisor to start it again: from here, nothing more can be done about the database. */
async function endWith(server: CerberusServer, error: CerberusServerError): Promise<void> {
  process.stderr.write(`cerberus-server: ${error.message}\n`);
  process.exitCode = 1;
  await server.close().catch(() => undefined);
}

function describe(error: unknown): string {
  return error instanceof CerberusServerError ? error.message : `unexpected error: ${messageOf(error)}`;
}
