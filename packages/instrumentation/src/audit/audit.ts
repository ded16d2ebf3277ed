import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:os';
import { startLoopbackSink, type SinkRequest } from '@cerberus-otel/exporter-ws/internal';
import { AuditFindings } from './findings.ts';

const COMMAND_NOT_FOUND = 127;
/** How a server is stopped. By any other signal it has failed, and has the code that a shell gives it. */
const STOPPING: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGINT', 'SIGHUP']);

/**
 * Shows what leaves an application, by being the backend that it talks to: nothing is simulated, so nothing can be
 * forgotten.
 *
 * @param command the application and its arguments; without one, waits for Ctrl-C
 * @param json one line per event on stdout, everything else on stderr
 * @returns the exit code
 */
export async function audit(command: readonly string[], json: boolean): Promise<number> {
  const findings = new AuditFindings();
  const printer = new Printer(json);
  const token = randomBytes(16).toString('hex');
  printer.conceal(token);
  const sink = await startLoopbackSink(randomBytes(32).toString('base64'), {
    onRequest: (request) => printer.request(request),
    onMessage: (text) => printer.message(JSON.parse(text) as object, findings),
  });
  const variables = {
    CERBERUS_WS_URL: `ws://127.0.0.1:${sink.port}/ws/events`,
    CERBERUS_BACKEND_URL: `http://127.0.0.1:${sink.port}`,
    CERBERUS_TOKEN: token,
    CERBERUS_CLIENT_ID: process.env['CERBERUS_CLIENT_ID'] ?? 'audit',
    // An application that is stopped hard has sent what there was.
    CERBERUS_FLUSH_INTERVAL_MILLIS: '10',
    // What another process has left there is for a backend that keeps it.
    CERBERUS_SPOOL_DIR: '',
  };
  const code =
    command.length === 0 ? await ownerEnds(variables, printer) : await runs(command, variables, json);
  await sink.close();
  if (code === undefined) return COMMAND_NOT_FOUND;
  printer.lines(['', ...findings.summary()]);
  if (code !== 0) return code;
  return findings.events > 0 && findings.suspicious.length === 0 ? 0 : 1;
}

async function ownerEnds(variables: Readonly<Record<string, string>>, printer: Printer): Promise<number> {
  // Before it says so: a signal that nobody listens to would end the process without a summary.
  const ended = new Promise<void>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
    process.stdout.once('error', () => resolve());
  });
  printer.lines([
    'Start the application with these variables, and end with Ctrl-C:',
    ...Object.entries(variables).map(([name, value]) => `  ${name}=${value}`),
  ]);
  await ended;
  return 0;
}

/** @returns undefined where there is no such command */
async function runs(
  [file = '', ...args]: readonly string[],
  variables: Readonly<Record<string, string>>,
  json: boolean,
): Promise<number | undefined> {
  const child = spawn(file, args, {
    env: { ...process.env, ...variables },
    stdio: ['inherit', json ? 2 : 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  const stop = handOnSignals(child);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (signal === null) return code ?? 0;
    return STOPPING.has(signal) ? 0 : 128 + constants.signals[signal];
  } catch {
    process.stderr.write(`cerberus-otel: the command ${JSON.stringify(file)} could not be started\n`);
    return undefined;
  } finally {
    stop();
  }
}

/** Ends the command, too, when nobody reads any more what it would show. @returns what takes the listeners away again */
function handOnSignals(child: ChildProcess): () => void {
  const onTerminate = (): void => void child.kill('SIGTERM');
  const onInterrupt = (): void => {
    // A terminal has sent Ctrl-C to the command as well; twice would be understood as impatience.
    if (!process.stdin.isTTY) child.kill('SIGINT');
  };
  process.on('SIGTERM', onTerminate).on('SIGINT', onInterrupt);
  process.stdout.once('error', onTerminate);
  return () => {
    process.off('SIGTERM', onTerminate).off('SIGINT', onInterrupt);
    process.stdout.off('error', onTerminate);
  };
}

/** Writes what arrives, without credentials. */
class Printer {
  readonly #json: boolean;
  readonly #tokens = new Set<string>();

  constructor(json: boolean) {
    this.#json = json;
  }

  /** Shows `token` as `<token>` from now on. */
  conceal(token: string): void {
    this.#tokens.add(token);
  }

  lines(lines: readonly string[]): void {
    (this.#json ? process.stderr : process.stdout).write(`${lines.join('\n')}\n`);
  }

  request({ method, target, headers }: SinkRequest): void {
    for (const [name, value] of headers) {
      // An application may have a token of its own in its code.
      if (name.toLowerCase() === 'authorization') this.conceal(value.replace(/^Bearer /, ''));
    }
    const shown = headers.map(([name, value]) => `  ${name}: ${value}`);
    this.lines([this.#concealed(['', `${method} ${target}`, ...shown].join('\n'))]);
  }

  message(message: object, findings: AuditFindings): void {
    const events = eventsOf(message);
    for (const event of events) {
      findings.add(event);
      if (this.#json) process.stdout.write(`${this.#concealed(JSON.stringify(event))}\n`);
    }
    if (!this.#json) this.lines(['', this.#concealed(JSON.stringify(message, undefined, 2))]);
  }

  #concealed(text: string): string {
    let shown = text;
    for (const token of this.#tokens) {
      shown = shown.replaceAll(token, '<token>').replaceAll(JSON.stringify(token).slice(1, -1), '<token>');
    }
    return shown;
  }
}

/** The events of a frame of batch mode, or the one that a message of event mode is. */
function eventsOf(message: object): readonly object[] {
  if ('events' in message && Array.isArray(message.events)) return message.events as object[];
  return 'endpoint' in message ? [message] : [];
}
