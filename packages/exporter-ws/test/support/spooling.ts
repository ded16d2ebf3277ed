import { readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CerberusWsExporter, CerberusWsExporterOptions } from '../../dist/esm/index.js';
import { afterTest } from '@cerberus-otel/test-support/disposal';
import { imbalance, quickExporter } from './exporters.js';
import { BatchBackend, ScriptedServer, type Script } from './scripted-server.js';

/** Paths of numbered spans, from the first. */
export const numbered = (count: number): string[] => Array.from({ length: count }, (_, index) => `/${index}`);

/** Who does not ask what became of an export. */
export const ignore = (): void => undefined;

/** A folder for a spool, exporters that use it, and a backend that is there or is not. */
export class Spooling {
  folder!: string;
  server!: ScriptedServer;

  async serve(script: Script, port = 0): Promise<void> {
    const started = await ScriptedServer.start(script, port);
    this.server = started;
    afterTest(() => started.stop());
  }

  /** A port on which nothing listens until {@link serve} does. */
  async freePort(): Promise<number> {
    await this.serve({});
    const { port } = this.server;
    await this.server.stop();
    return port;
  }

  exporterTo(port: number, options: CerberusWsExporterOptions = {}): CerberusWsExporter {
    return quickExporter(`ws://127.0.0.1:${port}/ws/events`, {
      spoolDir: this.folder,
      maxQueueEvents: 100,
      ...options,
    });
  }

  /** Of all files. */
  bytes(): number {
    return this.files().reduce((sum, name) => sum + statSync(join(this.folder, name)).size, 0);
  }

  /** Files in the folder, without locks. */
  files(): string[] {
    return readdirSync(this.folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.seg'),
    );
  }
}

/** For the suite in which it is called, with a new folder for each test. */
export function useSpooling(): Spooling {
  const spooling = new Spooling();
  beforeEach(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cerberus-spool-'));
    spooling.folder = folder;
    afterTest(() => rm(folder, { recursive: true, force: true }));
  });
  return spooling;
}

/** By how much the counts of an exporter are out of balance, looked at all the time until the test is over. */
export function watched(exporter: CerberusWsExporter): Set<number> {
  const seen = new Set<number>();
  const timer = setInterval(() => seen.add(imbalance(exporter.stats())), 1);
  afterTest(() => clearInterval(timer));
  return seen;
}

/** Stores what event mode brings, or batch mode. */
export function backendOf(mode: 'batch' | 'event'): { script: Script; stored: () => string[] } {
  if (mode === 'batch') {
    const backend = new BatchBackend();
    return {
      script: backend.script(),
      stored: () => backend.stored.map(({ endpoint }) => String(endpoint)),
    };
  }
  const stored: string[] = [];
  const onMessage: Script['onMessage'] = ({ endpoint }, socket) => {
    stored.push(String(endpoint));
    socket.send('ok');
  };
  return { script: { onMessage }, stored: () => stored };
}
