// docs/server.md against the code: options, endpoints, metrics, tables, limits and close codes.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { NUMBER_RULES } from '../dist/number-options.js';
import { resolveConfig, variableOf } from '../dist/config.js';
import { CUSTOM_DATA_LIMITS } from '../dist/event/custom-data.js';
import { MAX_EVENT_BYTES, TEXT_LIMITS } from '../dist/event/validation.js';
import { ROUTE_NEEDS } from '../dist/api/route-needs.js';
import { REFUSAL_REASONS } from '../dist/observe/counters.js';
import { MAX_FRAME_EVENTS } from '../dist/receive/batch-session.js';
import { WINDOW_SPANS } from '../dist/receive/otlp/span-window.js';
import { CLOSE } from '../dist/receive/close-codes.js';
import { DuckDbStore } from '../dist/store/duckdb/store.js';
import { codeBlocks, GUARANTEES_DOCUMENT, SERVER_DOCUMENT, tableRows } from './support/document.js';
import { server, stopServers, TOKEN } from './support/servers/server-fixture.js';
import { spawnServer } from './support/processes/server-process.js';
import { removeTempFolders, tempFolder } from './support/temp-folder.js';

const ROWS = new Map(tableRows(SERVER_DOCUMENT).map((cells) => [cells[0] ?? '', cells]));

