// What the documents say about options, files and commands is so.
import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXPORTER_OPTION_NAMES, environmentVariable } from '@cerberus-otel/exporter-ws/internal';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const CODE_ONLY = new Set(['agent', 'exporter', 'resource', 'selfObsMeterProvider']);

async function documents(): Promise<string[]> {
  const folders = [
    '.',
    'docs',
    'docs/adr',
    'packages/exporter-ws',
    'packages/instrumentation',
    'packages/server',
    'examples',
    'examples/express',
  ];
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(root, folder)))
        .filter((name) => name.endsWith('.md'))
        .map((name) => join(root, folder, name)),
    ),
  );
  return files.flat();
}

/** Rows of a table by the option in their first column, as lists of cells. */
function rows(text: string): Map<string, string[]> {
  const found = [...text.matchAll(/^\| `(\w+)` \|(.*)\|$/gm)];
  return new Map(
    found.map(([, name, rest]) => [name ?? '', (rest ?? '').split(/(?<!\\)\|/).map((cell) => cell.trim())]),
  );
}

describe('documents', () => {
  it('link only to files and headings that exist', async () => {
    const broken: string[] = [];
    for (const file of await documents()) {
      const text = (await readFile(file, 'utf8')).replaceAll(/```[\s\S]*?```/g, '');
      for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue;
        const [path = '', anchor] = target.split('#');
        const linked = path === '' ? file : resolve(dirname(file), path);
        if (!existsSync(linked)) broken.push(`${file}: ${target}`);
        else if (anchor !== undefined && !(await headings(linked)).includes(anchor))
          broken.push(`${file}: ${target}`);
      }
    }
    expect(broken).to.deep.equal([]);
  });

  async function headings(file: string): Promise<string[]> {
    const text = await readFile(file, 'utf8');
    return [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .trim()
        .replaceAll(/\s+/g, '-'),
    );
  }

  it('list every option of the exporter and the processor with its variable and default', async () => {
    const text = await readFile(join(root, 'docs/configuration.md'), 'utf8');
    const [, exporterPart = '', processorPart = ''] = text.split(
      /^## `Cerberus(?:WsExporter|SpanProcessor)`$/m,
    );
    const { resolveConfig } = (await import(
      join(root, 'packages/exporter-ws/dist/esm/config/config.js')
    )) as {
      resolveConfig: (options: object, env: object) => Record<string, unknown>;
    };
    const { PROCESSOR_OPTION_TABLE } = (await import(
      join(root, 'packages/instrumentation/dist/esm/config.js')
    )) as {
      PROCESSOR_OPTION_TABLE: Record<string, { fallback: unknown }>;
    };
    const defaults = resolveConfig({ wsUrl: 'wss://x', token: 't', clientId: 'c' }, {});
    const sections: [string, readonly string[], (name: string) => unknown][] = [
      [exporterPart, EXPORTER_OPTION_NAMES, (name) => defaults[name]],
      [processorPart, Object.keys(PROCESSOR_OPTION_TABLE), (name) => PROCESSOR_OPTION_TABLE[name]?.fallback],
    ];
    for (const [part, names, defaultOf] of sections) {
      const listed = rows(part);
      for (const name of names) {
        const cells = listed.get(name) ?? expect.fail(`${name} is not in docs/configuration.md`);
        const expected = CODE_ONLY.has(name) ? 'code only' : `\`${environmentVariable(name)}\``;
        expect(cells.join(' | '), name).to.include(expected);
        const value = defaultOf(name);
        if (
          ['number', 'boolean'].includes(typeof value) ||
          (/^[a-z_]+$/.test(String(value)) && typeof value === 'string')
        ) {
          if (!['wsUrl', 'token', 'clientId'].includes(name))
            expect(cells, name).to.include(`\`${String(value)}\``);
        }
      }
    }
  });

  it('explain every code of a warning and of a refused option, and no other', async () => {
    const text = await readFile(join(root, 'docs/configuration.md'), 'utf8');
    const sources: string[] = [];
    for (const folder of ['packages/exporter-ws/src', 'packages/instrumentation/src']) {
      const names = await readdir(join(root, folder), { recursive: true });
      for (const name of names.filter((each) => each.endsWith('.ts')))
        sources.push(await readFile(join(root, folder, name), 'utf8'));
    }
    const found = (pattern: RegExp, where: string): string[] =>
      [...new Set([...where.matchAll(pattern)].map(([, code]) => code ?? ''))].toSorted();
    const code = sources.join('\n');
    const warnings = found(/(?:^ {2}\| |\bwarn\(\s*)'(CERBERUS_\w+)'/gm, code);
    const table = text.slice(text.indexOf('| code |'), text.indexOf('\n## Numbers\n'));
    const listed = table.split('\n').map((row) => row.split('|')[1] ?? '');
    expect(found(/`(CERBERUS_\w+)`/g, listed.join('\n'))).to.deep.equal(warnings);
    expect(warnings).to.include.members(['CERBERUS_SUSPENDED', 'CERBERUS_WORKER']);
    const refusals = found(/^ {2}\| '((?:OPTION|INSECURE)_\w+)'/gm, code);
    expect(found(/`((?:OPTION|INSECURE)_\w+)`/g, text)).to.deep.equal(refusals);
  });

  it('list every decision', async () => {
    const index = await readFile(join(root, 'docs/adr/README.md'), 'utf8');
    const pages = (await readdir(join(root, 'docs/adr'))).filter((name) => /^\d/.test(name));
    for (const page of pages) expect(index, page).to.include(`(${page})`);
  });

  it('name files of the map in CONTRIBUTING.md that exist', async () => {
    const text = await readFile(join(root, 'CONTRIBUTING.md'), 'utf8');
    const missing: string[] = [];
    for (const [, row = ''] of text.matchAll(/^\| [^|]* \| (.*) \|$/gm)) {
      let [source, folder] = ['', ''];
      for (const [, path = ''] of row.matchAll(/`([\w./-]+\.ts)`/g)) {
        const sourceOfPath = /^packages\/[\w-]+\/src/.exec(path)?.[0];
        source = sourceOfPath ?? source;
        const full = sourceOfPath !== undefined ? path : join(path.includes('/') ? source : folder, path);
        folder = dirname(full);
        if (!existsSync(join(root, full))) missing.push(full);
      }
    }
    expect(missing).to.deep.equal([]);
  });

  it('list the faults that tests inject, and tests inject the faults that are listed', async () => {
    const guarantees = await readFile(join(root, 'docs/guarantees.md'), 'utf8');
    const listed = [...guarantees.matchAll(/^\| (F\d+) \|/gm)].map(([, id]) => id ?? '');
    const tested = new Set<string>();
    // Not all of `packages`: the links in their node_modules lead round and round.
    const names = await readdir(join(root, 'packages'));
    for (const folder of ['tests/test', ...names.map((name) => `packages/${name}/test`)]) {
      const files = await readdir(join(root, folder), { recursive: true });
      for (const file of files.filter((name) => name.endsWith('.test.ts'))) {
        const text = await readFile(join(root, folder, file), 'utf8');
        for (const [, id = ''] of text.matchAll(/\bit\(\s*['"`](F\d+) /g)) tested.add(id);
      }
    }
    expect(listed).to.deep.equal(listed.map((_, index) => `F${index + 1}`));
    expect([...tested].toSorted()).to.deep.equal(listed.toSorted());
  });

  it('mention only npm scripts that exist', async () => {
    const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const file of await documents()) {
      for (const [, script = ''] of (await readFile(file, 'utf8')).matchAll(/npm run ([\w:-]+)/g)) {
        expect(Object.keys(manifest.scripts), file).to.include(script);
      }
    }
  });
});
