// Dockerfile, compose.yaml, deploy/kubernetes and deploy/systemd, by an engine that builds and runs containers, and by systemd.
import { expect } from 'chai';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StatefulSet } from 'kubernetes-types/apps/v1.js';
import { REPOSITORY } from '../matrix/examples/stage.js';
import { until } from '@cerberus-otel/test-support/deadline';
import { composition, optionsOf } from './compose.js';
import { canRunContainers, Engine, SYSTEM_OPTIONS } from './engine.js';
import { firstPod, manifest } from './manifests.js';

const IMAGE = 'localhost/cerberus-server';
const TOKEN = 'container-token';
/** As docs/deployment.md has it. */
const HARDENED = [
  '--read-only',
  '--read-only-tmpfs=false',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
];

const SEND = `
const events = [{ client_id: 'x', endpoint: '/a', method: 'GET', status_code: 200, latency_ms: 1 }];
const answer = await fetch('http://127.0.0.1:8765/v1/ingest/batch', {
  method: 'POST', headers: { 'x-api-key': process.argv[1] }, body: JSON.stringify({ events }),
});
console.log(answer.status);`;

const STORED = `
const headers = { authorization: 'Bearer ' + process.argv[1] };
const answer = await fetch('http://127.0.0.1:8765/api/events', { headers });
console.log(JSON.stringify((await answer.json()).events.map(({ endpoint }) => endpoint)));`;

/** Whose process it is and what it may do, as the kernel has it. */
const PRIVILEGES = `
import { readFileSync } from 'node:fs';
const status = readFileSync('/proc/' + process.argv[1] + '/status', 'utf8');
const of = (name) => new RegExp('^' + name + ':\\\\s+(\\\\S+)', 'm').exec(status)[1];
console.log(JSON.stringify([of('Uid'), of('CapEff'), of('CapBnd'), of('NoNewPrivs'), of('Seccomp')]));`;
const NONE = '0000000000000000';

