import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../../packages/server/test-dist/support/free-port.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { BoundProcess } from './bound-process.js';
import type { ServerNode } from './nodes.js';

/** A kind of balancer: how it is configured and started, each in one process. */
interface Kind {
  readonly program: string;
  readonly configuration: (port: number, nodes: readonly ServerNode[], folder: string) => string;
  readonly args: (file: string) => readonly string[];
}

const HAPROXY: Kind = {
  program: '/usr/sbin/haproxy',
  args: (file) => ['-db', '-f', file],
  configuration: (port, nodes) => `
global
  maxconn 8000
defaults
  mode http
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout tunnel 1h
  timeout check 2s
frontend exporters
  bind 127.0.0.1:${port}
  default_backend servers
backend servers
  balance leastconn
  option redispatch
  option httpchk GET /readyz
  default-server check inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
${nodes.map(({ name, address, port: own }) => `  server ${name} ${address}:${own}`).join('\n')}
`,
};

/**
 * It has no checks of its own: it tries the next server when one does not answer, or with 503. With `max_fails` above 0 it would leave that one
 * out, and count it as well again only when a request has ended, which a WebSocket does not: it let one connection a `fail_timeout` through.
 */
const NGINX: Kind = {
  program: '/usr/sbin/nginx',
  args: (file) => ['-e', 'stderr', '-c', file],
  configuration: (port, nodes, folder) => `
daemon off; master_process off; pid ${folder}/nginx.pid; error_log stderr error;
worker_rlimit_nofile 16384;
events { worker_connections 8000; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  upstream servers {
${nodes.map(({ address, port: own }) => `    server ${address}:${own} max_fails=0;`).join('\n')}
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://servers;
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_connect_timeout 2s;
      proxy_read_timeout 60s;
      proxy_next_upstream error timeout http_503;
    }
  }
}
`,
};

const KINDS = { haproxy: HAPROXY, nginx: NGINX } as const;

export type BalancerName = keyof typeof KINDS;

/** Those that are installed. @throws Error where one is not, and no test may be skipped */
export function availableBalancers(): readonly BalancerName[] {
  const all = Object.keys(KINDS) as BalancerName[];
  const available = all.filter((name) => spawnSync(KINDS[name].program, ['-v']).status === 0);
  if (available.length < all.length && process.env['CERBERUS_REQUIRE_ALL_TESTS'] === 'true')
    throw new Error('haproxy and nginx: no test may be skipped here');
  return available;
}

/** A balancer in front of the servers, on one port over all its lives. */
export class Balancer {
  readonly name: BalancerName;
  readonly port: number;
  readonly #file: string;
  #process: BoundProcess | undefined;

  private constructor(name: BalancerName, port: number, file: string) {
    this.name = name;
    this.port = port;
    this.#file = file;
  }

  static async start(name: BalancerName, nodes: readonly ServerNode[], folder: string): Promise<Balancer> {
    const own = join(folder, name);
    mkdirSync(own, { recursive: true });
    const balancer = new Balancer(name, await freePort(), join(own, 'configuration'));
    writeFileSync(balancer.#file, KINDS[name].configuration(balancer.port, nodes, own));
    await balancer.startAgain();
    return balancer;
  }

  get wsUrl(): string {
    return `ws://127.0.0.1:${this.port}/ws/events`;
  }

  async startAgain(): Promise<void> {
    const { program, args } = KINDS[this.name];
    const started = new BoundProcess([program, ...args(this.#file)]);
    this.#process = started;
    await until(
      `${this.name} passes requests on`,
      async () => {
        if (!started.isRunning) throw new Error(`${this.name} did not start: ${started.output}`);
        return this.#answers();
      },
      30_000,
    );
  }

  /** Every connection through it ends. */
  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
  }

  async #answers(): Promise<boolean> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.port}/livez`, {
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(2_000),
      });
      await answer.arrayBuffer();
      return answer.ok;
    } catch {
      return false;
    }
  }
}