describe('docs/server.md', () => {
  afterEach(async () => {
    await stopServers();
    removeTempFolders();
  });

  for (const [option, value] of Object.entries(resolveConfig({}, {}))) {
    it(`has ${option} with its flag, its variable and its default`, () => {
      const [, flag, variable, fallback, meaning] = ROWS.get(option) ?? [];
      if (option === 'signIn') {
        expect([flag, variable, fallback]).to.deep.equal(['code only', 'code only', 'true']);
        return;
      }
      expect(flag).to.equal(`--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
      expect(variable).to.equal(variableOf(option));
      const unset = ['traceUrlTemplate', 'publicUrl', 'store', 'tlsCert', 'tlsKey', 'alerts'].includes(option)
        ? 'none'
        : 'made up once';
      expect(fallback).to.equal(value === undefined ? unset : String(value));
      expect(meaning).to.match(/\w{3}/);
    });
  }

  it('has the flags that the command has, and no other', async () => {
    const help = spawnServer(['--help']);
    await help.ended;
    const flags = (text: string): string[] => [...text.matchAll(/--[a-z][a-z-]+/g)].map(([flag]) => flag);
    const documented = new Set(
      [...ROWS.values()].map((cells) => cells[1] ?? '').filter((cell) => cell.startsWith('--')),
    );
    const known = new Set(
      flags(help.output().stdout).filter((flag) => flag !== '--help' && flag !== '--version'),
    );
    expect([...documented].toSorted()).to.deep.equal([...known].toSorted());
    expect(documented.size).to.equal(Object.keys(NUMBER_RULES).length + 17);
  });

  it('has the metrics that the server has, with their types, and no other', async () => {
    const running = await server();
    const answer = await fetch(`${running.url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const types = [...(await answer.text()).matchAll(/^# TYPE (cerberus_\S+) (\S+)$/gm)].map(
      ([, name = '', type = '']) => `${name} ${type}`,
    );
    const documented = [...ROWS].filter(([name]) => name.startsWith('cerberus_server_'));
    expect(
      documented.map(([name, cells]) => `${name.replace(/\{.*/, '')} ${cells[1]}`).toSorted(),
    ).to.deep.equal(types.toSorted());
    for (const reason of REFUSAL_REASONS) expect(SERVER_DOCUMENT).to.include(`\`${reason}\``);
  });

  it('has the tables and columns that the database has', async () => {
    const path = join(tempFolder(), 'x.duckdb');
    await (await DuckDbStore.open(path, { memoryLimit: '256MB', threads: 1 })).close();
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const instance = await DuckDBInstance.create(path);
    const connection = await instance.connect();
    const sql =
      'SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal ORDER BY column_index';
    const tables = new Map<string, string[]>();
    for (const [table, column] of (await connection.runAndReadAll(sql)).getRows()) {
      tables.set(String(table), [...(tables.get(String(table)) ?? []), String(column)]);
    }
    connection.closeSync();
    instance.closeSync();
    expect(tables.size).to.equal(17);
    for (const [table, columns] of tables) {
      expect(ROWS.get(table)?.[1]?.replaceAll('`', '').split(', '), table).to.deep.equal(columns);
    }
  });

  it('has the limits and close codes of the code', () => {
    const limits = SERVER_DOCUMENT.slice(SERVER_DOCUMENT.indexOf('## Limits'));
    const text = (bytes: number): string => bytes.toLocaleString('en-US');
    for (const bytes of [
      ...Object.values(TEXT_LIMITS),
      MAX_EVENT_BYTES,
      ...Object.values(CUSTOM_DATA_LIMITS),
    ]) {
      expect(limits).to.include(text(bytes));
    }
    expect(limits).to.include(`| ${text(MAX_FRAME_EVENTS)} |`);
    expect(limits).to.include(`| ${text(WINDOW_SPANS)} |`);
    for (const code of Object.values(CLOSE)) expect(limits).to.include(`| ${code} |`);
  });

  it('explains every code of an error, and no other', () => {
    const source = readFileSync(new URL('../src/errors.ts', import.meta.url), 'utf8');
    const codes = [...source.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code]) => code);
    const cells = [...ROWS.keys()].flatMap((cell) => cell.replaceAll('`', '').split(', '));
    const explained = cells.filter((cell) => /^[A-Z]+(?:_[A-Z]+)+$/.test(cell));
    expect(explained.toSorted()).to.deep.equal(codes.toSorted());
  });

  it('has the endpoints that the server has', async () => {
    const running = await server();
    const endpoints = [...ROWS.keys()].flatMap((cell) => [
      ...cell.matchAll(/^(GET|POST|PUT|DELETE) (\/\S*)$/g),
    ]);
    const routes = endpoints.map(([name]) => name).filter((name) => name !== 'GET /');
    expect(routes.toSorted()).to.deep.equal(Object.keys(ROUTE_NEEDS).toSorted());
    for (const [name, need] of Object.entries(ROUTE_NEEDS)) {
      if (need === 'nothing') continue;
      const purpose = ROWS.get(name)?.[1]?.replaceAll('`', '').split(':')[0];
      expect(purpose, name).to.equal(`${need.needs}${need.session ? ' or a session' : ''}`);
    }
    const open = new Set([
      'GET /',
      'GET /healthz',
      'GET /livez',
      'GET /readyz',
      'GET /openapi.json',
      'GET /schemas/event.json',
      'DELETE /api/session',
    ]);
    for (const [name, method = '', path = ''] of endpoints.filter(([each]) => !each.includes('/ws/'))) {
      const headers = { 'content-type': 'application/json' };
      const { status } = await fetch(`${running.url}${path}`, { method, headers });
      expect(status, name).to.equal(open.has(name) ? 200 : 401);
    }
  });

  it('has settings of TLS and a scrape configuration that name variables and endpoints as they are', () => {
    const block = (language: string): string =>
      codeBlocks(SERVER_DOCUMENT).find((each) => each.language === language)?.text ?? '';
    for (const [variable] of block('ini').matchAll(/^CERBERUS_\w+/gm)) {
      expect(
        [...ROWS.values()].some((cells) => cells[2] === variable),
        variable,
      ).to.equal(true);
    }
    expect(block('yaml')).to.include('metrics_path: /metrics').and.include('type: Bearer');
  });
});

describe('docs/guarantees.md', () => {
  it('lists the promises of the server that tests hold, and no other', () => {
    const folder = new URL('../test/', import.meta.url);
    const tested = new Set<string>();
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!file.endsWith('.test.ts')) continue;
      const text = readFileSync(new URL(file, folder), 'utf8');
      for (const [, id = ''] of text.matchAll(/\bit\(\s*['"`](S\d+) /g)) tested.add(id);
    }
    const listed = [...GUARANTEES_DOCUMENT.matchAll(/^\| (S\d+) \|/gm)].map(([, id]) => id ?? '');
    expect(listed).to.deep.equal(Array.from({ length: tested.size }, (_, index) => `S${index + 1}`));
    expect([...tested].toSorted()).to.deep.equal(listed.toSorted());
  });
});
