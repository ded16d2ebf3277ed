import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';

import { readCertificate } from '../../dist/http/certificate.js';
import { pairFiles, selfSigned, type Pair, type PairFiles } from '../support/servers/certificate-files.js';
import { tempFolder } from '../support/temp-folder.js';

async function refusal(files: PairFiles): Promise<string> {
  const error: unknown = await readCertificate(files).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.include({ name: 'CerberusServerError', code: 'INVALID_OPTION' });
  return (error as Error).message;
}

describe('readCertificate', () => {
  let pair: Pair;

  before(async () => {
    pair = await selfSigned(['cerberus.example', '127.0.0.1']);
  });

  it('reads a pair, and when it ends', async () => {
    const read = await readCertificate(pairFiles(pair));
    expect(read).to.include(pair);
    expect(read?.notAfterMillis).to.be.greaterThan(Date.now());
  });

  it('is nothing without the options', async () => {
    expect(await readCertificate({ tlsCert: undefined, tlsKey: undefined })).to.equal(undefined);
  });

  it('takes a name that the certificate has', async () => {
    const read = await readCertificate(pairFiles(pair));
    const names = ['127.0.0.1', 'cerberus.example', '10.1.1.1', '::1', 'localhost'].map(
      read?.nameFor ?? String,
    );
    expect(names).to.deep.equal([
      '127.0.0.1',
      'cerberus.example',
      'cerberus.example',
      'cerberus.example',
      'cerberus.example',
    ]);
    const wild = await readCertificate(pairFiles(await selfSigned(['*.example'])));
    expect(wild?.nameFor('10.1.1.1')).to.equal('10.1.1.1');
  });

  it('refuses a file that is not there, by the name of the option', async () => {
    const files = pairFiles(pair);
    expect(await refusal({ ...files, tlsCert: join(tempFolder(), 'none') })).to.equal(
      '`tlsCert` (CERBERUS_SERVER_TLS_CERT) must be a file that can be read (ENOENT)',
    );
    expect(await refusal({ ...files, tlsKey: tempFolder() })).to.equal(
      '`tlsKey` (CERBERUS_SERVER_TLS_KEY) must be a file that can be read (EISDIR)',
    );
  });

  it('refuses what is no certificate or no key, and repeats nothing of it', async () => {
    const files = pairFiles(pair);
    const other = join(tempFolder(), 'other');
    writeFileSync(other, 'canary');
    expect(await refusal({ ...files, tlsCert: other })).to.equal(
      '`tlsCert` (CERBERUS_SERVER_TLS_CERT) must be a PEM file with a certificate',
    );
    expect(await refusal({ ...files, tlsKey: other })).to.equal(
      '`tlsKey` (CERBERUS_SERVER_TLS_KEY) must be a PEM file with a private key that needs no passphrase',
    );
    // The files the other way round.
    expect(await refusal({ tlsCert: files.tlsKey, tlsKey: files.tlsCert })).to.include('`tlsCert`');
  });

  it('refuses a key with a passphrase', async () => {
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'canary' },
    });
    expect(await refusal(pairFiles({ ...pair, key: privateKey }))).to.match(
      /`tlsKey` .* needs no passphrase$/,
    );
  });

  it('refuses the key of another certificate', async () => {
    const { key } = await selfSigned();
    expect(await refusal(pairFiles({ ...pair, key }))).to.equal(
      '`tlsKey` (CERBERUS_SERVER_TLS_KEY) must be the private key of the first certificate in `tlsCert`',
    );
  });

  it('refuses a chain that is cut off', async () => {
    const cert = `${pair.cert}\n${pair.cert.slice(0, 300)}\n-----END CERTIFICATE-----\n`;
    expect(await refusal(pairFiles({ ...pair, cert }))).to.match(/`tlsCert` .* that OpenSSL takes$/);
  });
});
