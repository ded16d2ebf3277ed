import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { CertificateWatch } from '../../dist/http/certificate-watch.js';
import { readCertificate, type Certificate } from '../../dist/http/certificate.js';
import {
  pairFiles,
  replace,
  selfSigned,
  type Pair,
  type PairFiles,
} from '../support/servers/certificate-files.js';
import { tempFolder } from '../support/temp-folder.js';

interface Watched {
  readonly watch: CertificateWatch;
  readonly renewed: string[];
  readonly said: string[];
}

async function watched(files: PairFiles): Promise<Watched> {
  const renewed: string[] = [];
  const said: string[] = [];
  const watch = new CertificateWatch({
    files,
    initial: (await readCertificate(files)) as Certificate,
    renew: ({ cert }) => void renewed.push(cert),
    log: (level, message) => void said.push(`${level}: ${message}`),
  });
  return { watch, renewed, said };
}

describe('CertificateWatch', () => {
  let first: Pair;
  let second: Pair;

  before(async () => {
    first = await selfSigned();
    second = await selfSigned(['localhost'], 9);
  });

  it('changes nothing while the files stay as they are', async () => {
    const { watch, renewed, said } = await watched(pairFiles(first));
    await watch.look();
    expect([renewed, said]).to.deep.equal([[], []]);
  });

  it('S27 takes files that were renamed into place', async () => {
    const files = pairFiles(first);
    const { watch, renewed, said } = await watched(files);
    const before = watch.notAfterMillis;
    replace(files.tlsKey, second.key);
    replace(files.tlsCert, second.cert);
    await watch.look();
    await watch.look();
    expect(renewed).to.deep.equal([second.cert]);
    expect(said).to.have.length(1);
    expect(said[0]).to.match(/^info: the certificate was renewed, it ends on \d{4}-/);
    expect(watch.notAfterMillis).to.be.greaterThan(before);
  });

  it('S27 takes what links point to, each swapped as certbot does', async () => {
    const folder = tempFolder();
    const live = { tlsCert: join(folder, 'fullchain.pem'), tlsKey: join(folder, 'privkey.pem') };
    for (const [index, pair] of [first, second].entries()) {
      mkdirSync(join(folder, `archive${index}`));
      pairFiles(pair, join(folder, `archive${index}`));
    }
    const link = (index: number): void => {
      for (const [path, name] of [
        [live.tlsKey, 'key.pem'],
        [live.tlsCert, 'cert.pem'],
      ] as const) {
        rmSync(path, { force: true });
        symlinkSync(join(`archive${index}`, name), path);
      }
    };
    link(0);
    const { watch, renewed } = await watched(live);
    link(1);
    await watch.look();
    expect(renewed).to.deep.equal([second.cert]);
  });

  it('S27 takes what a link above them points to, swapped as Kubernetes does', async () => {
    const folder = tempFolder();
    for (const [index, pair] of [first, second].entries()) {
      mkdirSync(join(folder, `..${index}`));
      pairFiles(pair, join(folder, `..${index}`));
    }
    symlinkSync('..0', join(folder, '..data'));
    symlinkSync(join('..data', 'cert.pem'), join(folder, 'tls.crt'));
    symlinkSync(join('..data', 'key.pem'), join(folder, 'tls.key'));
    const { watch, renewed } = await watched({
      tlsCert: join(folder, 'tls.crt'),
      tlsKey: join(folder, 'tls.key'),
    });
    symlinkSync('..1', join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
    await watch.look();
    expect(renewed).to.deep.equal([second.cert]);
  });

  it('S27 keeps the old pair while the new one is half written, and says so once', async () => {
    const files = pairFiles(first);
    const { watch, renewed, said } = await watched(files);
    replace(files.tlsCert, second.cert);
    await watch.look();
    await watch.look();
    expect(renewed).to.deep.equal([]);
    expect(said).to.have.length(1);
    expect(said[0]).to.match(/^warn: the certificate was not renewed, the old one stays: `tlsKey` /);
    replace(files.tlsKey, second.key);
    await watch.look();
    expect(renewed).to.deep.equal([second.cert]);
    writeFileSync(files.tlsCert, second.cert.slice(0, 200));
    await watch.look();
    expect(said.filter((line) => line.startsWith('warn'))).to.have.length(2);
  });

  it('S27 warns of a certificate that has ended', async () => {
    const { said } = await watched(pairFiles(await selfSigned(['localhost'], -1)));
    expect(said).to.have.length(1);
    expect(said[0]).to.match(/^warn: the certificate in `tlsCert` ended on /);
  });
});
