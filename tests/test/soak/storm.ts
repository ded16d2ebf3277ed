import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, Scene } from './faults/fault.js';
import { schedule } from './faults/schedule.js';
import type { Producer } from './producer.js';
import { aggregated, isReady } from './server-figures.js';
import { Watch } from './watch.js';

/** The faults of one kind. */
export interface Strikes {
  readonly count: number;
  /** Longest time from the end of one until all that had been accepted by then was acknowledged, milliseconds. */
  readonly worstHealMillis: number;
}

export interface StormSettings {
  /** At least; it does not end before every fault has struck. */
  readonly seconds: number;
  /** Least time from one fault to the next, milliseconds; in a short run less. */
  readonly faultEveryMillis: number;
  readonly faults: readonly Fault[];
  readonly producers: readonly Producer[];
  /** Makes the one of this number. */
  readonly newcomer: (number: number) => Producer;
}

/** Where it takes place. */
export type Place = Pick<Scene, 'server' | 'token' | 'proxy' | 'line' | 'random'>;

/** Runs shorter than this hold each fault for a part of its time only. */
const WHOLE_SECONDS = 240;
const LEAST_PART = 0.2;

/** Loads the server at a steady rate while one thing after the other goes wrong, and watches. */
export class Storm {
  readonly strikes: Map<string, Strikes> = new Map<string, Strikes>();
  /** All that took part, newcomers too. */
  readonly producers: Producer[];
  /** Promises that were broken, in words. */
  readonly broken: string[] = [];
  readonly watch: Watch;
  readonly #settings: StormSettings;
  readonly #scene: Scene;
  /** Of the time for which a fault is held. */
  readonly #part: number;
  #newcomers = 0;

  constructor(place: Place, settings: StormSettings) {
    this.producers = [...settings.producers];
    this.#settings = settings;
    this.watch = new Watch(place.server, settings.producers);
    this.#part = Math.min(1, Math.max(LEAST_PART, settings.seconds / WHOLE_SECONDS));
    this.#scene = {
      ...place,
      hold: (millis) => sleep(millis * this.#part),
      acked: () => this.#sumOf('acked'),
      newcomer: () => this.#newcomer(),
      isWhole: () => this.#isWhole(),
      broken: (what) => void this.broken.push(what),
    };
  }

  /** Settles when every fault has healed. */
  async run(): Promise<void> {
    const ending = new AbortController();
    const background = Promise.all([this.#load(ending.signal), this.watch.run(ending.signal)]);
    try {
      await this.#strikeAll();
    } finally {
      ending.abort();
      await background;
    }
    await this.#isHealed('the end');
  }

  async #strikeAll(): Promise<void> {
    const { seconds, faultEveryMillis, faults } = this.#settings;
    const end = performance.now() + seconds * 1e3;
    let struck = 0;
    for (const fault of schedule(faults, this.#scene.random)) {
      if (performance.now() >= end && struck >= faults.length) return;
      const next = performance.now() + faultEveryMillis * this.#part;
      await fault.strike(this.#scene);
      this.#note(fault.kind, await this.#isHealed(fault.kind));
      await this.#isWhole().catch((error: Error) => this.broken.push(`${error.message} after ${fault.kind}`));
      struck += 1;
      await sleep(Math.max(0, next - performance.now()));
    }
  }

  async #load(ending: AbortSignal): Promise<void> {
    while (!ending.aborted) {
      for (const producer of this.#settings.producers) producer.work();
      await sleep(10);
    }
  }

  /** @returns after how many milliseconds */
  async #isHealed(after: string): Promise<number> {
    const began = performance.now();
    const isAcked = await Promise.all(this.#settings.producers.map((producer) => producer.isAcknowledged()));
    if (isAcked.includes(false)) this.broken.push(`what was accepted was not acknowledged after ${after}`);
    this.watch.noteSockets();
    return Math.round(performance.now() - began);
  }

  #note(kind: string, healMillis: number): void {
    const { count, worstHealMillis } = this.strikes.get(kind) ?? { count: 0, worstHealMillis: 0 };
    this.strikes.set(kind, { count: count + 1, worstHealMillis: Math.max(worstHealMillis, healMillis) });
  }

  #newcomer(): Producer {
    const producer = this.#settings.newcomer(this.#newcomers);
    this.#newcomers += 1;
    this.producers.push(producer);
    return producer;
  }

  async #isWhole(): Promise<void> {
    const { server, token } = this.#scene;
    await isReady(server.url, token);
    const least = this.#sumOf('acked');
    const { requests } = await aggregated(server.url, token);
    const most = this.#sumOf('accepted');
    if (requests < least || requests > most)
      this.broken.push(`the server counted ${requests} events, not ${least} to ${most}`);
  }

  #sumOf(count: 'acked' | 'accepted'): number {
    return this.producers.reduce((sum, producer) => sum + producer[count], 0);
  }
}
