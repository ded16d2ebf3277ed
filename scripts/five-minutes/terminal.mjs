// A terminal of the newcomer: one shell, whose folder and variables stay from one command to the next.
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessGroup } from '../process-group.mjs';

const COMMAND_LIMIT_MILLIS = 300_000;
const START_LIMIT_MILLIS = 90_000;
const LOOK_AGAIN_MILLIS = 20;
const SHOWN_CHARACTERS = 4_000;

export class Terminal {
  #shell;
  #output = '';
  #replaced;
  #record;

  /**
   * `replaced` maps texts of the documents to what they are here (ports, folders, the token); the record has them as typed.
   * `record(command, seconds)` is told of each command.
   */
  constructor({ cwd, env, replaced, record }) {
    this.#replaced = replaced;
    this.#record = record;
    this.#shell = new ProcessGroup('bash', [], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of this.#shell.outputs) {
      stream.setEncoding('utf8').on('data', (text) => void (this.#output += text));
    }
  }

  /** Types a command and waits for its end. @returns what it printed @throws Error when it fails */
  async type(command) {
    const end = `--- ${Math.random().toString(36).slice(2)}`;
    const [begin, from] = [performance.now(), this.#output.length];
    this.#send(`{ ${this.#here(command)}\n} </dev/null\necho "${end} $?"`);
    const pattern = new RegExp(`${end} (\\d+)\\n`);
    const { 1: status, index } = await this.#printed(command, pattern, from, COMMAND_LIMIT_MILLIS);
    this.#record(command, (performance.now() - begin) / 1e3);
    if (status !== '0') throw this.#failure(`\`${command}\` failed (${status})`);
    return this.#output.slice(from, from + index);
  }

  /** Types a command that stays, and waits until it has printed `pattern`. @returns the match */
  async start(command, pattern) {
    const [begin, from] = [performance.now(), this.#output.length];
    this.#send(`{ ${this.#here(command)}\n} </dev/null\necho "--- ended $?"`);
    const match = await this.#printed(command, pattern, from, START_LIMIT_MILLIS);
    this.#record(command, (performance.now() - begin) / 1e3);
    return match;
  }

  /** Closes the window, and what runs in it. */
  async close() {
    await this.#shell.end();
  }

  #send(text) {
    this.#shell.input.write(`${text}\n`);
  }

  #here(command) {
    return [...this.#replaced].reduce((text, [written, here]) => text.replaceAll(written, here), command);
  }

  async #printed(command, pattern, from, limitMillis) {
    const deadline = performance.now() + limitMillis;
    for (;;) {
      const match = pattern.exec(this.#output.slice(from));
      if (match !== null) return match;
      if (this.#output.includes('--- ended', from)) throw this.#failure(`\`${command}\` ended`);
      if (performance.now() > deadline) throw this.#failure(`\`${command}\` never printed ${pattern}`);
      await sleep(LOOK_AGAIN_MILLIS);
    }
  }

  /** With the end of what was printed, without the names of this machine's folders. */
  #failure(message) {
    let output = this.#output.slice(-SHOWN_CHARACTERS);
    for (const [written, here] of this.#replaced) output = output.replaceAll(here, written);
    return new Error(
      `${message}:\n${output.replaceAll(/https?:\/\/(?!127\.|localhost)[^\s/]+/g, '$REGISTRY')}`,
    );
  }
}
