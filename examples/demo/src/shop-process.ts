import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DemoError } from './demo-error.ts';
import type { DemoMessage, ShopCounts, ShopMessage } from './shop/messages.ts';

/** How the shop is started. */
export interface ShopOptions {
  readonly port: number;
  readonly wsUrl: string;
  readonly backendUrl: string;
  readonly token: string;
  readonly clientId: string;
}

const START_MILLIS = 30_000;
/** Longer than everything that the shop itself waits for at its end. */
const STOP_MILLIS = 20_000;

/** The shop's process, as the demo sees it. */
export class ShopProcess {
  /** Resolves with the shop's URL; rejects with a DemoError when it ends before. */
  readonly listening: Promise<string>;
  /** Resolves when the process is gone, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #stopped: Promise<ShopCounts>;
  #requests = 0;

  constructor(options: ShopOptions) {
    const instrumentation = new URL('shop/instrumentation.js', import.meta.url);
    this.#child = fork(fileURLToPath(new URL('shop.js', import.meta.url)), {
      execArgv: ['--import', instrumentation.href],
      env: environmentOf(options),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      // It could not even be started; there is no `exit` then.
      this.#child.once('error', () => resolve());
    });
    const listening = deferred<string>();
    const stopped = deferred<ShopCounts>();
    this.listening = listening.promise;
    this.#stopped = stopped.promise;
    this.#child.on('message', (message: ShopMessage) => {
      if (message.type === 'listening') listening.resolve(`http://127.0.0.1:${message.port}`);
      if (message.type === 'failed') listening.reject(new DemoError(reasonOf(message, options)));
      if (message.type === 'progress') this.#requests = message.requests;
      if (message.type === 'stopped') stopped.resolve(message.counts);
      // The shop ends when nobody listens any more, so its last message cannot be overtaken by its end.
      if (message.type === 'stopped' || message.type === 'failed') this.#child.disconnect();
    });
    const giveUp = setTimeout(() => this.kill(), START_MILLIS);
    void this.listening.finally(() => clearTimeout(giveUp)).catch(() => undefined);
    void this.ended.then(() => {
      listening.reject(new DemoError('the shop ended before it listened'));
      stopped.reject(new DemoError('the shop ended without saying what it had counted'));
    });
  }

  /** What the shop had counted a moment ago. */
  get requests(): number {
    return this.#requests;
  }

  /**
   * Ends the shop in order: it answers what it has, sends its last events and says what it counted.
   *
   * @throws DemoError when it does not
   */
  async stop(): Promise<ShopCounts> {
    const message: DemoMessage = { type: 'stop' };
    if (this.#child.connected) this.#child.send(message);
    const giveUp = setTimeout(() => this.kill(), STOP_MILLIS);
    try {
      const counts = await this.#stopped;
      await this.ended;
      return counts;
    } finally {
      clearTimeout(giveUp);
    }
  }

  /** Ends the shop at once. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: Error) => void;
}

function deferred<T>(): Deferred<T> {
  let settle: Omit<Deferred<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // It may be settled before anybody waits for it.
  promise.catch(() => undefined);
  return { promise, resolve: (value) => settle?.resolve(value), reject: (reason) => settle?.reject(reason) };
}

function reasonOf({ code, message }: { code: string; message: string }, { port }: ShopOptions): string {
  if (code === 'EADDRINUSE') return `port ${port} is in use; choose another one for the shop with --port`;
  return `the shop cannot listen on port ${port}: ${message}`;
}

/** The user's own settings of OpenTelemetry and Cerberus are for other applications than this one. */
function environmentOf({ port, wsUrl, backendUrl, token, clientId }: ShopOptions): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:OTEL|CERBERUS)_/.test(name));
  return {
    ...Object.fromEntries(own),
    SHOP_PORT: String(port),
    CERBERUS_WS_URL: wsUrl,
    CERBERUS_BACKEND_URL: backendUrl,
    CERBERUS_TOKEN: token,
    CERBERUS_CLIENT_ID: clientId,
    // There is no OpenTelemetry Collector to send to.
    OTEL_TRACES_EXPORTER: 'none',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
  };
}
