import { cpus, totalmem, type, arch } from 'node:os';

/** Where the numbers come from: enough to judge them, nothing that names the machine. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
}

export function describeMachine(now: Date): Machine {
  const cores = cpus();
  return {
    date: now.toISOString().slice(0, 10),
    node: process.version,
    system: `${type()} ${arch()}`,
    processor: (cores[0]?.model ?? 'unknown').trim(),
    cores: cores.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}
