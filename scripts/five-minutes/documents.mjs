// The commands and files of the documents, so that what is run is what is written.
import { readFileSync } from 'node:fs';

/** A part of a document: from a heading to the next of the same depth or above. */
export class Section {
  #where;
  #text;

  /** @throws Error when the document has no such heading */
  constructor(file, heading) {
    this.#where = `"${heading}"`;
    const lines = readFileSync(file, 'utf8').split('\n');
    const begin = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
    if (begin === -1) throw new Error(`no heading ${this.#where}`);
    const depth = /^#+/.exec(lines[begin])[0].length;
    const next = lines.findIndex((line, index) => index > begin && new RegExp(`^#{1,${depth}} `).test(line));
    this.#text = lines.slice(begin, next === -1 ? undefined : next).join('\n');
  }

  /**
   * The one fenced block of a language that contains `part`.
   *
   * @throws Error when there is none or more than one
   */
  block(language, part) {
    const fenced = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm');
    const found = [...this.#text.matchAll(fenced)]
      .map(([, body]) => body)
      .filter((body) => body.includes(part));
    if (found.length !== 1)
      throw new Error(`${found.length} ${language} blocks of ${this.#where} contain ${part}`);
    return found[0];
  }

  /** The commands of the one such block, a line each. */
  commands(part) {
    return this.block('sh', part).trim().split('\n');
  }
}
