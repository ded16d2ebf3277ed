import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { environmentWith, logFormatOf } from '../../dist/commands/settings.js';
import { resolveConfig } from '../../dist/config.js';
import { until, within } from '@cerberus-otel/test-support/deadline';
import { spawnServer } from '../support/processes/server-process.js';
import { tempFolder } from '../support/temp-folder.js';

describe('a configuration file', () => {
  let path: string;

  beforeEach(() => {
    path = join(tempFolder(), 'cerberus.json');
  });

  function refusal(text: string): string {
    writeFileSync(path, text);
    try {
      environmentWith({}, path);
    } catch (error) {
      expect(error).to.include({ name: 'CerberusServerError', code: 'INVALID_OPTION' });
      return (error as Error).message;
    }
    throw new Error('accepted');
  }

  it('is above what Kubernetes writes of a service in the variable of the port', () => {
    writeFileSync(path, JSON.stringify({ port: 9 }));
    const env = environmentWith({ CERBERUS_SERVER_PORT: 'tcp://10.96.0.7:8765' }, path);
    expect(resolveConfig({}, env).port).to.equal(9);
  });

  it('is below variables, which are below flags, and above defaults', () => {
    writeFileSync(path, JSON.stringify({ port: 1, threads: 3, retentionDays: 9, memoryLimit: '1GB' }));
    const env = environmentWith(
      { CERBERUS_SERVER_PORT: '2', CERBERUS_SERVER_THREADS: '4', CERBERUS_SERVER_HOST: '' },
      path,
    );
    expect(resolveConfig({ port: 5 }, env)).to.include({
      port: 5,
      threads: 4,
      retentionDays: 9,
      memoryLimit: '1GB',
      host: '127.0.0.1',
      maxDbBytes: 0,
    });
  });

  it('may be named by a variable', () => {
    writeFileSync(path, '{"port":7}');
    expect(resolveConfig({}, environmentWith({ CERBERUS_SERVER_CONFIG: path }, undefined)).port).to.equal(7);
    expect(environmentWith({ CERBERUS_SERVER_CONFIG: '' }, undefined)).to.deep.equal({
      CERBERUS_SERVER_CONFIG: '',
    });
  });

  it('takes every option of the command by its name', () => {
    const { signIn: _codeOnly, ...all } = resolveConfig(
      {
        token: 't',
        secretKey: 'k',
        traceUrlTemplate: 'http://a/{trace_id}',
        publicUrl: 'http://a',
        db: 'x',
        host: '::1',
        tlsCert: 'c',
        tlsKey: 'd',
      },
      {},
    );
    writeFileSync(path, JSON.stringify(all));
    expect(resolveConfig({}, environmentWith({}, path))).to.deep.equal({ ...all, signIn: true });
  });

  it('takes trusted proxies as they are in code, and refuses what is no proxy', () => {
    const trusted = (text: string): unknown => {
      writeFileSync(path, `{"trustProxy":${text}}`);
      return resolveConfig({}, environmentWith({}, path)).trustProxy;
    };
    expect(trusted('1')).to.equal(1);
    expect(trusted('false')).to.equal(false);
    expect(trusted('["loopback","10.0.0.0/8"]')).to.deep.equal(['loopback', '10.0.0.0/8']);
    for (const text of ['true', 'null', '{}', '["everybody"]'])
      expect(() => trusted(text), text).to.throw(/`trustProxy`/);
    writeFileSync(path, '{"otlpTrustProxy":["loopback"]}');
    expect(resolveConfig({}, environmentWith({}, path)).otlpTrustProxy).to.deep.equal(['loopback']);
  });

  it('is refused with the name of the option, and never with a value', () => {
    expect(refusal('{"prot":1}')).to.equal(`\`prot\` in ${path} is no option that a file may set`);
    expect(refusal('{"signIn":false}')).to.match(/^`signIn` in .* is no option/);
    expect(refusal('{"__proto__":1}')).to.match(/is no option/);
    for (const value of ['"80"', '1.5', '-1', '1e30', 'null', 'true', '[]'])
      expect(refusal(`{"port":${value}}`), value).to.match(
        /^`port` in .* must be an integer from 0 to 65535$/,
      );
    for (const value of ['7', '""', 'null', '{}'])
      expect(refusal(`{"token":${value}}`), value).to.match(
        /^`token` in .* must be a text that is not empty$/,
      );
    for (const text of ['', '{', '[]', 'null', '"x"', '{"token":"sk-secret"'])
      expect(refusal(text)).to.match(/ cannot be read: it is no JSON$| must hold a JSON object of options$/);
    expect(() => environmentWith({}, `${path}.none`)).to.throw(/cannot be read: ENOENT/);
  });
});

describe('the format of the log', () => {
  it('is text unless the flag or the variable says json', () => {
    expect(logFormatOf(undefined, {})).to.equal('text');
    expect(logFormatOf(undefined, { CERBERUS_SERVER_LOG_FORMAT: 'json' })).to.equal('json');
    expect(logFormatOf('text', { CERBERUS_SERVER_LOG_FORMAT: 'json' })).to.equal('text');
    expect(() => logFormatOf('xml', {})).to.throw(
      /^`logFormat` \(CERBERUS_SERVER_LOG_FORMAT\) must be one of text, json$/,
    );
  });
});

describe('cerberus-server with a file and JSON logs', function () {
  this.timeout(30_000);

  interface Line {
    readonly time: string;
    readonly level: string;
    readonly message: string;
  }

  function linesOf(text: string): (Line & Record<string, unknown>)[] {
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Line & Record<string, unknown>);
  }

  it('says in one object a line that it listens, where the token is, and that it stopped', async () => {
    const folder = tempFolder();
    const db = join(folder, 'x.duckdb');
    writeFileSync(join(folder, 'c.json'), JSON.stringify({ port: 0, db, logFormat: 'json' }));
    const { child, output, ended } = spawnServer(['--config', 'c.json'], {}, { cwd: folder });
    await until('it listens', () => output().stderr.includes('listening on'), 15_000);
    child.kill('SIGTERM');
    await within('it to stop', ended);
    const lines = linesOf(output().stderr);
    const first = lines.find(({ message }) => message.startsWith('listening on '));
    expect(first).to.include({ level: 'info', database: db, token_file: `${db}.token` });
    expect(first?.['events']).to.match(/^ws:\/\/127\.0\.0\.1:\d+\/ws\/events$/);
    expect(new Date(first?.time ?? '').toISOString()).to.equal(first?.time);
    // A task that the stop interrupted may say so, too.
    expect(lines.find(({ message }) => message === 'stopped')).to.include({ level: 'info' });
    expect(output().stdout, 'no banner').to.equal('');
  });

  it('says with a code why it does not start', async () => {
    const failures: [string[], string][] = [
      [['--port', '1e3'], 'INVALID_OPTION'],
      [['--config', 'nowhere.json'], 'INVALID_OPTION'],
      [['--db', 'nowhere/x.duckdb', '--port', '0'], 'DB_UNAVAILABLE'],
    ];
    for (const [args, code] of failures) {
      const { output, ended } = spawnServer(['--log-format', 'json', ...args], {}, { cwd: tempFolder() });
      expect((await within('it to end', ended, 15_000)).code).to.equal(1);
      const lines = linesOf(output().stderr);
      expect(lines, args.join(' ')).to.have.length(1);
      expect(lines[0]).to.include({ level: 'error', code });
    }
  });
});