if (canRunContainers)
  describe('the server in a container', function () {
    this.timeout(300_000);
    let engine: Engine;

    before(async () => {
      engine = await Engine.start();
      await engine.build(REPOSITORY, 'server', IMAGE);
    });
    after(() => engine.close());

    async function isReady(container: string): Promise<boolean> {
      return engine.podman('exec', container, 'cerberus-server', 'health', '--ready').then(
        () => true,
        () => false,
      );
    }

    async function ready(container: string): Promise<void> {
      await until(`${container} is ready`, () => isReady(container), 60_000);
    }

    async function stored(container: string, token = TOKEN): Promise<string[]> {
      return JSON.parse(await engine.node(container, STORED, token)) as string[];
    }

    it('runs as nobody in particular, writes to its volume only, is found well, and stops with 0', async () => {
      const id = await engine.start(...HARDENED, '--volume', 'kept:/data', IMAGE);
      await ready(id);
      expect(await engine.podman('healthcheck', 'run', id)).to.equal('');
      expect(JSON.parse(await engine.node(id, PRIVILEGES, '1'))).to.deep.equal([
        '1000',
        NONE,
        NONE,
        '1',
        '2',
      ]);
      const refused = await engine.podman('exec', id, 'touch', '/app/x', '/tmp/x').catch(String);
      expect(refused.match(/Read-only file system/g)).to.have.length(2);
      const token = await engine.podman('exec', id, 'cat', 'cerberus.duckdb.token');
      expect(await engine.node(id, SEND, token)).to.equal('200');
      await engine.podman('stop', '--time', '30', id);
      expect(await engine.podman('inspect', '--format', '{{.State.ExitCode}}', id)).to.equal('0');

      const next = await engine.start(...HARDENED, '--volume', 'kept:/data', IMAGE);
      await ready(next);
      expect(await stored(next, token)).to.deep.equal(['/a']);
      await engine.podman('rm', '--force', next);
    });

    it('is found unwell when nothing answers', async () => {
      const id = await engine.start('--entrypoint', 'sleep', IMAGE, '600');
      const said = await engine
        .podman('healthcheck', 'run', id)
        .catch((error: { stdout: string }) => error.stdout);
      expect(said.trim()).to.equal('unhealthy');
      await engine.podman('rm', '--force', '--time', '0', id);
    });

    it('stores what the application of compose.yaml sends', async () => {
      const { server, application } = composition('compose.yaml', { CERBERUS_TOKEN: TOKEN });
      const id = await engine.start(...optionsOf(server ?? {}), IMAGE);
      const hosts = join(engine.folder, 'hosts');
      writeFileSync(hosts, '127.0.0.1 localhost server\n');
      await ready(id);
      // The application is the one of this checkout, as it was built; its own image is made in the same way as the server's.
      const place = ['--user', '1000:1000', '--workdir', join(REPOSITORY, 'examples/express')];
      const mounts = ['--volume', `${hosts}:/etc/hosts:ro`, '--volume', `${REPOSITORY}:${REPOSITORY}:ro`];
      const options = [...optionsOf(application ?? {}), ...SYSTEM_OPTIONS, ...place, ...mounts];
      const command = ['--entrypoint', 'node', IMAGE, '--import', './instrumentation.mjs', 'app.mjs'];
      const app = await engine.podman(
        'run',
        '--detach',
        '--network',
        `container:${id}`,
        ...options,
        ...command,
      );
      const ask = `fetch('http://127.0.0.1:3000/users/2').then(({ status }) => console.log(status), () => console.log('not yet'))`;
      await until('the application answers', async () => (await engine.node(id, ask)) === '200', 60_000);
      await until('its request is stored', async () => (await stored(id)).includes('/users/2'), 60_000);
      await engine.podman('rm', '--force', '--time', '0', app);
      await engine.podman('rm', '--force', '--time', '0', id);
    });

    it('runs as the pod of the stateful set, by its secret and on its claim, and answers its probes', async () => {
      const set = manifest('statefulset.yaml') as StatefulSet;
      const [container] = set.spec?.template.spec?.containers ?? [];
      const folder = mkdtempSync(join(engine.folder, 'pod-'));
      const { yaml, name } = firstPod(set, IMAGE);
      writeFileSync(join(folder, 'pod.yaml'), yaml);
      writeFileSync(join(folder, 'secret'), JSON.stringify({ token: Buffer.from(TOKEN).toString('base64') }));
      await engine.podman('secret', 'create', 'cerberus-server', join(folder, 'secret'));
      await engine.podman('play', 'kube', '--network', 'none', join(folder, 'pod.yaml'));
      const id = `${name}-${container?.name}`;
      await ready(id);
      expect(JSON.parse(await engine.node(id, PRIVILEGES, '1'))).to.deep.equal([
        '1000',
        NONE,
        NONE,
        '1',
        '2',
      ]);
      const refused = await engine.podman('exec', id, 'touch', '/app/x').catch(String);
      expect(refused).to.include('Read-only file system');
      const port = container?.ports?.find((each) => each.name === 'http')?.containerPort;
      for (const probe of [container?.startupProbe, container?.livenessProbe, container?.readinessProbe]) {
        expect(probe?.httpGet?.port).to.equal('http');
        const ask = `console.log((await fetch('http://127.0.0.1:${port}${probe?.httpGet?.path}')).status)`;
        expect(await engine.node(id, ask)).to.equal('200');
      }
      expect(await engine.node(id, SEND, TOKEN)).to.equal('200');
      expect(await stored(id)).to.deep.equal(['/a']);
      await engine.podman('pod', 'rm', '--force', '--time', '0', name);
    });

    it('runs as the service of systemd, with nothing but its state to write to, and again after a crash', async () => {
      const unit = join(REPOSITORY, 'deploy/systemd/cerberus-server.service');
      const variables = join(engine.folder, 'server.env');
      writeFileSync(variables, `CERBERUS_SERVER_TOKEN=${TOKEN}\n`, { mode: 0o600 });
      const machine = ['--user', '0:0', '--privileged', '--systemd=always', '--stop-signal', 'SIGRTMIN+3'];
      const files = [
        `${unit}:/etc/systemd/system/cerberus-server.service:ro`,
        `${variables}:/etc/cerberus/server.env:ro`,
      ];
      const mounted = files.flatMap((file) => ['--volume', file]);
      const id = await engine.start(
        ...machine,
        ...mounted,
        '--entrypoint',
        '/usr/lib/systemd/systemd',
        IMAGE,
      );
      const systemctl = async (...args: string[]): Promise<string> =>
        engine.podman('exec', id, 'systemctl', ...args);
      const isUp = async (): Promise<boolean> =>
        (await systemctl('is-system-running').catch(() => '')) === 'running';
      await until('systemd runs', isUp, 60_000);
      expect(
        await engine.podman('exec', id, 'systemd-analyze', 'verify', 'cerberus-server.service'),
      ).to.equal('');
      await systemctl('start', 'cerberus-server');
      await ready(id);
      const mainPid = async (): Promise<string> =>
        systemctl('show', '--property', 'MainPID', '--value', 'cerberus-server');
      const pid = await mainPid();
      const [uid, ...rest] = JSON.parse(await engine.node(id, PRIVILEGES, pid)) as string[];
      expect(Number(uid), 'a user of its own').to.be.within(61184, 65519);
      expect(rest).to.deep.equal([NONE, NONE, '1', '2']);
      const mounts = await engine.podman('exec', id, 'cat', `/proc/${pid}/mountinfo`);
      const writable = mounts
        .split('\n')
        .map((line) => line.split(' '))
        .filter(([, , , , , how]) => how?.split(',').includes('rw'));
      const disks = writable
        .map(([, , , , where = '']) => where)
        .filter((where) => !/^\/(?:proc|sys|dev|run)\b/.test(where));
      expect([...new Set(disks)].toSorted()).to.deep.equal(['/tmp', '/var/lib/private/cerberus', '/var/tmp']);
      expect(await engine.node(id, SEND, TOKEN)).to.equal('200');
      await systemctl('kill', '--signal', 'SIGKILL', 'cerberus-server');
      await until(
        'it runs again',
        async () => !['0', pid].includes(await mainPid()) && (await isReady(id)),
        60_000,
      );
      expect(await stored(id)).to.deep.equal(['/a']);
      await systemctl('stop', 'cerberus-server');
      expect(await systemctl('show', '--property', 'Result', '--value', 'cerberus-server')).to.equal(
        'success',
      );
      await engine.podman('rm', '--force', '--time', '0', id);
    });
  });
