import { isatty } from 'node:tty';

import { isLoopback, resolveConfig, variableOf, type ServerOptions } from '../config.ts';
import { CerberusServerError, messageOf } from '../errors.ts';
import type { Log } from '../log.ts';
import { startServerIn, type CerberusServer } from '../server.ts';
import { startBanner, type BannerFacts } from './banner.ts';
import { createCommandLog, type CommandLog } from './command-log.ts';
import { environmentWith, logFormatOf } from './settings.ts';

/** What the command takes beside the server's options. */
export interface ServeFlags extends ServerOptions {
  readonly config?: string;
  readonly logFormat?: string;
}

/** Runs a server until it is told to end, or nothing more can be done about its database; sets the exit code on failure. */
export async function serve({ config: file, logFormat, ...options }: ServeFlags): Promise<void> {
  // Until all is read, only the flag is known.
  let log = createCommandLog(logFormat === 'json' ? 'json' : 'text', writeError);
  try {
    // What DuckDB makes has no mode of its own, and the store can only change it afterwards.
    process.umask(0o077);
    const env = environmentWith(process.env, file);
    log = createCommandLog(logFormatOf(logFormat, env), writeError);
    takeWarnings(log.log);
    const { db, store, host, tlsCert } = resolveConfig(options, env);
    const server = await startServerIn(env, { ...options, log: unlessAnnounced(log.log) });
    // Before anybody hears that it runs, and stops it.
    stopOnSignals(server, log);
    announce(server, log, {
      db: store?.name ?? db,
      isTerminal: process.stdout.isTTY,
      given: givenIn(options),
    });
    if (!isLoopback(host) && tlsCert === undefined) log.log('warn', exposedText(server.port));
    void server.failed.then((error) => endWith(server, log, error));
  } catch (error) {
    failWith(log, error);
  }
}

/** Where a token that was given comes from. */
function givenIn(options: ServerOptions): string {
  if (options.token !== undefined) return '--token';
  return (process.env[variableOf('token')] ?? '') === '' ? 'the configuration file' : variableOf('token');
}

function announce(server: CerberusServer, { format, said }: CommandLog, facts: BannerFacts): void {
  if (format === 'text') {
    process.stdout.write(`${startBanner(server, facts)}\n`);
    return;
  }
  const { tokenOrigin, url, wsUrl } = server;
  const token = tokenOrigin.kind === 'file' ? { token_file: tokenOrigin.path } : {};
  said(`listening on ${url}`, { url, events: wsUrl, database: facts.db, ...token });
}

function writeError(line: string): void {
  process.stderr.write(line);
}

/** The command says itself where the server listens; the line of the log would say it twice. */
function unlessAnnounced(log: Log): Log {
  return (level, message) => {
    if (!message.startsWith('listening on ')) log(level, message);
  };
}

/** Clients on other machines would send the token in clear text. */
function exposedText(port: number): string {
  return `port ${port} is reachable from other machines without TLS; give it --tls-cert and --tls-key, or put a TLS proxy in front of it`;
}

const STOPPING = ['SIGINT', 'SIGTERM'] as const;

/** Of the standard input, output and error. */
const STREAMS = [0, 1, 2] as const;

const WARNING_CHARACTERS = 400;

function stopOnSignals(server: CerberusServer, log: CommandLog): void {
  const stop = (): void => {
    for (const signal of [...STOPPING, 'SIGHUP'] as const) process.off(signal, stop);
    server.close().catch((error: unknown) => failWith(log, error));
  };
  // Once: a second signal, whichever it is, has its default effect and ends a stop that hangs.
  for (const signal of STOPPING) process.on(signal, stop);
  answerHangUp(stop, log.log);
}

/** For a supervisor to start it again: from here, nothing more can be done about the database. */
async function endWith(server: CerberusServer, log: CommandLog, error: CerberusServerError): Promise<void> {
  failWith(log, error);
  await server.close().catch(() => undefined);
}

/** A terminal that closes ends the server; who runs without one is told so by nobody, but may be asked to begin a log or a configuration anew. */
function answerHangUp(stop: () => void, log: Log): void {
  if (STREAMS.some((stream) => isatty(stream))) process.on('SIGHUP', stop);
  else
    process.on('SIGHUP', () =>
      log(
        'info',
        'SIGHUP changes nothing: certificates are read when they change, options and alerts at the start',
      ),
    );
}

/** What Node.js warns of is one line as everything else, also where a collector takes objects. */
function takeWarnings(log: Log): void {
  process.removeAllListeners('warning');
  process.on('warning', ({ name, message }) =>
    log('warn', `${name}: ${message.replaceAll(/\s+/g, ' ').slice(0, WARNING_CHARACTERS)}`),
  );
}

function failWith({ failed }: CommandLog, error: unknown): void {
  if (error instanceof CerberusServerError) failed(error.message, error.code);
  else failed(`unexpected error: ${messageOf(error)}`, undefined);
  process.exitCode = 1;
}
